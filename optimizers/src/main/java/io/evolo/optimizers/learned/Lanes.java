package io.evolo.optimizers.learned;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The vector shape that the fused kernels run on. */
final class Lanes {
    static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    static final int L = S.length();

    /** Vectors of elements that go through the network together: with 4 units, 16 accumulators. */
    static final int GROUPS = 4;

    /** Elements that go through the network together. */
    static final int BLOCK = GROUPS * L;

    private Lanes() {}

    /** The least multiple of the vector length that is at least {@code n}. */
    static int padded(int n) {
        return Math.addExact(n, L - 1) / L * L;
    }

    /** Sum of the L values from {@code at} on, as a balanced tree, so in the same order everywhere; overwrites them. */
    static float sum(float[] s, int at) {
        for (int width = L / 2; width > 0; width /= 2) {
            for (int i = at; i < at + width; i++) {
                s[i] += s[i + width];
            }
        }
        return s[at];
    }
}
