package io.evolo.meta.scores;

import java.util.Arrays;
import java.util.Locale;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * A mean with its 95% confidence interval over independent runs, by Student's t.
 *
 * @param mean infinite where one of the values is
 * @param halfWidth the interval is mean ± halfWidth; infinite where the mean is
 */
public record Interval(double mean, double halfWidth) {

    /** @param values at least two */
    public static Interval of(double[] values) {
        if (values.length < 2) {
            throw new IllegalArgumentException("number of values is " + values.length + ", expected at least 2");
        }
        int n = values.length;
        double mean = Arrays.stream(values).sum() / n;
        if (!Double.isFinite(mean)) {
            return new Interval(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
        }
        double squares = Arrays.stream(values).map(x -> (x - mean) * (x - mean)).sum();
        double standardError = Math.sqrt(squares / (n - 1) / n);
        return new Interval(mean, new TDistribution(n - 1).inverseCumulativeProbability(0.975) * standardError);
    }

    /**
     * Of shares in [0, 1], in percent: {@code 78.7 ± 1.1}; {@code 9.0 (0.0 to 100.0)} where the interval ends outside, as it does with
     * few values; a dash where there is no mean.
     */
    public String percent() {
        if (!Double.isFinite(mean)) {
            return "–";
        }
        return low() < 0 || high() > 1
                ? String.format(Locale.ROOT, "%.1f (%.1f to %.1f)", 100 * mean, 100 * Math.max(0, low()), 100 * Math.min(1, high()))
                : String.format(Locale.ROOT, "%.1f ± %.1f", 100 * mean, 100 * halfWidth);
    }

    public double low() {
        return mean - halfWidth;
    }

    public double high() {
        return mean + halfWidth;
    }
}
