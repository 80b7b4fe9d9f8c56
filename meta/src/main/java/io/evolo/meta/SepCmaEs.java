package io.evolo.meta;

import io.evolo.tasks.Rng;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Separable CMA-ES: minimises by sampling from a normal distribution whose mean, step size and diagonal covariance adapt. Source: Ros
 * and Hansen 2008, "A simple modification in CMA-ES achieving linear time and space complexity", with the parameters of Hansen's
 * tutorial (2016, arXiv 1604.00772, table 1) and the covariance learning rates multiplied by (n + 2)/3. Cost per generation: O(λ·n).
 * Arithmetic in double; random numbers are a function of seed and generation.
 */
final class SepCmaEs implements Search {
    // The tutorial's symbols: n dimension, λ offspring, μ parents, w weights, σ step size, C covariance, p evolution paths.
    private final long seed;
    private final int n;
    private final int lambda;
    private final double[] weights;
    private final double muEff;
    private final double cSigma;
    private final double dSigma;
    private final double cC;
    private final double c1;
    private final double cMu;
    private final double chiN;

    private final double[] mean;
    private final double[] c;
    private final double[] pSigma;
    private final double[] pC;
    private double sigma;
    private int generation;
    private final double[] values;
    private int told;

    /**
     * @param start where to search, changed by nobody
     * @param sigma initial step size, positive
     * @param lambda candidates per generation, at least 4
     */
    SepCmaEs(double[] start, double sigma, int lambda, long seed) {
        Checks.that(lambda >= 4, "candidates per generation", lambda, "at least 4");
        this.seed = seed;
        this.n = start.length;
        this.lambda = lambda;
        this.values = new double[lambda];
        this.sigma = sigma;
        this.mean = start.clone();
        this.c = filled(1);
        this.pSigma = new double[n];
        this.pC = new double[n];
        this.weights = weights(lambda);
        this.muEff = 1 / Arrays.stream(weights).map(w -> w * w).sum();
        double separable = (n + 2) / 3.0;
        this.cSigma = (muEff + 2) / (n + muEff + 5);
        this.dSigma = 1 + 2 * Math.max(0, Math.sqrt((muEff - 1) / (n + 1)) - 1) + cSigma;
        this.cC = (4 + muEff / n) / (n + 4 + 2 * muEff / n);
        this.c1 = Math.min(1, separable * 2 / ((n + 1.3) * (n + 1.3) + muEff));
        this.cMu = Math.min(1 - c1, separable * 2 * (muEff - 2 + 1 / muEff) / ((n + 2.0) * (n + 2) + muEff));
        this.chiN = Math.sqrt(n) * (1 - 1 / (4.0 * n) + 1 / (21.0 * n * n));
    }

    @Override
    public double[] candidate() {
        return candidate(told);
    }

    @Override
    public void tell(double value) {
        values[told++] = Double.isNaN(value) ? Double.POSITIVE_INFINITY : value;
        if (told == lambda) {
            told = 0;
            endGeneration();
        }
    }

    @Override
    public int populationSize() {
        return lambda;
    }

    @Override
    public void close() {}

    private void endGeneration() {
        double[][] x = IntStream.range(0, lambda).mapToObj(this::candidate).toArray(double[][]::new);
        List<Integer> order = IntStream.range(0, lambda)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> values[i]))
                .toList();
        double[] old = mean.clone();
        Arrays.fill(mean, 0);
        for (int rank = 0; rank < weights.length; rank++) {
            addScaled(mean, weights[rank], x[order.get(rank)]);
        }
        adapt(old, x, order);
        generation++;
    }

    private double[] candidate(int index) {
        Rng rng = Rng.of(seed, "sep-cma-es", generation, index);
        double[] x = new double[n];
        for (int i = 0; i < n; i++) {
            x[i] = mean[i] + sigma * Math.sqrt(c[i]) * rng.gaussian();
        }
        return x;
    }

    private void adapt(double[] old, double[][] x, List<Integer> order) {
        double norm2 = 0;
        for (int i = 0; i < n; i++) {
            double y = (mean[i] - old[i]) / sigma;
            pSigma[i] = (1 - cSigma) * pSigma[i] + Math.sqrt(cSigma * (2 - cSigma) * muEff) * y / Math.sqrt(c[i]);
            norm2 += pSigma[i] * pSigma[i];
        }
        double expected = Math.sqrt(1 - StrictMath.pow(1 - cSigma, 2.0 * (generation + 1)));
        boolean steady = Math.sqrt(norm2) / expected < (1.4 + 2 / (n + 1.0)) * chiN; // h_σ
        for (int i = 0; i < n; i++) {
            double y = (mean[i] - old[i]) / sigma;
            pC[i] = (1 - cC) * pC[i] + (steady ? Math.sqrt(cC * (2 - cC) * muEff) * y : 0);
            double rankMu = 0;
            for (int rank = 0; rank < weights.length; rank++) {
                double z = (x[order.get(rank)][i] - old[i]) / sigma;
                rankMu += weights[rank] * z * z;
            }
            double lost = steady ? 0 : c1 * cC * (2 - cC);
            c[i] = (1 - c1 - cMu + lost) * c[i] + c1 * pC[i] * pC[i] + cMu * rankMu;
        }
        sigma *= StrictMath.exp(cSigma / dSigma * (Math.sqrt(norm2) / chiN - 1));
    }

    /** Of the better half, ln((λ + 1)/2) − ln i over their sum: at an odd λ not the same as ln(μ + 1/2) − ln i. */
    static double[] weights(int lambda) {
        double[] w = IntStream.rangeClosed(1, lambda / 2)
                .mapToDouble(i -> StrictMath.log((lambda + 1) / 2.0) - StrictMath.log(i))
                .toArray();
        double sum = Arrays.stream(w).sum();
        return Arrays.stream(w).map(value -> value / sum).toArray();
    }

    private static void addScaled(double[] sum, double factor, double[] x) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += factor * x[i];
        }
    }

    private double[] filled(double value) {
        double[] x = new double[n];
        Arrays.fill(x, value);
        return x;
    }
}
