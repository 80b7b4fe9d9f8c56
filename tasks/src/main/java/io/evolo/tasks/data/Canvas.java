package io.evolo.tasks.data;

import java.util.Arrays;

/**
 * A square grey image that round-ended line segments are drawn on. Coordinates lie in [0, 1]², x to the right, y downwards; pixel
 * centres at (i + 1/2) / side. The brightness of a pixel falls from 1 to 0 linearly over one pixel's width at a segment's border;
 * where segments overlap, the brightest counts. Not thread-safe.
 */
final class Canvas {
    private final int side;
    private final double[] pixels;

    Canvas(int side) {
        this.side = side;
        this.pixels = new double[side * side];
    }

    void clear() {
        Arrays.fill(pixels, 0);
    }

    double pixel(int i) {
        return pixels[i];
    }

    /** Draws the segment from (x0, y0) to (x1, y1), of that half width. */
    void segment(double x0, double y0, double x1, double y1, double halfWidth) {
        double reach = halfWidth + 0.5 / side;
        int left = first(Math.min(x0, x1) - reach);
        int right = last(Math.max(x0, x1) + reach);
        int top = first(Math.min(y0, y1) - reach);
        int bottom = last(Math.max(y0, y1) + reach);
        double dx = x1 - x0;
        double dy = y1 - y0;
        double squared = dx * dx + dy * dy;
        for (int row = top; row <= bottom; row++) {
            double py = (row + 0.5) / side - y0;
            for (int column = left; column <= right; column++) {
                double px = (column + 0.5) / side - x0;
                double t = squared == 0 ? 0 : Math.clamp((px * dx + py * dy) / squared, 0.0, 1.0);
                double ex = px - t * dx;
                double ey = py - t * dy;
                double bright = Math.min(1, (reach - Math.sqrt(ex * ex + ey * ey)) * side);
                int at = row * side + column;
                pixels[at] = Math.max(pixels[at], bright);
            }
        }
    }

    private int first(double coordinate) {
        return Math.max(0, (int) Math.ceil(coordinate * side - 0.5));
    }

    private int last(double coordinate) {
        return Math.min(side - 1, (int) Math.floor(coordinate * side - 0.5));
    }
}
