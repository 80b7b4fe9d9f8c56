package io.evolo.meta;

import java.util.Arrays;
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
        Checks.that(values.length >= 2, "number of values", values.length, "at least 2");
        int n = values.length;
        double mean = Arrays.stream(values).sum() / n;
        if (!Double.isFinite(mean)) {
            return new Interval(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
        }
        double squares = Arrays.stream(values).map(x -> (x - mean) * (x - mean)).sum();
        double standardError = Math.sqrt(squares / (n - 1) / n);
        return new Interval(mean, new TDistribution(n - 1).inverseCumulativeProbability(0.975) * standardError);
    }

    public double low() {
        return mean - halfWidth;
    }

    public double high() {
        return mean + halfWidth;
    }
}
