package io.evolo.meta.scores;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** The correction for the number of comparisons that Holm gives (1979): the chance of one false decision among all is kept. */
public final class Holm {
    private Holm() {}

    /**
     * Adjusted p values: those below 0.05 are decided at 5% for all of them together. The i-th least of m, from 0, is the greatest so far
     * of (m − i) pᵢ, at most 1.
     *
     * @param p each in [0, 1]
     * @return in the same order
     */
    public static double[] adjusted(double[] p) {
        int[] order = IntStream.range(0, p.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> p[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        double[] adjusted = new double[p.length];
        double greatest = 0;
        for (int i = 0; i < order.length; i++) {
            greatest = Math.max(greatest, Math.min(1, (p.length - i) * p[order[i]]));
            adjusted[order[i]] = greatest;
        }
        return adjusted;
    }

    /** How many are decided at 5%. */
    public static long decided(double[] adjusted) {
        return Arrays.stream(adjusted).filter(p -> p < 0.05).count();
    }
}
