package io.evolo.optimizers.learned;

/**
 * The scale 1/√(mean square) of values whose squares are finite but sum to more than a float, about 3.4e38. Their sum is a double, which
 * holds the square of every float. Taken only where the sum of floats is not finite, so that all others keep their bits.
 */
final class WideSquares {
    private WideSquares() {}

    /** Sum of the squares of {@code count} values from {@code at} on. */
    static double sum(float[] x, int at, int count) {
        double sum = 0;
        for (int i = at; i < at + count; i++) {
            sum += (double) x[i] * x[i];
        }
        return sum;
    }

    /** 1/√(sum / count); NaN if one of the values is not finite, so that the step is not either. */
    static float scale(double sum, int count) {
        return sum < Double.POSITIVE_INFINITY ? (float) (1 / Math.sqrt(sum / count)) : Float.NaN;
    }
}
