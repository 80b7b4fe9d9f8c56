package io.evolo.tasks.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A convolution as few large products, where those of single lines of pixels have too few rows to be fast: what the kernels see is copied
 * pixel by pixel of the result, [pixels, kernel · kernel · channels], so many lines at a time as stay in the second cache.
 *
 * <p>Whole vectors are copied. What lands behind a kernel's row is overwritten by the next row, and behind the last one there is room
 * for it; so the images must end with some values that mean nothing.
 */
final class PatchProducts {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    /** Values beyond the last one that are read of the images. */
    static final int SLACK = 16;
    /** Values of a block's copy: a quarter of the second cache. */
    private static final int MOST_VALUES = 1 << 15;

    private final Convolution.Geometry g;
    /** Values of a kernel's row. */
    private final int across;
    /** Distance of two patches in the copy. */
    private final int apart;
    /** Lines of pixels in the batch, and in a block; the last block may have fewer. */
    private final int lines;

    private final int blockLines;
    private final float[] patches;
    private final Gemm block;
    private final Gemm last;

    PatchProducts(Convolution.Geometry geometry, int examples) {
        this.g = geometry;
        this.across = g.kernel() * g.channels();
        this.apart = (g.kernel() - 1) * across + (across + L - 1) / L * L;
        this.lines = Math.multiplyExact(examples, g.outHeight());
        int most = Math.max(1, MOST_VALUES / (g.outWidth() * apart));
        int blocks = (lines + most - 1) / most;
        this.blockLines = (lines + blocks - 1) / blocks;
        this.patches = new float[Math.multiplyExact(blockLines * g.outWidth(), apart)];
        this.block = product(blockLines);
        this.last = lines % blockLines == 0 ? block : product(lines % blockLines);
    }

    private Gemm product(int count) {
        var strides = Gemm.Strides.rows(Gemm.Form.NN, apart, g.filters(), g.filters());
        return new Gemm(Twin.VECTOR, Gemm.Form.NN, count * g.outWidth(), g.filters(), 1, g.kernel() * across, strides);
    }

    /** y = the padded images of the batch convolved by the kernels at {@code kernelAt}, plus the bias. */
    void run(float[] images, float[] w, int kernelAt, float[] bias, int biasAt, float[] y, int yAt) {
        int lineSize = g.outWidth() * g.filters();
        for (int line = 0; line < lines; line += blockLines) {
            int count = Math.min(blockLines, lines - line);
            copy(images, line, count);
            (count == blockLines ? block : last).multiplyBias(patches, 0, w, kernelAt, bias, biasAt, y, yAt + line * lineSize);
        }
    }

    private void copy(float[] images, int first, int count) {
        for (int i = 0; i < count; i++) {
            int line = first + i;
            int top = line % g.outHeight() * g.stride();
            copyLine(images, line / g.outHeight() * g.paddedSize() + top * g.paddedWidth() * g.channels(), i * g.outWidth() * apart);
        }
    }

    private void copyLine(float[] images, int from, int to) {
        int next = g.paddedWidth() * g.channels();
        int step = g.stride() * g.channels();
        for (int row = 0; row < g.kernel(); row++) {
            for (int i = 0; i < across; i += L) {
                copyColumn(images, from + row * next + i, step, g.outWidth(), patches, to + row * across + i, apart);
            }
        }
    }

    /** One vector of every patch of a line. */
    private static void copyColumn(float[] x, int from, int step, int count, float[] y, int to, int apart) {
        for (int i = 0; i < count; i++) {
            FloatVector.fromArray(S, x, from).intoArray(y, to);
            from += step;
            to += apart;
        }
    }
}
