package io.evolo.tasks.analytic;

import io.evolo.tasks.BatchKey;
import io.evolo.tasks.LossNormalizer;
import io.evolo.tasks.Optimizee;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Shape;
import io.evolo.tasks.Task;
import java.util.List;

/**
 * Rosenbrock's curved valley (1960) in n dimensions: the mean over i of (w_{i+1} − w_i²)² + (1 − w_i)²/steepness, which is the
 * customary form over its steepness, so that losses begin at order 1. The least is 0, at all ones. It begins about the customary (−1.2, 1, −1.2, …), with a spread of 0.1. Batches play no part.
 *
 * @param dimension n, at least 2
 * @param steepness of the valley's walls, above 0; 100 in the source
 * @param normalizer from loss to meta-loss
 */
public record Rosenbrock(int dimension, double steepness, LossNormalizer normalizer) implements Task {

    public Rosenbrock {
        if (dimension < 2 || !(steepness > 0) || Double.isInfinite(steepness)) {
            throw new IllegalArgumentException("Rosenbrock's valley: dimension " + dimension + " and steepness " + steepness
                    + ", expected at least 2, and a positive number");
        }
    }

    @Override
    public String name() {
        return "rosenbrock-" + dimension + "-" + Math.round(steepness);
    }

    @Override
    public ParamLayout layout() {
        return new ParamLayout(List.of(ParamSpec.plain("w", Shape.of(dimension))));
    }

    @Override
    public Optimizee open() {
        return new Running(dimension, steepness);
    }

    private record Running(int n, double steepness) implements Optimizee {

        @Override
        public void init(Rng rng, float[] w) {
            for (int i = 0; i < n; i++) {
                w[i] = (float) ((i % 2 == 0 ? -1.2 : 1) + 0.1 * rng.gaussian());
            }
        }

        @Override
        public float loss(float[] w, BatchKey key, int step) {
            double sum = 0;
            for (int i = 0; i + 1 < n; i++) {
                double wall = w[i + 1] - (double) w[i] * w[i];
                double rest = 1 - (double) w[i];
                sum += steepness * wall * wall + rest * rest;
            }
            return (float) (sum / (n - 1) / steepness);
        }

        @Override
        public float lossAndGradient(float[] w, BatchKey key, int step, float[] gradient) {
            double before = 0; // what the term of i − 1 gives to i
            for (int i = 0; i < n; i++) {
                double own = 0;
                double next = 0;
                if (i + 1 < n) {
                    double wall = w[i + 1] - (double) w[i] * w[i];
                    own = -4 * steepness * wall * w[i] - 2 * (1 - (double) w[i]);
                    next = 2 * steepness * wall;
                }
                gradient[i] = (float) ((own + before) / (n - 1) / steepness);
                before = next;
            }
            return loss(w, key, step);
        }
    }
}
