package io.evolo.meta.tune;

import java.util.List;
import java.util.stream.IntStream;

/** The numbers {1, 3} · 10ᵏ, counted from 1 at index 0: 3e-1 is −1, 1e-1 is −2. */
final class HalfDecades {
    private static final double ROUNDING = 1e-9;

    private HalfDecades() {}

    /** Read from decimal, so that 3e-7 is the number that people write. */
    static double at(int index) {
        return Double.parseDouble(text(index));
    }

    /** As people write it. */
    static String text(int index) {
        return (Math.floorMod(index, 2) == 0 ? "1e" : "3e") + Math.floorDiv(index, 2);
    }

    static List<Double> range(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(HalfDecades::at).toList();
    }

    /** The index of the nearest one. */
    static int nearest(double value) {
        return (int) Math.round(2 * StrictMath.log10(value));
    }

    static boolean isOne(double value) {
        return value > 0 && Math.abs(at(nearest(value)) / value - 1) < ROUNDING;
    }
}
