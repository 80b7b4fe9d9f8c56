package io.evolo.tasks.kernels;

import java.util.Objects;

/** Activation functions and their derivatives on arrays. Both twins give the same bits. */
public final class Activations {
    private Activations() {}

    /** y = f(x), n values from xAt and yAt; y may be x itself where {@link Activation#slopeFromValue}. */
    public static void forward(Twin twin, Activation f, float[] x, int xAt, float[] y, int yAt, int n) {
        if (x == y && xAt == yAt && !f.slopeFromValue()) {
            throw new IllegalArgumentException(f + " cannot overwrite its argument: backward needs it");
        }
        Objects.checkFromIndexSize(xAt, n, x.length);
        Objects.checkFromIndexSize(yAt, n, y.length);
        int done = twin == Twin.VECTOR ? ActivationVectors.forward(f, x, xAt, y, yAt, n) : 0;
        for (int i = done; i < n; i++) {
            y[yAt + i] = f.value(x[xAt + i]);
        }
    }

    /** dx = dy·f'(x), where y = f(x); n values each. dx may be dy itself. What y holds afterwards is not defined. */
    public static void backward(
            Twin twin, Activation f, float[] x, int xAt, float[] y, int yAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
        Objects.checkFromIndexSize(xAt, n, x.length);
        Objects.checkFromIndexSize(yAt, n, y.length);
        Objects.checkFromIndexSize(dyAt, n, dy.length);
        Objects.checkFromIndexSize(dxAt, n, dx.length);
        int done = twin == Twin.VECTOR ? ActivationVectors.backward(f, x, xAt, y, yAt, dy, dyAt, dx, dxAt, n) : 0;
        for (int i = done; i < n; i++) {
            dx[dxAt + i] = dy[dyAt + i] * f.slope(x[xAt + i], y[yAt + i]);
        }
    }
}
