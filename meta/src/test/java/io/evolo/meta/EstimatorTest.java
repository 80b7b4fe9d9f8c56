package io.evolo.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evolo.tasks.Rng;
import io.evolo.tasks.TaskFamily;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The estimators on gradient descent of ½·a·w² with theta = log learning rate, where every expectation is known: one inner step
 * multiplies w by 1 − a·e^θ, so a loss after truncations of n_1, n_2, … steps is ½·a·∏(1 − a·e^(θ+ε_i))^(2·n_i), and independent
 * noises make its expectation a product of one-dimensional integrals.
 */
class EstimatorTest {
    private static final double A = 1;
    private static final double RATE = 0.05;
    private static final double SIGMA = 0.1;
    private static final int TRUNCATION = 5;
    private static final int LENGTH = 20;
    private static final int PAIRS = 100_000;

    @ParameterizedTest
    @EnumSource(names = {"FULL_ES", "PES", "NRES"})
    void theMetaGradientOfWholeInnerProblemsIsUnbiased(Estimator estimator) {
        Estimate estimate = estimate(estimator);

        double expected = derivative(theta -> smoothedMeanLoss(estimator, theta));
        assertThat(estimate.mean(0)).isCloseTo(expected, within(4 * estimate.standardError(0)));
        assertThat(estimate.mean(1)).isCloseTo(0, within(4 * estimate.standardError(1)));
    }

    @Test
    void truncatedEsSeesOnlyWhatHappensWithinItsTruncation() {
        Estimate estimate = estimate(Estimator.TRUNCATED_ES);

        double shortSighted = 0;
        for (int window = 0; window < LENGTH / TRUNCATION; window++) {
            double start = 0.5 * A * Math.pow(expectedShrink(Math.log(RATE), TRUNCATION), window);
            double within = 0;
            for (int step = 0; step < TRUNCATION; step++) {
                int made = step;
                within += derivative(theta -> expectedShrink(theta, made));
            }
            shortSighted += start * within / LENGTH;
        }
        double whole = derivative(theta -> smoothedMeanLoss(Estimator.PES, theta));
        double error = estimate.standardError(0);
        assertThat(estimate.mean(0)).isCloseTo(shortSighted, within(4 * error));
        assertThat(Math.abs(estimate.mean(0) - whole)).as("bias").isGreaterThan(20 * error);
    }

    /** Mean over the inner problem's steps of the expected loss before each step. */
    private static double smoothedMeanLoss(Estimator estimator, double theta) {
        double sum = 0;
        for (int step = 0; step < LENGTH; step++) {
            sum += estimator == Estimator.PES
                    ? Math.pow(expectedShrink(theta, TRUNCATION), step / TRUNCATION) * expectedShrink(theta, step % TRUNCATION)
                    : expectedShrink(theta, step);
        }
        return 0.5 * A * sum / LENGTH;
    }

    /** E over ε of (1 − a·e^(θ+ε))^(2·steps), by the trapezoidal rule over ±8 standard deviations (error below 1e-12). */
    private static double expectedShrink(double theta, int steps) {
        double h = 0.05;
        double sum = 0;
        for (double z = -8; z <= 8; z += h) {
            double density = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
            sum += h * density * Math.pow(1 - A * Math.exp(theta + SIGMA * z), 2 * steps);
        }
        return sum;
    }

    private static double derivative(DoubleUnaryOperator f) {
        double h = 1e-4;
        double theta = Math.log(RATE);
        return (f.applyAsDouble(theta + h) - f.applyAsDouble(theta - h)) / (2 * h);
    }

    /** One estimate per particle: the sum over its inner problem, each truncation weighted by its share of the length. */
    private static Estimate estimate(Estimator estimator) {
        LogRateSgd rule = new LogRateSgd(RATE);
        float[] theta = rule.initTheta(Rng.of(0, "theta"));
        int perRun = 1000;
        int windows = estimator == Estimator.FULL_ES ? 1 : LENGTH / TRUNCATION;
        double[][] sums = new double[2][2]; // [component][power]
        for (int run = 0; run < PAIRS / perRun; run++) {
            double[][] gradients = new double[perRun][2];
            ParticleSpec spec = new ParticleSpec(
                    rule,
                    List.of(TaskFamily.of(new Quadratic(A))),
                    new Estimation(estimator, SIGMA, perRun, TRUNCATION, MetaLoss.MEAN, 1e6),
                    Horizon.constant(LENGTH),
                    run);
            try (LocalExecutor executor = new LocalExecutor(spec, 2)) {
                for (int window = 0; window < windows; window++) {
                    List<ParticleResult> results = executor.advance(theta, window);
                    for (int i = 0; i < perRun; i++) {
                        gradients[i][0] += results.get(i).gradient()[0] / windows;
                        gradients[i][1] += results.get(i).gradient()[1] / windows;
                    }
                }
            }
            for (double[] gradient : gradients) {
                for (int component = 0; component < 2; component++) {
                    sums[component][0] += gradient[component];
                    sums[component][1] += gradient[component] * gradient[component];
                }
            }
        }
        return new Estimate(sums);
    }

    private record Estimate(double[][] sums) {
        double mean(int component) {
            return sums[component][0] / PAIRS;
        }

        double standardError(int component) {
            double variance = sums[component][1] / PAIRS - mean(component) * mean(component);
            return Math.sqrt(variance / PAIRS);
        }
    }
}
