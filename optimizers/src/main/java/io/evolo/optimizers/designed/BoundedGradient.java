package io.evolo.optimizers.designed;

import io.evolo.optimizers.Norms;

/** Keeps the products of a rule's gradients in a float's range. */
final class BoundedGradient {
    /** Longest gradient of a tensor: its square, summed over any number of steps, is a float. */
    private static final double LONGEST = 1e15;

    private BoundedGradient() {}

    /** Copies [begin, begin + size) of g to x at xAt, shortened to a norm of 1e15 where it is longer. */
    static void copy(float[] g, int begin, int size, float[] x, int xAt) {
        copy(g, begin, size, 1, x, xAt);
    }

    /** The same of factor·g. */
    static void copy(float[] g, int begin, int size, double factor, float[] x, int xAt) {
        double norm = factor * Norms.norm(g, begin, begin + size);
        double by = norm > LONGEST ? factor * (LONGEST / norm) : factor;
        if (by == 1) {
            System.arraycopy(g, begin, x, xAt, size);
            return;
        }
        for (int i = 0; i < size; i++) {
            x[xAt + i] = (float) (by * g[begin + i]);
        }
    }
}
