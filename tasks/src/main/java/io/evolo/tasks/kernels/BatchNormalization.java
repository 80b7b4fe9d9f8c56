package io.evolo.tasks.kernels;

import java.util.Arrays;

/**
 * Batch normalisation (Ioffe & Szegedy 2015): every channel less its mean over all rows of the batch, divided by √(variance + ε),
 * times a gain, plus a bias. Both twins give the same bits.
 *
 * <p>No running averages are kept while training, for a network is a function of its parameters. For evaluation the statistics of
 * some batches are {@linkplain #collect collected} at the parameters that are evaluated, and used in place of a batch's own (the
 * "precise" batch normalisation of Wu & Johnson 2021).
 *
 * <p>Holds scratch memory and what backward needs of forward: one object belongs to one thread.
 */
public final class BatchNormalization {
    /** ε, as in the common frameworks. */
    public static final float EPSILON = 1e-5f;

    /** Sums are made of parts of so many rows: a float that has added up tens of thousands of values has lost four digits. */
    private static final int ROWS = 64;

    private final Twin twin;
    private final int rows;
    private final int channels;
    /** The rows before gain and bias, [rows, channels]. */
    private final float[] normalized;

    private final float[] mean;
    /** 1/√(variance + ε). */
    private final float[] inverse;

    private final float[] sums;
    private final float[] part;
    private final float[] shift;
    private final double[] collectedMean;
    private final double[] collectedSquare;

    public BatchNormalization(Twin twin, int rows, int channels) {
        if (rows < 1 || channels < 1) {
            throw new IllegalArgumentException(
                    "batch normalisation of " + rows + " rows and " + channels + " channels, expected at least 1 of each");
        }
        this.twin = twin;
        this.rows = rows;
        this.channels = channels;
        this.normalized = new float[Math.multiplyExact(rows, channels)];
        this.mean = new float[channels];
        this.inverse = new float[channels];
        this.sums = new float[channels];
        this.part = new float[channels];
        this.shift = new float[channels];
        this.collectedMean = new double[channels];
        this.collectedSquare = new double[channels];
    }

    /** Writes to y [rows, channels] the normalised rows of x; gain and bias [channels] lie in {@code w}. */
    public void forward(float[] x, int xAt, float[] w, int gainAt, int biasAt, float[] y, int yAt) {
        statistics(x, xAt);
        apply(x, xAt, w, gainAt, biasAt, y, yAt);
    }

    /** As {@link #forward}; the batch's statistics join those of the {@code before} batches collected so far. */
    public void collect(int before, float[] x, int xAt, float[] w, int gainAt, int biasAt, float[] y, int yAt) {
        forward(x, xAt, w, gainAt, biasAt, y, yAt);
        double share = 1.0 / (before + 1);
        for (int c = 0; c < channels; c++) {
            double variance = 1 / ((double) inverse[c] * inverse[c]) - EPSILON;
            double square = variance + (double) mean[c] * mean[c];
            collectedMean[c] = before == 0 ? mean[c] : collectedMean[c] + share * (mean[c] - collectedMean[c]);
            collectedSquare[c] = before == 0 ? square : collectedSquare[c] + share * (square - collectedSquare[c]);
        }
    }

    /** As {@link #forward}, with the collected statistics in place of the batch's own. */
    public void evaluate(float[] x, int xAt, float[] w, int gainAt, int biasAt, float[] y, int yAt) {
        for (int c = 0; c < channels; c++) {
            mean[c] = (float) collectedMean[c];
            double variance = Math.max(0, collectedSquare[c] - collectedMean[c] * collectedMean[c]);
            inverse[c] = (float) (1 / Math.sqrt(variance + EPSILON));
        }
        apply(x, xAt, w, gainAt, biasAt, y, yAt);
    }

    private void statistics(float[] x, int xAt) {
        sums(x, xAt);
        Elements.scale(twin, 1f / rows, sums, 0, mean, 0, channels);
        Arrays.fill(part, 1);
        Elements.scale(twin, -1, mean, 0, shift, 0, channels);
        Columns.affine(twin, part, shift, 0, x, xAt, rows, channels, normalized, 0);
        dots(normalized, 0);
        for (int c = 0; c < channels; c++) {
            inverse[c] = 1 / (float) Math.sqrt(sums[c] / rows + EPSILON);
        }
    }

    private void apply(float[] x, int xAt, float[] w, int gainAt, int biasAt, float[] y, int yAt) {
        for (int c = 0; c < channels; c++) {
            shift[c] = -mean[c] * inverse[c];
        }
        Columns.affine(twin, inverse, shift, 0, x, xAt, rows, channels, normalized, 0);
        System.arraycopy(w, gainAt, part, 0, channels);
        System.arraycopy(w, biasAt, shift, 0, channels);
        Columns.affine(twin, part, shift, 0, normalized, 0, rows, channels, y, yAt);
    }

    /** Writes to {@code gradient} the gradients of gain and bias, for dy [rows, channels] after the last forward pass. */
    public void backwardParameters(float[] dy, int dyAt, float[] gradient, int gainAt, int biasAt) {
        dots(dy, dyAt);
        System.arraycopy(sums, 0, gradient, gainAt, channels);
        sums(dy, dyAt);
        System.arraycopy(sums, 0, gradient, biasAt, channels);
    }

    /**
     * Writes to dx the gradient of the input, gain/√(var + ε)·(dy − mean dy − n·mean(dy·n)) with n the normalised rows, after
     * {@link #backwardParameters} has written the gradients of gain and bias.
     */
    public void backwardInput(
            float[] dy, int dyAt, float[] w, float[] gradient, int gainAt, int biasAt, float[] dx, int dxAt) {
        for (int c = 0; c < channels; c++) {
            part[c] = w[gainAt + c] * inverse[c];
            shift[c] = -part[c] * gradient[biasAt + c] / rows;
        }
        Columns.affine(twin, part, shift, 0, dy, dyAt, rows, channels, dx, dxAt);
        for (int c = 0; c < channels; c++) {
            part[c] = -part[c] * gradient[gainAt + c] / rows;
        }
        Columns.add(twin, part, 0, normalized, 0, rows, channels, dx, dxAt);
    }

    /** Column sums of x to {@link #sums}. */
    private void sums(float[] x, int xAt) {
        Arrays.fill(sums, 0);
        for (int row = 0; row < rows; row += ROWS) {
            Elements.sumRows(twin, x, xAt + row * channels, Math.min(ROWS, rows - row), channels, part, 0);
            Elements.add(twin, part, 0, sums, 0, channels);
        }
    }

    /** Column sums of x times the normalised rows to {@link #sums}. */
    private void dots(float[] x, int xAt) {
        Arrays.fill(sums, 0);
        for (int row = 0; row < rows; row += ROWS) {
            int at = row * channels;
            int count = Math.min(ROWS, rows - row);
            Columns.dots(twin, x, xAt + at, normalized, at, count, channels, part, 0);
            Elements.add(twin, part, 0, sums, 0, channels);
        }
    }
}
