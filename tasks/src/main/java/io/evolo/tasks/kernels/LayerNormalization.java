package io.evolo.tasks.kernels;

import java.util.Objects;

/**
 * Layer normalisation (Ba et al. 2016): every row less its mean, divided by √(variance + ε), times a gain, plus a bias. Both twins
 * give the same bits. Holds scratch memory and what backward needs of forward: one object belongs to one thread.
 */
public final class LayerNormalization {
    /** ε, as in the common frameworks. */
    public static final float EPSILON = 1e-5f;

    private final Twin twin;
    private final int rows;
    private final int features;
    private final LaneSums sums;
    /** The rows before gain and bias, [rows, features]. */
    private final float[] normalized;
    /** 1/√(variance + ε), per row. */
    private final float[] inverse;

    private final float[] scratch;

    public LayerNormalization(Twin twin, int rows, int features) {
        if (rows < 1 || features < 1) {
            throw new IllegalArgumentException(
                    "layer normalisation of " + rows + " rows and " + features + " features, expected at least 1 of each");
        }
        this.twin = twin;
        this.rows = rows;
        this.features = features;
        this.sums = new LaneSums(twin);
        this.normalized = new float[Math.multiplyExact(rows, features)];
        this.inverse = new float[rows];
        this.scratch = new float[normalized.length];
    }

    /** Writes to y [rows, features] the normalised rows of x; gain and bias [features] lie in {@code w}. */
    public void forward(float[] x, int xAt, float[] w, int gainAt, int biasAt, float[] y, int yAt) {
        Objects.checkFromIndexSize(xAt, normalized.length, x.length);
        Objects.checkFromIndexSize(yAt, normalized.length, y.length);
        for (int row = 0; row < rows; row++) {
            int at = row * features;
            float mean = sums.sum(x, xAt + at, features) / features;
            Elements.affine(twin, 1, -mean, x, xAt + at, normalized, at, features);
            float variance = sums.dot(normalized, at, normalized, at, features) / features;
            inverse[row] = 1 / (float) Math.sqrt(variance + EPSILON);
            Elements.scale(twin, inverse[row], normalized, at, normalized, at, features);
            Elements.multiply(twin, normalized, at, w, gainAt, y, yAt + at, features);
            Elements.add(twin, w, biasAt, y, yAt + at, features);
        }
    }

    /** Writes to {@code gradient} the gradients of gain and bias, for dy [rows, features] after the last forward pass. */
    public void backwardParameters(float[] dy, int dyAt, float[] gradient, int gainAt, int biasAt) {
        Elements.multiply(twin, dy, dyAt, normalized, 0, scratch, 0, scratch.length);
        Elements.sumRows(twin, scratch, 0, rows, features, gradient, gainAt);
        Elements.sumRows(twin, dy, dyAt, rows, features, gradient, biasAt);
    }

    /** Writes to dx the gradient of the input: with g = dy·gain and n the normalised row, (g − mean g − n·mean(g·n))/√(var + ε). */
    public void backwardInput(float[] dy, int dyAt, float[] w, int gainAt, float[] dx, int dxAt) {
        Objects.checkFromIndexSize(dxAt, normalized.length, dx.length);
        for (int row = 0; row < rows; row++) {
            int at = row * features;
            Elements.multiply(twin, dy, dyAt + at, w, gainAt, scratch, at, features);
            float mean = sums.sum(scratch, at, features) / features;
            float slope = sums.dot(scratch, at, normalized, at, features) / features;
            Elements.affine(twin, -slope, -mean, normalized, at, dx, dxAt + at, features);
            Elements.add(twin, scratch, at, dx, dxAt + at, features);
            Elements.scale(twin, inverse[row], dx, dxAt + at, dx, dxAt + at, features);
        }
    }
}
