package io.evolo.tasks.kernels;

import java.util.Objects;

/** Copies a matrix so that its rows become columns. */
public final class Transpose {
    /** Side of the square blocks: the 16 lines that a block reads stay in the first-level cache. */
    private static final int BLOCK = 16;

    private Transpose() {}

    /** Writes the transpose of dense {@code x} [rows, columns] from xAt to dense {@code y} [columns, rows] from yAt. */
    public static void run(Twin twin, float[] x, int xAt, int rows, int columns, float[] y, int yAt) {
        run(twin, x, xAt, columns, rows, columns, y, yAt, rows);
    }

    /**
     * Writes the transpose of {@code x} [rows, columns] to {@code y} [columns, rows]; neighbouring rows begin {@code xStride} and
     * {@code yStride} values apart. The arrays must not overlap. Both twins copy the same values.
     */
    public static void run(
            Twin twin, float[] x, int xAt, int xStride, int rows, int columns, float[] y, int yAt, int yStride) {
        Objects.checkFromIndexSize(xAt, (rows - 1) * xStride + columns, x.length);
        Objects.checkFromIndexSize(yAt, (columns - 1) * yStride + rows, y.length);
        switch (twin) {
            case PLAIN -> block(x, xAt, xStride, y, yAt, yStride, rows, columns);
            case VECTOR -> blocks(x, xAt, xStride, rows, columns, y, yAt, yStride);
        }
    }

    private static void blocks(float[] x, int xAt, int xStride, int rows, int columns, float[] y, int yAt, int yStride) {
        for (int i = 0; i < rows; i += BLOCK) {
            int height = Math.min(BLOCK, rows - i);
            for (int j = 0; j < columns; j += BLOCK) {
                int width = Math.min(BLOCK, columns - j);
                block(x, xAt + i * xStride + j, xStride, y, yAt + j * yStride + i, yStride, height, width);
            }
        }
    }

    private static void block(float[] x, int xAt, int xStride, float[] y, int yAt, int yStride, int height, int width) {
        for (int j = 0; j < width; j++) {
            for (int i = 0; i < height; i++) {
                y[yAt + j * yStride + i] = x[xAt + i * xStride + j];
            }
        }
    }
}
