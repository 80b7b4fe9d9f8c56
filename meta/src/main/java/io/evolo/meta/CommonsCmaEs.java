package io.evolo.meta;

import io.evolo.tasks.Rng;
import java.util.Arrays;
import java.util.concurrent.SynchronousQueue;
import org.apache.commons.math3.optim.InitialGuess;
import org.apache.commons.math3.optim.MaxEval;
import org.apache.commons.math3.optim.SimpleBounds;
import org.apache.commons.math3.optim.SimpleValueChecker;
import org.apache.commons.math3.optim.nonlinear.scalar.GoalType;
import org.apache.commons.math3.optim.nonlinear.scalar.ObjectiveFunction;
import org.apache.commons.math3.optim.nonlinear.scalar.noderiv.CMAESOptimizer;
import org.apache.commons.math3.random.Well19937c;

/**
 * Full CMA-ES by Commons Math, whose optimizer calls its objective; here it runs on a thread of its own and hands every candidate
 * over. Where the optimizer stops by its own criteria it starts again from its best point. Cost per generation: O(n³).
 */
final class CommonsCmaEs implements Search {
    private final SynchronousQueue<double[]> candidates = new SynchronousQueue<>();
    private final SynchronousQueue<Double> values = new SynchronousQueue<>();
    private final int lambda;
    private final Thread thread;
    private double[] current = {};

    /**
     * @param start where to search
     * @param sigma initial step size of every coordinate, positive
     * @param lambda candidates per generation
     */
    CommonsCmaEs(double[] start, double sigma, int lambda, long seed) {
        this.lambda = lambda;
        this.thread = Thread.ofPlatform().daemon().name("evolo-cma-es").start(() -> search(start.clone(), sigma, seed));
    }

    @Override
    public double[] candidate() {
        try {
            if (current.length == 0) {
                current = candidates.take();
            }
            return current.clone();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    @Override
    public void tell(double value) {
        candidate();
        current = new double[0];
        try {
            values.put(Double.isNaN(value) ? Double.MAX_VALUE : Math.min(value, Double.MAX_VALUE));
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    @Override
    public int populationSize() {
        return lambda;
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void search(double[] start, double sigma, long seed) {
        double[] best = start;
        double[] steps = new double[start.length];
        Arrays.fill(steps, sigma);
        try {
            for (int restart = 0; !Thread.currentThread().isInterrupted(); restart++) {
                CMAESOptimizer optimizer = new CMAESOptimizer(
                        Integer.MAX_VALUE,
                        Double.NEGATIVE_INFINITY,
                        true,
                        0,
                        0,
                        new Well19937c(Rng.of(seed, "cma-es", restart).nextLong()),
                        false,
                        new SimpleValueChecker(-1, -1));
                best = optimizer
                        .optimize(
                                new ObjectiveFunction(this::value),
                                GoalType.MINIMIZE,
                                new InitialGuess(best),
                                SimpleBounds.unbounded(start.length),
                                new CMAESOptimizer.Sigma(steps),
                                new CMAESOptimizer.PopulationSize(lambda),
                                new MaxEval(Integer.MAX_VALUE))
                        .getPoint();
            }
        } catch (Closed e) {
            // The search was closed while it waited for a value: nothing is left to do.
        }
    }

    private double value(double[] x) {
        try {
            candidates.put(x.clone());
            return values.take();
        } catch (InterruptedException e) {
            throw new Closed();
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted while waiting for CMA-ES", e);
    }

    private static final class Closed extends RuntimeException {
        private static final long serialVersionUID = 1;
    }
}
