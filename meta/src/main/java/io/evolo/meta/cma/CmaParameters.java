package io.evolo.meta.cma;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The constants of CMA-ES for a dimension and a population. Source: Hansen, "The CMA Evolution Strategy: A Tutorial" (arXiv 1604.00772),
 * table 1, in its symbols.
 *
 * @param n dimension
 * @param lambda λ, candidates per generation
 * @param weights w by rank [λ]: those of the better half sum to 1, the others are 0 or negative
 * @param muEff μ_eff of the positive weights
 * @param cSigma decay of the step size's path
 * @param dSigma damping of the step size
 * @param cC decay of the covariance's path
 * @param c1 learning rate of the rank-one update
 * @param cMu learning rate of the rank-μ update
 */
record CmaParameters(
        int n, int lambda, double[] weights, double muEff, double cSigma, double dSigma, double cC, double c1, double cMu) {
    private static final int LEAST_LAMBDA = 4;

    /** For a full covariance matrix: with negative weights for the worse half. */
    static CmaParameters full(int n, int lambda) {
        CmaParameters positive = of(n, lambda, 1);
        return positive.withWeights(positive.withNegative(raw(lambda)));
    }

    /**
     * For a diagonal one, which learns faster by the factor (n + 2)/3. Source: Ros and Hansen 2008, "A Simple Modification in CMA-ES
     * Achieving Linear Time and Space Complexity"; as there, the worse half has no weight.
     */
    static CmaParameters separable(int n, int lambda) {
        return of(n, lambda, (n + 2) / 3.0);
    }

    /** λ of table 1. */
    static int population(int n) {
        return 4 + (int) (3 * StrictMath.log(n));
    }

    private static CmaParameters of(int n, int lambda, double faster) {
        if (n < 1 || lambda < LEAST_LAMBDA) {
            throw new IllegalArgumentException(
                    "CMA-ES in " + n + " dimensions with " + lambda + " candidates, expected at least 1 and " + LEAST_LAMBDA);
        }
        double[] w = positive(raw(lambda));
        double muEff = 1 / Arrays.stream(w).map(x -> x * x).sum();
        double cSigma = (muEff + 2) / (n + muEff + 5);
        double dSigma = 1 + 2 * Math.max(0, Math.sqrt((muEff - 1) / (n + 1)) - 1) + cSigma;
        double cC = (4 + muEff / n) / (n + 4 + 2 * muEff / n);
        double c1 = Math.min(1, faster * 2 / ((n + 1.3) * (n + 1.3) + muEff));
        double cMu = Math.min(1 - c1, faster * 2 * (0.25 + muEff + 1 / muEff - 2) / ((n + 2.0) * (n + 2) + muEff));
        return new CmaParameters(n, lambda, w, muEff, cSigma, dSigma, cC, c1, cMu);
    }

    /** w′ of eq. 49: ln((λ + 1)/2) − ln i, which is 0 in the middle of an odd population. */
    private static double[] raw(int lambda) {
        return IntStream.rangeClosed(1, lambda)
                .mapToDouble(i -> StrictMath.log((lambda + 1) / 2.0) - StrictMath.log(i))
                .toArray();
    }

    private static double[] positive(double[] raw) {
        double sum = Arrays.stream(raw).filter(w -> w > 0).sum();
        return Arrays.stream(raw).map(w -> Math.max(0, w) / sum).toArray();
    }

    /** Eq. 50 to 53: the negative ones as large as the rates and a positive definite matrix allow. */
    private double[] withNegative(double[] raw) {
        double sum = -Arrays.stream(raw).filter(w -> w < 0).sum();
        double squares = Arrays.stream(raw).filter(w -> w < 0).map(w -> w * w).sum();
        double muEffMinus = sum * sum / squares;
        double alpha = Math.min(Math.min(1 + c1 / cMu, 1 + 2 * muEffMinus / (muEff + 2)), (1 - c1 - cMu) / (n * cMu));
        double[] w = weights.clone();
        for (int i = 0; i < lambda; i++) {
            w[i] = raw[i] < 0 ? alpha * raw[i] / sum : w[i];
        }
        return w;
    }

    private CmaParameters withWeights(double[] w) {
        return new CmaParameters(n, lambda, w, muEff, cSigma, dSigma, cC, c1, cMu);
    }

    /** The expected length of a standard normal vector, χ_n = √2·Γ((n + 1)/2)/Γ(n/2): √(2/π) for n = 1, and χ_{k+1} = k/χ_k. */
    double chiN() {
        double chi = Math.sqrt(2 / Math.PI);
        for (int k = 1; k < n; k++) {
            chi = k / chi;
        }
        return chi;
    }
}
