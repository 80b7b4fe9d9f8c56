package io.evolo.tasks.data;

import java.util.ArrayList;
import java.util.List;

/**
 * The strokes of one way to write a digit: connected points in a box [-1, 1]², x to the right, y downwards. Two ways for every digit.
 *
 * @param strokes each [x0, y0, x1, y1, …], at least two points
 */
record Skeleton(List<double[]> strokes) {

    /** Degrees of an arc between two of its points. */
    private static final double ARC_STEP = 30;

    private static final List<List<Skeleton>> DIGITS = List.of(
            List.of(with(pen().arc(0, 0, 0.6, 1, 0, 360)), with(pen().arc(0, 0, 0.5, 1, -60, 300), pen().to(0.4, -0.8).to(-0.4, 0.8))),
            List.of(with(pen().to(0, -1).to(0, 1)), with(pen().to(-0.4, -0.6).to(0.05, -1).to(0.05, 1), pen().to(-0.4, 1).to(0.5, 1))),
            List.of(
                    with(pen().arc(0, -0.45, 0.55, 0.55, -170, 40).to(-0.6, 1).to(0.65, 1)),
                    with(pen().to(-0.55, -0.9).to(0.5, -0.9).to(0.5, -0.3).to(-0.55, 0.3).to(-0.55, 0.95).to(0.55, 0.95))),
            List.of(
                    with(pen().arc(0, -0.5, 0.5, 0.5, -150, 90), pen().arc(0, 0.5, 0.58, 0.5, -90, 150)),
                    with(pen().to(-0.5, -1).to(0.5, -1).to(-0.05, -0.15).arc(0, 0.42, 0.55, 0.57, -90, 150))),
            List.of(
                    with(pen().to(-0.4, -1).to(-0.6, 0.15).to(0.6, 0.15), pen().to(0.3, -0.7).to(0.3, 1)),
                    with(pen().to(0.3, 1).to(0.3, -1).to(-0.65, 0.35).to(0.65, 0.35))),
            List.of(
                    with(pen().to(0.5, -1).to(-0.45, -1).to(-0.5, -0.1).arc(-0.02, 0.4, 0.57, 0.6, -110, 140)),
                    with(pen().arc(0.05, -0.5, 0.5, 0.5, -40, -230).arc(0, 0.5, 0.55, 0.5, -60, 140))),
            List.of(
                    with(pen().to(0.35, -1).to(-0.25, -0.45).to(-0.5, 0.4).arc(0, 0.45, 0.5, 0.55, -180, 180)),
                    with(pen().arc(0, 0, 0.6, 1, -60, -180).arc(-0.05, 0.5, 0.55, 0.5, -180, 160))),
            List.of(
                    with(pen().to(-0.6, -1).to(0.6, -1).to(-0.15, 1)),
                    with(pen().to(-0.55, -0.75).to(-0.5, -1).to(0.55, -1).to(0, 1), pen().to(-0.2, 0).to(0.55, 0))),
            List.of(
                    with(pen().arc(0, -0.5, 0.45, 0.48, 0, 360), pen().arc(0, 0.5, 0.55, 0.5, 0, 360)),
                    with(pen().arc(0, -0.62, 0.45, 0.38, 20, -200).to(0.45, 0.45).arc(0, 0.62, 0.45, 0.38, -20, 200).to(0.42, -0.5))),
            List.of(
                    with(pen().arc(0, -0.45, 0.5, 0.55, 0, 360).to(0.5, 0.2).to(0.3, 1)),
                    with(pen().arc(-0.05, -0.5, 0.5, 0.5, 0, 360).arc(0, 0.2, 0.5, 0.8, -30, 140))));

    static int ways(int digit) {
        return DIGITS.get(digit).size();
    }

    static Skeleton of(int digit, int way) {
        return DIGITS.get(digit).get(way);
    }

    private static Skeleton with(Pen... pens) {
        List<double[]> strokes = new ArrayList<>();
        for (Pen pen : pens) {
            strokes.add(pen.points.stream().mapToDouble(Double::doubleValue).toArray());
        }
        return new Skeleton(List.copyOf(strokes));
    }

    private static Pen pen() {
        return new Pen();
    }

    /** Draws one stroke, point by point. */
    private static final class Pen {
        private final List<Double> points = new ArrayList<>();

        Pen to(double x, double y) {
            points.add(x);
            points.add(y);
            return this;
        }

        /** Along an ellipse about (cx, cy); angles in degrees from the right, clockwise as seen. */
        Pen arc(double cx, double cy, double rx, double ry, double fromDegrees, double toDegrees) {
            int steps = (int) StrictMath.ceil(Math.abs(toDegrees - fromDegrees) / ARC_STEP);
            for (int i = 0; i <= steps; i++) {
                double angle = StrictMath.toRadians(fromDegrees + (toDegrees - fromDegrees) * i / steps);
                to(cx + rx * StrictMath.cos(angle), cy + ry * StrictMath.sin(angle));
            }
            return this;
        }
    }
}
