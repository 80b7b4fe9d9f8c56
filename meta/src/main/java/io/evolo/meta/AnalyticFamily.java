package io.evolo.meta;

import io.evolo.schema.Default;
import io.evolo.tasks.DoubleRange;
import io.evolo.tasks.IntRange;
import io.evolo.tasks.LossNormalizer;
import io.evolo.tasks.LossScale;
import io.evolo.tasks.TaskFamily;
import io.evolo.tasks.analytic.Spectrum;
import java.util.List;
import java.util.function.UnaryOperator;

/** Problems that are formulas, as a recipe names them: they need no data, and a step costs next to nothing. */
public sealed interface AnalyticFamily extends FamilySpec {

    @Override
    default FamilySpec on(UnaryOperator<String> source) {
        return this;
    }

    private static LossNormalizer normalizer(LossScale scale) {
        return scale.of(0);
    }

    /**
     * Quadratics of chosen eigenvalues; see {@link io.evolo.tasks.analytic.Quadratic}.
     *
     * @param dimension log-uniform
     * @param spectrum one is drawn
     * @param condition log-uniform, at least 1
     * @param lossScale from loss to meta-loss
     */
    record Quadratic(
            @Default("[10, 1000]") IntRange dimension,
            @Default("logarithmic") List<Spectrum> spectrum,
            @Default("[1, 10000]") DoubleRange condition,
            @Default("nats") LossScale lossScale)
            implements AnalyticFamily {

        public Quadratic {
            spectrum = List.copyOf(spectrum);
            Checks.that(dimension.low() >= 1, "dimension", dimension, "at least 1");
            Checks.that(!spectrum.isEmpty(), "number of spectra", 0, "at least 1");
            Checks.that(condition.low() >= 1, "condition", condition, "at least 1");
        }

        @Override
        public TaskFamily family() {
            return rng -> new io.evolo.tasks.analytic.Quadratic(
                    dimension.logUniform(rng),
                    spectrum.get(rng.nextInt(spectrum.size())),
                    condition.logUniform(rng),
                    rng.nextLong(),
                    normalizer(lossScale));
        }
    }

    /**
     * Rosenbrock's valleys; see {@link io.evolo.tasks.analytic.Rosenbrock}.
     *
     * @param dimension log-uniform, at least 2
     * @param steepness log-uniform, above 0
     * @param lossScale from loss to meta-loss
     */
    record Rosenbrock(
            @Default("[2, 100]") IntRange dimension,
            @Default("100") DoubleRange steepness,
            @Default("nats") LossScale lossScale)
            implements AnalyticFamily {

        public Rosenbrock {
            Checks.that(dimension.low() >= 2, "dimension", dimension, "at least 2");
            Checks.that(steepness.low() > 0, "steepness", steepness, "a positive number");
        }

        @Override
        public TaskFamily family() {
            return rng -> new io.evolo.tasks.analytic.Rosenbrock(
                    dimension.logUniform(rng), steepness.logUniform(rng), normalizer(lossScale));
        }
    }

    /**
     * Logistic regression on drawn examples; see {@link io.evolo.tasks.analytic.LogisticRegression}.
     *
     * @param dimension log-uniform
     * @param batch examples per batch, log-uniform
     * @param condition of the features' covariance, log-uniform, at least 1
     * @param noise share of wrong labels, uniform, in [0, 0.5)
     * @param lossScale from loss to meta-loss
     */
    record LogisticRegression(
            @Default("[4, 256]") IntRange dimension,
            @Default("64") IntRange batch,
            @Default("[1, 1000]") DoubleRange condition,
            @Default("0.05") DoubleRange noise,
            @Default("nats") LossScale lossScale)
            implements AnalyticFamily {

        public LogisticRegression {
            Checks.that(dimension.low() >= 1, "dimension", dimension, "at least 1");
            Checks.that(batch.low() >= 1, "batch", batch, "at least 1");
            Checks.that(condition.low() >= 1, "condition", condition, "at least 1");
            Checks.that(noise.low() >= 0 && noise.high() < 0.5, "noise", noise, "numbers in [0, 0.5)");
        }

        @Override
        public TaskFamily family() {
            return rng -> new io.evolo.tasks.analytic.LogisticRegression(
                    dimension.logUniform(rng),
                    batch.logUniform(rng),
                    condition.logUniform(rng),
                    noise.uniform(rng),
                    rng.nextLong(),
                    lossScale.of(2));
        }
    }

    /**
     * Factorisation of a matrix of known rank; see {@link io.evolo.tasks.analytic.MatrixFactorization}.
     *
     * @param rows log-uniform
     * @param columns log-uniform
     * @param rank log-uniform
     * @param lossScale from loss to meta-loss
     */
    record MatrixFactorization(
            @Default("[16, 64]") IntRange rows,
            @Default("[16, 64]") IntRange columns,
            @Default("[2, 8]") IntRange rank,
            @Default("nats") LossScale lossScale)
            implements AnalyticFamily {

        public MatrixFactorization {
            Checks.that(rows.low() >= 1, "rows", rows, "at least 1");
            Checks.that(columns.low() >= 1, "columns", columns, "at least 1");
            Checks.that(rank.low() >= 1, "rank", rank, "at least 1");
        }

        @Override
        public TaskFamily family() {
            return rng -> new io.evolo.tasks.analytic.MatrixFactorization(
                    rows.logUniform(rng), columns.logUniform(rng), rank.logUniform(rng), rng.nextLong(), normalizer(lossScale));
        }
    }
}
