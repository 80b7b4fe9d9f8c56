package io.evolo.tasks.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The vector twin of {@link CrossEntropy}: a lane per example; the examples are padded to whole vectors. */
final class CrossEntropyVectors {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    private CrossEntropyVectors() {}

    /** Turns logits [classes, examples] into e^(z − max) in place, and writes maxima, sums and logarithms of the sums. */
    static void forward(float[] powers, int classes, float[] max, float[] sum, float[] logarithm) {
        for (int i = 0; i < max.length; i += L) {
            max(powers, i, classes, max);
            powers(powers, i, classes, max, sum);
            VectorMath.log(FloatVector.fromArray(S, sum, i)).intoArray(logarithm, i);
        }
    }

    private static void max(float[] logits, int at, int classes, float[] max) {
        FloatVector m = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
        for (int c = 0; c < classes; c++) {
            m = m.max(FloatVector.fromArray(S, logits, c * max.length + at));
        }
        m.intoArray(max, at);
    }

    private static void powers(float[] logits, int at, int classes, float[] max, float[] sum) {
        FloatVector m = FloatVector.fromArray(S, max, at);
        FloatVector total = FloatVector.zero(S);
        for (int c = 0; c < classes; c++) {
            FloatVector power = VectorMath.exp(FloatVector.fromArray(S, logits, c * max.length + at).sub(m));
            power.intoArray(logits, c * max.length + at);
            total = total.add(power);
        }
        total.intoArray(sum, at);
    }

    /** Multiplies every power by share/sum, in place. */
    static void backward(float[] powers, int classes, float[] sum, float share) {
        for (int i = 0; i < sum.length; i += L) {
            FloatVector factor = FloatVector.broadcast(S, share).div(FloatVector.fromArray(S, sum, i));
            for (int c = 0; c < classes; c++) {
                FloatVector.fromArray(S, powers, c * sum.length + i).mul(factor).intoArray(powers, c * sum.length + i);
            }
        }
    }
}
