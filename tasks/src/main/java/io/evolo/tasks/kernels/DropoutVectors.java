package io.evolo.tasks.kernels;

import static io.evolo.tasks.kernels.Dropout.GOLDEN;
import static io.evolo.tasks.kernels.Dropout.MULTIPLIER_1;
import static io.evolo.tasks.kernels.Dropout.MULTIPLIER_2;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The vector twin of {@link Dropout}. */
final class DropoutVectors {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    private DropoutVectors() {}

    /** The whole vectors of n values; returns how many values these are. */
    static int apply(float factor, int bound, int noise, float[] x, int xAt, float[] y, int yAt, int n) {
        int whole = S.loopBound(n);
        IntVector lanes = IntVector.zero(I).addIndex(1).mul(GOLDEN);
        for (int i = 0; i < whole; i += L) {
            IntVector h = lanes.add(noise + i * GOLDEN);
            h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 16)).mul(MULTIPLIER_1);
            h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 13)).mul(MULTIPLIER_2);
            h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 16)).lanewise(VectorOperators.LSHR, 1);
            VectorMask<Float> gone = h.compare(VectorOperators.LT, bound).cast(S);
            FloatVector.fromArray(S, x, xAt + i).mul(factor).blend(0, gone).intoArray(y, yAt + i);
        }
        return whole;
    }
}
