package io.evolo.meta;

import io.evolo.schema.Default;
import io.evolo.schema.Unless;

/**
 * How the meta-gradient is estimated.
 *
 * @param estimator the rule
 * @param sigma standard deviation of the noise on theta, positive
 * @param pairs antithetic pairs per entry of the task list, at least 1
 * @param truncation inner steps per outer step K, at least 1; not of FULL_ES, which runs whole inner problems
 * @param loss what is minimised over a truncation
 * @param divergence raw losses above this, NaN included, freeze their lane until its inner problem ends; in the task's loss units,
 *     positive
 * @param imitation an expert to learn from as well
 */
public record Estimation(
        @Default("pes") Estimator estimator,
        @Default("0.01") double sigma,
        @Default("8") int pairs,
        @Unless(key = "estimator", is = "full_es") @Default("" + TRUNCATION) int truncation,
        @Default("mean") MetaLoss loss,
        @Default("100") double divergence,
        @Default("{}") Imitation imitation) {

    static final int TRUNCATION = 50;

    /** Without an expert. */
    public Estimation(Estimator estimator, double sigma, int pairs, int truncation, MetaLoss loss, double divergence) {
        this(estimator, sigma, pairs, truncation, loss, divergence, Imitation.none());
    }

    public Estimation {
        Checks.that(sigma > 0 && sigma < Double.POSITIVE_INFINITY, "sigma", sigma, "a positive number");
        Checks.that(pairs >= 1, "pairs", pairs, "at least 1");
        Checks.that(truncation >= 1, "truncation", truncation, "at least 1");
        Checks.that(divergence > 0, "divergence", divergence, "a positive number");
    }
}
