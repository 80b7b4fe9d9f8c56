package io.evolo.tasks.kernels;

import java.util.Arrays;
import java.util.Objects;

/**
 * Sums over an array in one fixed order: value i goes to partial sum i mod 16, and the 16 partial sums are added by halves. So both
 * twins give the same bits, at every vector size up to 512 bits. Holds scratch: one object belongs to one thread.
 */
public final class LaneSums {
    static final int LANES = 16;

    private final Twin twin;
    private final float[] partial = new float[LANES];

    public LaneSums(Twin twin) {
        this.twin = twin;
    }

    /** Σ x[at + i] over i in [0, n). */
    public float sum(float[] x, int at, int n) {
        Objects.checkFromIndexSize(at, n, x.length);
        Arrays.fill(partial, 0);
        int done = vectorized(n);
        if (done > 0) {
            ElementVectors.partialSums(x, at, done, partial);
        }
        for (int i = done; i < n; i++) {
            partial[i % LANES] += x[at + i];
        }
        return fold();
    }

    /** Σ x[xAt + i]·y[yAt + i] over i in [0, n). */
    public float dot(float[] x, int xAt, float[] y, int yAt, int n) {
        Objects.checkFromIndexSize(xAt, n, x.length);
        Objects.checkFromIndexSize(yAt, n, y.length);
        Arrays.fill(partial, 0);
        int done = vectorized(n);
        if (done > 0) {
            ElementVectors.partialDots(x, xAt, y, yAt, done, partial);
        }
        for (int i = done; i < n; i++) {
            partial[i % LANES] = Math.fma(x[xAt + i], y[yAt + i], partial[i % LANES]);
        }
        return fold();
    }

    /** How many of n values the vector loops take: a multiple of the partial sums, none for the plain twin. */
    private int vectorized(int n) {
        return twin == Twin.VECTOR ? n - n % LANES : 0;
    }

    private float fold() {
        for (int half = LANES / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                partial[i] += partial[i + half];
            }
        }
        return partial[0];
    }
}
