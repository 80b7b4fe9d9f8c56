package io.evolo.optimizers.learned;

import io.evolo.tasks.kernels.Twin;

/**
 * An affine map of a few rows: y = b + x·W, added up from the first input to the last by fused multiply-adds, so that both twins give
 * the same bits. For {@link Twin#VECTOR} the weights are packed in panels that are read from the first value to the last. Immutable.
 */
final class PackedMatrix {
    /** Outputs are padded to a multiple of this. */
    private static final int PAD = 64;

    private final Twin twin;
    private final int ins;
    private final int outs;
    private final float[] weights;
    private final float[] bias;

    /**
     * @param theta holds the weights [ins, outs] from {@code at} on; copied
     * @param biasAt where the biases [outs] are in theta; negative: none, all 0
     */
    PackedMatrix(Twin twin, int ins, int outs, float[] theta, int at, int biasAt) {
        this.twin = twin;
        this.ins = ins;
        this.outs = outs;
        this.bias = new float[padded(outs)];
        if (biasAt >= 0) {
            System.arraycopy(theta, biasAt, bias, 0, outs);
        }
        this.weights = new float[Math.multiplyExact(ins, padded(outs))];
        int panel = twin == Twin.PLAIN ? padded(outs) : PackedMatrixVectors.PANEL;
        for (int i = 0; i < ins; i++) {
            for (int j = 0; j < outs; j++) {
                weights[(j / panel * ins + i) * panel + j % panel] = theta[at + i * outs + j];
            }
        }
    }

    /** Outputs with their padding: how far the rows of results must at least be apart. */
    static int padded(int outs) {
        return Math.addExact(outs, PAD - 1) / PAD * PAD;
    }

    /**
     * Maps rows.
     *
     * @param x holds the rows [rows, ins] from {@code xAt} on, {@code xStride} apart
     * @param y gets the results [rows, padded(outs)] from {@code yAt} on, {@code yStride} apart, their padding 0; must not overlap x
     */
    void map(float[] x, int xAt, int xStride, int rows, float[] y, int yAt, int yStride) {
        switch (twin) {
            case PLAIN -> {
                for (int row = 0; row < rows; row++) {
                    plain(x, xAt + row * xStride, y, yAt + row * yStride);
                }
            }
            case VECTOR -> {
                for (int panel = 0; panel < padded(outs); panel += PackedMatrixVectors.PANEL) {
                    PackedMatrixVectors.panel(x, xAt, xStride, rows, ins, weights, bias, panel, y, yAt + panel, yStride);
                }
            }
        }
    }

    private void plain(float[] x, int xAt, float[] y, int yAt) {
        int stride = padded(outs);
        System.arraycopy(bias, 0, y, yAt, stride);
        for (int i = 0; i < ins; i++) {
            for (int j = 0; j < outs; j++) {
                y[yAt + j] = Math.fma(x[xAt + i], weights[i * stride + j], y[yAt + j]);
            }
        }
    }
}
