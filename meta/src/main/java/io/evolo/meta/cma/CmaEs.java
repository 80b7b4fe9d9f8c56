package io.evolo.meta.cma;

import io.evolo.tasks.Rng;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * CMA-ES: minimises by sampling from a normal distribution whose mean, step size and covariance adapt. Source: Hansen, "The CMA Evolution
 * Strategy: A Tutorial" (arXiv 1604.00772), figure 6, with its negative weights; separable beyond {@link #FULL_UP_TO} dimensions, with the
 * diagonal of the covariance only (Ros and Hansen 2008). There are no restarts, and nothing ends it.
 *
 * <p>Arithmetic in double, with a fixed order of all sums. Random numbers are a function of seed, generation and candidate, so between
 * two generations the state is mean, step size, paths and covariance: {@link #snapshot}. Cost per generation: O(n³), separable O(λ·n).
 */
public final class CmaEs {
    /** Beyond it the full covariance costs more than most objectives. */
    public static final int FULL_UP_TO = 200;

    // The tutorial's symbols: m mean, σ step size, C covariance, p evolution paths; z standard normal, y = C^½·z, x = m + σ·y.
    private final CmaParameters constants;
    private final Noise noise;
    private final Covariance c;
    private final double[] mean;
    private final double[] pSigma;
    private final double[] pC;
    private double sigma;
    private int generation;

    /** Standard normal numbers, the same for the same generation and candidate. */
    @FunctionalInterface
    interface Noise {
        /** n of them, a new array. */
        double[] of(int generation, int candidate);
    }

    /**
     * @param start where to search, [n]
     * @param sigma initial step size of every coordinate, positive
     */
    public CmaEs(double[] start, double sigma, long seed) {
        this(start, sigma, parameters(start.length), gaussians(seed, start.length), covariance(start.length));
    }

    CmaEs(double[] start, double sigma, CmaParameters constants, Noise noise, Covariance c) {
        if (!(sigma > 0)) {
            throw new IllegalArgumentException("step size is " + sigma + ", expected a positive number");
        }
        this.constants = constants;
        this.noise = noise;
        this.c = c;
        this.mean = start.clone();
        this.pSigma = new double[start.length];
        this.pC = new double[start.length];
        this.sigma = sigma;
    }

    private static CmaParameters parameters(int n) {
        int lambda = CmaParameters.population(n);
        return n <= FULL_UP_TO ? CmaParameters.full(n, lambda) : CmaParameters.separable(n, lambda);
    }

    private static Covariance covariance(int n) {
        return n <= FULL_UP_TO ? new FullCovariance(n) : new DiagonalCovariance(n);
    }

    private static Noise gaussians(long seed, int n) {
        return (generation, candidate) -> {
            Rng rng = Rng.of(seed, "cma-es", generation, candidate);
            return IntStream.range(0, n).mapToDouble(i -> rng.gaussian()).toArray();
        };
    }

    /** Candidates per generation. */
    public int population() {
        return constants.lambda();
    }

    /** Generations told. */
    public int generation() {
        return generation;
    }

    /** The mean of the distribution: what the search has found; a copy. */
    public double[] mean() {
        return mean.clone();
    }

    /** The candidates of the next generation [λ][n]. */
    public double[][] candidates() {
        double[][] x = new double[population()][];
        for (int k = 0; k < x.length; k++) {
            double[] y = c.shape(noise.of(generation, k));
            x[k] = mean.clone();
            addScaled(x[k], sigma, y);
        }
        return x;
    }

    /** Ends a generation: the objective's values at its candidates [λ]; NaN counts as the worst, the first of equal ones as better. */
    public void tell(double[] values) {
        if (values.length != population()) {
            throw new IllegalArgumentException(values.length + " values, expected those of " + population() + " candidates");
        }
        double[][] z = IntStream.range(0, values.length)
                .boxed()
                .sorted(Comparator.comparingDouble(k -> Double.isNaN(values[k]) ? Double.POSITIVE_INFINITY : values[k]))
                .map(k -> noise.of(generation, k))
                .toArray(double[][]::new);
        double[][] y = Arrays.stream(z).map(c::shape).toArray(double[][]::new);
        double[] step = meanOfBetter(y);
        addScaled(mean, sigma, step);
        double length = movePathOfSigma(meanOfBetter(z));
        boolean steady = isSteady(length);
        movePathOfC(step, steady);
        adapt(z, y, steady);
        sigma *= StrictMath.exp(constants.cSigma() / constants.dSigma() * (length / constants.chiN() - 1));
        generation++;
    }

    /** p_σ of eq. 43, whose C^-½ has made z of y; returns its length. */
    private double movePathOfSigma(double[] z) {
        double decay = constants.cSigma();
        double norm2 = 0;
        for (int i = 0; i < z.length; i++) {
            pSigma[i] = (1 - decay) * pSigma[i] + Math.sqrt(decay * (2 - decay) * constants.muEff()) * z[i];
            norm2 += pSigma[i] * pSigma[i];
        }
        return Math.sqrt(norm2);
    }

    /** h_σ: not while the step size has much to grow, when C would stretch too fast. */
    private boolean isSteady(double length) {
        double begun = Math.sqrt(1 - StrictMath.pow(1 - constants.cSigma(), 2.0 * (generation + 1)));
        return length / begun < (1.4 + 2.0 / (constants.n() + 1)) * constants.chiN();
    }

    private void movePathOfC(double[] y, boolean steady) {
        double decay = constants.cC();
        double weight = steady ? Math.sqrt(decay * (2 - decay) * constants.muEff()) : 0;
        for (int i = 0; i < y.length; i++) {
            pC[i] = (1 - decay) * pC[i] + weight * y[i];
        }
    }

    /** Eq. 46 and 47. */
    private void adapt(double[][] z, double[][] y, boolean steady) {
        double[] rates = new double[z.length];
        double sum = 0;
        for (int k = 0; k < rates.length; k++) {
            double w = constants.weights()[k];
            sum += w;
            rates[k] = constants.cMu() * (w < 0 ? w * constants.n() / Math.max(norm2(z[k]), Double.MIN_NORMAL) : w);
        }
        double lost = steady ? 0 : constants.cC() * (2 - constants.cC());
        double keep = 1 + constants.c1() * lost - constants.c1() - constants.cMu() * sum;
        c.update(keep, constants.c1(), pC, rates, y);
    }

    private double[] meanOfBetter(double[][] byRank) {
        double[] sum = new double[constants.n()];
        for (int k = 0; k < byRank.length && constants.weights()[k] > 0; k++) {
            addScaled(sum, constants.weights()[k], byRank[k]);
        }
        return sum;
    }

    private static void addScaled(double[] sum, double factor, double[] x) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += factor * x[i];
        }
    }

    private static double norm2(double[] x) {
        double sum = 0;
        for (double value : x) {
            sum += value * value;
        }
        return sum;
    }

    /** All that it is between two generations: generation, σ, m, p_σ, p_c, and C in full or its diagonal; a new array. */
    public double[] snapshot() {
        double[] state = new double[2 + 3 * mean.length + c.values().length];
        state[0] = generation;
        state[1] = sigma;
        int at = 2;
        for (double[] part : parts()) {
            System.arraycopy(part, 0, state, at, part.length);
            at += part.length;
        }
        return state;
    }

    /** Goes on from a snapshot of a search in as many dimensions, with the same bits. */
    public void restore(double[] state) {
        int length = 2 + 3 * mean.length + c.values().length;
        if (state.length != length) {
            throw new IllegalArgumentException("a search in " + mean.length + " dimensions is saved in " + length + " numbers, not "
                    + state.length + "; was it another recipe's?");
        }
        generation = (int) state[0];
        sigma = state[1];
        int at = 2;
        for (double[] part : parts()) {
            System.arraycopy(state, at, part, 0, part.length);
            at += part.length;
        }
        c.restored();
    }

    private double[][] parts() {
        return new double[][] {mean, pSigma, pC, c.values()};
    }
}
