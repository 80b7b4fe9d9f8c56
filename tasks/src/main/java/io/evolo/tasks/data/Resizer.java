package io.evolo.tasks.data;

import java.util.stream.IntStream;

/**
 * Resizes images of one size to a square of another: an axis that shrinks is averaged over the area that each new pixel covers, one
 * that grows is interpolated linearly between pixel centres (edges are repeated). Sums run in double, in a fixed order.
 */
final class Resizer {
    private final int channels;
    private final int width;
    private final Tap[] rows;
    private final Tap[] columns;

    /** One new pixel along one axis: the old pixels from {@code first} on, and their weights, which sum to 1. */
    private record Tap(int first, double[] weights) {}

    Resizer(int height, int width, int channels, int side) {
        this.channels = channels;
        this.width = width;
        this.rows = taps(height, side);
        this.columns = taps(width, side);
    }

    private static Tap[] taps(int from, int to) {
        return IntStream.range(0, to).mapToObj(i -> to <= from ? average(from, to, i) : linear(from, to, i)).toArray(Tap[]::new);
    }

    private static Tap average(int from, int to, int i) {
        // In units of 1/to of an old pixel, so that the borders are whole numbers.
        long begin = (long) i * from;
        long end = begin + from;
        int first = (int) (begin / to);
        int last = (int) ((end - 1) / to);
        double[] weights = new double[last - first + 1];
        for (int p = first; p <= last; p++) {
            weights[p - first] = (double) (Math.min(end, (p + 1L) * to) - Math.max(begin, (long) p * to)) / from;
        }
        return new Tap(first, weights);
    }

    private static Tap linear(int from, int to, int i) {
        double centre = Math.clamp((i + 0.5) * from / to - 0.5, 0, from - 1);
        int first = Math.min((int) centre, Math.max(from - 2, 0));
        return from == 1 ? new Tap(0, new double[] {1}) : new Tap(first, new double[] {1 - (centre - first), centre - first});
    }

    /**
     * Resizes one image of unsigned bytes.
     *
     * @param image bytes [height × width × channels] from {@code from} on
     * @param out receives [side × side × channels] from {@code to} on, in [0, 1]; with {@code grey} [side × side], channels' means
     */
    void resize(byte[] image, int from, boolean grey, float[] out, int to) {
        int next = to;
        for (Tap row : rows) {
            for (Tap column : columns) {
                double mean = 0;
                for (int c = 0; c < channels; c++) {
                    double value = weighted(image, from + c, row, column) / 255;
                    if (grey) {
                        mean += value / channels;
                    } else {
                        out[next++] = (float) value;
                    }
                }
                if (grey) {
                    out[next++] = (float) mean;
                }
            }
        }
    }

    private double weighted(byte[] image, int from, Tap row, Tap column) {
        double sum = 0;
        for (int y = 0; y < row.weights.length; y++) {
            int at = from + ((row.first + y) * width + column.first) * channels;
            double line = 0;
            for (int x = 0; x < column.weights.length; x++) {
                line += column.weights[x] * (image[at + x * channels] & 0xFF);
            }
            sum += row.weights[y] * line;
        }
        return sum;
    }
}
