package io.evolo.tasks.kernels;

import java.util.Objects;

/**
 * Sets values to zero with a probability, and divides the others by the probability of staying. Whether a value stays is a function
 * of the noise's name and the value's position, computed anew in backward: no mask is kept. Both twins give the same bits.
 */
public final class Dropout {
    /** Of the finalizer of MurmurHash3 for 32 bits (Appleby 2011). */
    static final int MULTIPLIER_1 = 0x85ebca6b;

    static final int MULTIPLIER_2 = 0xc2b2ae35;
    static final int GOLDEN = 0x9e3779b9;

    private Dropout() {}

    /**
     * y = x/(1 − probability) where the value stays, else 0; n values. y may be x itself.
     *
     * @param probability of a zero, in [0, 1)
     * @param noise names the values that stay
     */
    public static void apply(Twin twin, float probability, int noise, float[] x, int xAt, float[] y, int yAt, int n) {
        if (!(probability >= 0 && probability < 1)) {
            throw new IllegalArgumentException("dropout probability is " + probability + ", expected one of [0, 1)");
        }
        Objects.checkFromIndexSize(xAt, n, x.length);
        Objects.checkFromIndexSize(yAt, n, y.length);
        float factor = 1 / (1 - probability);
        int bound = bound(probability);
        int done = twin == Twin.VECTOR ? DropoutVectors.apply(factor, bound, noise, x, xAt, y, yAt, n) : 0;
        for (int i = done; i < n; i++) {
            y[yAt + i] = bits(noise, i) >= bound ? x[xAt + i] * factor : 0;
        }
    }

    /** 31 random bits are below it with that probability. */
    private static int bound(float probability) {
        return (int) (probability * 0x1p31);
    }

    /** 31 bits that belong to one position. */
    private static int bits(int noise, int i) {
        int h = noise + i * GOLDEN;
        h = (h ^ (h >>> 16)) * MULTIPLIER_1;
        h = (h ^ (h >>> 13)) * MULTIPLIER_2;
        return (h ^ (h >>> 16)) >>> 1;
    }
}
