package io.evolo.optimizers.learned;

import java.util.Arrays;

/**
 * Float sums of many values of one sign, exact to a few units in the last place whatever their number (Kahan 1965). A sum takes two
 * array elements: itself and what its last addition lost.
 */
final class CompensatedSum {
    private CompensatedSum() {}

    /** Sets {@code count} sums to 0, the first at {@code at}. */
    static void clear(float[] sums, int at, int count) {
        Arrays.fill(sums, at, at + 2 * count, 0);
    }

    /** Adds to the sum at {@code at}. */
    static void add(float[] sums, int at, float value) {
        float corrected = value - sums[at + 1];
        float total = sums[at] + corrected;
        sums[at + 1] = (total - sums[at]) - corrected;
        sums[at] = total;
    }
}
