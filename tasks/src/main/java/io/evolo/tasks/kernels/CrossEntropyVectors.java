package io.evolo.tasks.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The vector twin of {@link CrossEntropy}: a lane per example; the examples are padded to whole vectors. */
final class CrossEntropyVectors {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    private CrossEntropyVectors() {}

    /** Turns logits [classes, examples] into e^(z − max) in place, and writes maxima, sums and logarithms of the sums. */
    static void forward(float[] powers, int classes, float[] max, float[] sum, float[] logarithm) {
        for (int i = 0; i < max.length; i += L) {
            subtractMax(powers, i, classes, max);
        }
        ArrayMath.exp(powers, 0, powers, 0, powers.length);
        for (int i = 0; i < max.length; i += L) {
            sum(powers, i, classes, sum);
        }
        Elements.affine(Twin.VECTOR, 1, -1, sum, 0, logarithm, 0, sum.length);
        ArrayMath.log1p(logarithm, 0, logarithm, 0, sum.length);
    }

    private static void subtractMax(float[] logits, int at, int classes, float[] max) {
        FloatVector m = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
        for (int c = 0; c < classes; c++) {
            m = m.max(FloatVector.fromArray(S, logits, c * max.length + at));
        }
        m.intoArray(max, at);
        for (int c = 0; c < classes; c++) {
            FloatVector.fromArray(S, logits, c * max.length + at).sub(m).intoArray(logits, c * max.length + at);
        }
    }

    private static void sum(float[] powers, int at, int classes, float[] sum) {
        FloatVector total = FloatVector.zero(S);
        for (int c = 0; c < classes; c++) {
            total = total.add(FloatVector.fromArray(S, powers, c * sum.length + at));
        }
        total.intoArray(sum, at);
    }

    /** Multiplies every power by share/sum, in place; what becomes too small for a normal number is 0. */
    static void backward(float[] powers, int classes, float[] sum, float share) {
        for (int i = 0; i < sum.length; i += L) {
            FloatVector factor = FloatVector.broadcast(S, share).div(FloatVector.fromArray(S, sum, i));
            for (int c = 0; c < classes; c++) {
                FloatVector p = FloatVector.fromArray(S, powers, c * sum.length + i).mul(factor);
                p.blend(0, p.compare(VectorOperators.LT, Float.MIN_NORMAL)).intoArray(powers, c * sum.length + i);
            }
        }
    }
}
