package io.evolo.tasks.data;

import io.evolo.tasks.Rng;
import io.evolo.tasks.Split;
import java.util.EnumMap;
import java.util.Map;

/**
 * The embedded data: digits drawn as pen strokes, each bent, turned, sheared, scaled and moved at random. Needs no files. Example
 * number i is a pure function of (style, side, seed, i); its geometry does not depend on the side. Labels run 0, 1, …, 9, 0, 1, ….
 * In the numbering follow one another TRAIN, INNER_VALID, TEST, OUTER_VALID.
 *
 * <p>Hard enough that a linear classifier stays below 90 % test accuracy at every side, while a small network passes it.
 *
 * @param style ranges of the random choices
 * @param side height and width in pixels, at least 4
 * @param seed which set
 */
public record StrokeDigits(StrokeStyle style, int side, long seed) {
    public static final int CLASSES = 10;
    public static final int TRAIN = 8_000;
    public static final int INNER_VALID = 1_000;
    public static final int TEST = 2_000;
    public static final int OUTER_VALID = 1_000;

    /** Control points along each axis of the grid that bends a digit. */
    private static final int GRID = 4;
    /** Half height of a digit of scale 1, and the length unit of skeletons. */
    private static final double UNIT = 0.4;

    public StrokeDigits {
        if (side < 4) {
            throw new IllegalArgumentException("stroke digits of side " + side + ", expected at least 4");
        }
    }

    /** Draws all examples; grey values in [0, 1]. */
    public Map<Split, Examples> draw() {
        Map<Split, Examples> parts = new EnumMap<>(Split.class);
        parts.put(Split.TRAIN, draw(0, TRAIN));
        parts.put(Split.INNER_VALID, draw(TRAIN, INNER_VALID));
        parts.put(Split.TEST, draw(TRAIN + INNER_VALID, TEST));
        parts.put(Split.OUTER_VALID, draw(TRAIN + INNER_VALID + TEST, OUTER_VALID));
        return parts;
    }

    private Examples draw(int from, int count) {
        int features = side * side;
        float[] inputs = new float[count * features];
        int[] labels = new int[count];
        Canvas canvas = new Canvas(side);
        for (int i = 0; i < count; i++) {
            labels[i] = (from + i) % CLASSES;
            draw(from + i, labels[i], canvas, inputs, i * features);
        }
        return new Examples(inputs, labels);
    }

    private void draw(int index, int digit, Canvas canvas, float[] out, int offset) {
        Rng rng = Rng.of(seed, "strokes", index);
        canvas.clear();
        Skeleton skeleton = Skeleton.of(digit, rng.nextInt(Skeleton.ways(digit)));
        Placement placement = Placement.sample(style, rng);
        double halfWidth = rng.uniform(style.minWidth(), style.maxWidth()) / 2;
        skeleton.strokes().forEach(stroke -> stroke(placement, stroke, halfWidth, canvas));
        distract(rng, halfWidth, canvas);
        for (int i = 0; i < side * side; i++) {
            out[offset + i] = (float) Math.clamp(canvas.pixel(i) + style.noise() * rng.gaussian(), 0.0, 1.0);
        }
    }

    private static void stroke(Placement placement, double[] points, double halfWidth, Canvas canvas) {
        double x0 = placement.x(points[0], points[1]);
        double y0 = placement.y(points[0], points[1]);
        for (int i = 2; i < points.length; i += 2) {
            double x1 = placement.x(points[i], points[i + 1]);
            double y1 = placement.y(points[i], points[i + 1]);
            canvas.segment(x0, y0, x1, y1, halfWidth);
            x0 = x1;
            y0 = y1;
        }
    }

    /** Up to {@code style.distractors()} strokes of length 0.2 to 0.4, anywhere. */
    private void distract(Rng rng, double halfWidth, Canvas canvas) {
        int strokes = rng.nextInt(style.distractors() + 1);
        for (int i = 0; i < strokes; i++) {
            double x = rng.nextDouble();
            double y = rng.nextDouble();
            double angle = rng.uniform(0, 2 * Math.PI);
            double length = rng.uniform(0.2, 0.4);
            canvas.segment(
                    x, y, x + length * StrictMath.cos(angle), y + length * StrictMath.sin(angle), halfWidth);
        }
    }

    /**
     * Where the points of a skeleton go: bent by a grid of displaced control points, then mapped affinely.
     *
     * @param bendX displacements of the control points, row-major [GRID × GRID], linear in between
     * @param bendY the same downwards
     * @param a matrix entries: x ← a·x + b·y + cx, y ← c·x + d·y + cy
     */
    private record Placement(
            float[] bendX, float[] bendY, double a, double b, double c, double d, double cx, double cy) {

        static Placement sample(StrokeStyle style, Rng rng) {
            float[] bendX = new float[GRID * GRID];
            float[] bendY = new float[GRID * GRID];
            rng.fillGaussian(bendX, style.warp() / UNIT);
            rng.fillGaussian(bendY, style.warp() / UNIT);
            double angle = StrictMath.toRadians(rng.uniform(-style.rotation(), style.rotation()));
            double shear = rng.uniform(-style.shear(), style.shear());
            double sx = UNIT * rng.uniform(style.minScale(), style.maxScale());
            double sy = UNIT * rng.uniform(style.minScale(), style.maxScale());
            double cx = 0.5 + rng.uniform(-style.shift(), style.shift());
            double cy = 0.5 + rng.uniform(-style.shift(), style.shift());
            double cos = StrictMath.cos(angle);
            double sin = StrictMath.sin(angle);
            // Rotation · shear · scale.
            return new Placement(bendX, bendY, cos * sx, (cos * shear - sin) * sy, sin * sx, (sin * shear + cos) * sy, cx, cy);
        }

        double x(double px, double py) {
            return a * (px + bend(bendX, px, py)) + b * (py + bend(bendY, px, py)) + cx;
        }

        double y(double px, double py) {
            return c * (px + bend(bendX, px, py)) + d * (py + bend(bendY, px, py)) + cy;
        }

        private static double bend(float[] grid, double px, double py) {
            double gx = Math.clamp((px + 1) / 2 * (GRID - 1), 0.0, GRID - 1.0);
            double gy = Math.clamp((py + 1) / 2 * (GRID - 1), 0.0, GRID - 1.0);
            int column = Math.min((int) gx, GRID - 2);
            int row = Math.min((int) gy, GRID - 2);
            double fx = gx - column;
            double fy = gy - row;
            int at = row * GRID + column;
            double top = grid[at] * (1 - fx) + grid[at + 1] * fx;
            double bottom = grid[at + GRID] * (1 - fx) + grid[at + GRID + 1] * fx;
            return top * (1 - fy) + bottom * fy;
        }
    }
}
