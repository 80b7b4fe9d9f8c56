package io.evolo.tasks.kernels;

/** e^x on arrays. Both twins give the same bits. */
public final class Exponentials {
    private Exponentials() {}

    /** x = e^x, n values in place. */
    public static void apply(Twin twin, float[] x, int at, int n) {
        int done = 0;
        if (twin == Twin.VECTOR) {
            done = n - n % ArrayMath.LENGTH;
            ArrayMath.exp(x, at, x, at, done);
        }
        for (int i = done; i < n; i++) {
            x[at + i] = FloatMath.exp(x[at + i]);
        }
    }
}
