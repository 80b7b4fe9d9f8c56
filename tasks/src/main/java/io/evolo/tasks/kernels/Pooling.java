package io.evolo.tasks.kernels;

import java.util.Arrays;

/**
 * The largest value or the mean of square windows, per channel, of images [examples, height, width, channels]; what is left over at
 * the right and the bottom is not seen. The first of several largest values gets the gradient.
 *
 * <p>There is one loop for both twins: it waits for memory, and the compiler vectorises it. One object belongs to one thread.
 */
public final class Pooling {

    /** What becomes of a window. */
    public enum Kind {
        MAX,
        AVERAGE
    }

    /**
     * Sizes of one pooling.
     *
     * @param size height and width of a window
     * @param stride pixels from one window to the next
     */
    public record Geometry(int height, int width, int channels, int size, int stride) {

        public Geometry {
            if (size < 1 || stride < 1 || size > Math.min(height, width)) {
                throw new IllegalArgumentException("windows of " + size + "×" + size + " at stride " + stride
                        + " do not fit an image of " + height + "×" + width);
            }
        }

        public int outHeight() {
            return (height - size) / stride + 1;
        }

        public int outWidth() {
            return (width - size) / stride + 1;
        }
    }

    private final Kind kind;
    private final Geometry g;
    private final int examples;
    /** Where in x, less its begin, the largest value of every window is; for {@link Kind#MAX}. */
    private final int[] origin;

    public Pooling(Kind kind, Geometry geometry, int examples) {
        this.kind = kind;
        this.g = geometry;
        this.examples = examples;
        int outputs = Math.multiplyExact(examples, g.outHeight() * g.outWidth() * g.channels);
        this.origin = new int[kind == Kind.MAX ? outputs : 0];
    }

    /** Writes the windows' values to y [examples, outHeight, outWidth, channels]. */
    public void forward(float[] x, int xAt, float[] y, int yAt) {
        int to = 0;
        for (int window = 0; window < windows(); window++, to += g.channels) {
            int from = corner(window);
            if (kind == Kind.MAX) {
                largest(x, xAt, from, y, yAt, to);
            } else {
                mean(x, xAt + from, y, yAt + to);
            }
        }
    }

    /** Writes the gradient of x to dx, for dy after the last forward pass. */
    public void backward(float[] dy, int dyAt, float[] dx, int dxAt) {
        Arrays.fill(dx, dxAt, dxAt + examples * g.height * g.width * g.channels, 0);
        if (kind == Kind.MAX) {
            for (int i = 0; i < origin.length; i++) {
                dx[dxAt + origin[i]] += dy[dyAt + i];
            }
            return;
        }
        float share = 1f / (g.size * g.size);
        for (int window = 0; window < windows(); window++) {
            for (int entry = 0; entry < g.size * g.size; entry++) {
                int to = dxAt + corner(window) + offset(entry);
                int from = dyAt + window * g.channels;
                for (int c = 0; c < g.channels; c++) {
                    dx[to + c] += dy[from + c] * share;
                }
            }
        }
    }

    private void largest(float[] x, int xAt, int from, float[] y, int yAt, int to) {
        for (int c = 0; c < g.channels; c++) {
            y[yAt + to + c] = x[xAt + from + c];
            origin[to + c] = from + c;
        }
        for (int entry = 1; entry < g.size * g.size; entry++) {
            int at = from + offset(entry);
            for (int c = 0; c < g.channels; c++) {
                // Written so that NaN, which is never larger, stays where it is first met.
                boolean larger = x[xAt + at + c] > y[yAt + to + c];
                y[yAt + to + c] = larger ? x[xAt + at + c] : y[yAt + to + c];
                origin[to + c] = larger ? at + c : origin[to + c];
            }
        }
    }

    private void mean(float[] x, int from, float[] y, int to) {
        float share = 1f / (g.size * g.size);
        for (int c = 0; c < g.channels; c++) {
            float sum = 0;
            for (int entry = 0; entry < g.size * g.size; entry++) {
                sum += x[from + offset(entry) + c];
            }
            y[to + c] = sum * share;
        }
    }

    private int windows() {
        return examples * g.outHeight() * g.outWidth();
    }

    /** Where a window begins in x, less x's begin. */
    private int corner(int window) {
        int column = window % g.outWidth();
        int row = window / g.outWidth() % g.outHeight();
        int example = window / (g.outWidth() * g.outHeight());
        return ((example * g.height + row * g.stride) * g.width + column * g.stride) * g.channels;
    }

    private int offset(int entry) {
        return (entry / g.size * g.width + entry % g.size) * g.channels;
    }
}
