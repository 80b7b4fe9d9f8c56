package io.evolo.meta.tune;

import io.evolo.meta.Checks;
import java.util.Arrays;

/**
 * Median and interquartile range, linear between order statistics (type 7 of Hyndman and Fan 1996). A value above which there are
 * only infinite ones is infinite.
 */
public record Quartiles(double low, double median, double high) {

    /** @param values at least one; infinite for runs that diverged */
    public static Quartiles of(double[] values) {
        Checks.that(values.length >= 1, "number of values", 0, "at least 1");
        double[] x = values.clone();
        Arrays.sort(x);
        return new Quartiles(quantile(x, 0.25), quantile(x, 0.5), quantile(x, 0.75));
    }

    private static double quantile(double[] sorted, double p) {
        double position = p * (sorted.length - 1);
        int below = (int) position;
        double rest = position - below;
        if (rest == 0 || Double.isInfinite(sorted[below + 1])) {
            return sorted[rest == 0 ? below : below + 1]; // between infinite ones there is only infinity, not NaN
        }
        return sorted[below] + rest * (sorted[below + 1] - sorted[below]);
    }
}
