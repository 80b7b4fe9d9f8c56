package io.evolo.tasks.analytic;

import io.evolo.tasks.BatchKey;
import io.evolo.tasks.Evaluation;
import io.evolo.tasks.LossNormalizer;
import io.evolo.tasks.Optimizee;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Shape;
import io.evolo.tasks.Split;
import io.evolo.tasks.Task;
import io.evolo.tasks.Work;
import java.util.Arrays;
import java.util.List;

/**
 * Logistic regression of two classes on drawn examples: features are normal, feature i with standard deviation κ^(−i/(2(n−1))), so
 * that their covariance has condition number κ; the class is that of a true plane, turned over with probability {@code noise}. The
 * loss is the cross-entropy in nats, mean over the batch. Convex. Parameters begin at 0, where the loss is ln 2.
 *
 * @param dimension n, at least 1
 * @param batch examples of a batch, at least 1
 * @param condition κ, at least 1
 * @param noise in [0, 0.5)
 * @param seed names the plane and the examples
 * @param normalizer from loss to meta-loss
 */
public record LogisticRegression(
        int dimension, int batch, double condition, double noise, long seed, LossNormalizer normalizer) implements Task {
    /** Training examples; a quarter of that in every other part. */
    public static final int EXAMPLES = 2048;

    public LogisticRegression {
        if (dimension < 1 || batch < 1 || !(condition >= 1) || Double.isInfinite(condition)) {
            throw new IllegalArgumentException("logistic regression: dimension " + dimension + ", batch " + batch + ", condition "
                    + condition + "; expected at least 1 each, and finite");
        }
        if (!(noise >= 0 && noise < 0.5)) {
            throw new IllegalArgumentException("noise of logistic regression is " + noise + ", expected a number in [0, 0.5)");
        }
    }

    @Override
    public String name() {
        return "logistic-" + dimension + "-" + Math.round(condition);
    }

    @Override
    public LogisticRegression withShareOfBatch(double share) {
        return new LogisticRegression(dimension, Task.shareOf(batch, share), condition, noise, seed, normalizer);
    }

    @Override
    public Work work() {
        return new Work(0, 4.0 * batch * dimension); // scalar sums, as slow as other single values
    }

    @Override
    public ParamLayout layout() {
        return new ParamLayout(
                List.of(ParamSpec.plain("w", Shape.of(dimension)), ParamSpec.plain("b", Shape.of(1))));
    }

    @Override
    public Optimizee open() {
        return new Running(this);
    }

    private static final class Running implements Optimizee {
        private final int n;
        private final int batch;
        private final float[][] features = new float[Split.values().length][];
        private final boolean[][] positive = new boolean[Split.values().length][];
        private final double[] scratch;

        Running(LogisticRegression task) {
            n = task.dimension;
            batch = task.batch;
            scratch = new double[n + 1];
            double[] scale = Spectrum.LOGARITHMIC.values(n, Math.sqrt(task.condition));
            double[] plane = new double[n];
            Rng rng = Rng.of(task.seed, "logistic-plane");
            for (int i = 0; i < n; i++) {
                plane[i] = rng.gaussian() / scale[i]; // every feature matters as much
            }
            for (Split split : Split.values()) {
                draw(task, split, scale, plane);
            }
        }

        private void draw(LogisticRegression task, Split split, double[] scale, double[] plane) {
            int count = split == Split.TRAIN ? EXAMPLES : EXAMPLES / 4;
            float[] x = new float[count * n];
            boolean[] y = new boolean[count];
            Rng rng = Rng.of(task.seed, "logistic-examples", split.ordinal());
            for (int e = 0; e < count; e++) {
                double side = 0;
                for (int i = 0; i < n; i++) {
                    x[e * n + i] = (float) (scale[i] * rng.gaussian());
                    side += plane[i] * x[e * n + i];
                }
                y[e] = side > 0 ^ rng.nextDouble() < task.noise;
            }
            features[split.ordinal()] = x;
            positive[split.ordinal()] = y;
        }

        @Override
        public void init(Rng rng, float[] w) {
            Arrays.fill(w, 0);
        }

        private double logit(float[] w, float[] x, int at) {
            double sum = w[n];
            for (int i = 0; i < n; i++) {
                sum += (double) w[i] * x[at + i];
            }
            return sum;
        }

        /** ln(1 + e^−m), for any margin m. */
        private static double loss(double margin) {
            return Math.max(0, -margin) + StrictMath.log1p(StrictMath.exp(-Math.abs(margin)));
        }

        @Override
        public float loss(float[] w, BatchKey key, int step) {
            float[] x = features[key.split().ordinal()];
            boolean[] y = positive[key.split().ordinal()];
            double sum = 0;
            for (int p = 0; p < batch; p++) {
                int e = key.example(step, p, y.length);
                double logit = logit(w, x, e * n);
                sum += loss(y[e] ? logit : -logit);
            }
            return (float) (sum / batch);
        }

        @Override
        public float lossAndGradient(float[] w, BatchKey key, int step, float[] gradient) {
            float[] x = features[key.split().ordinal()];
            boolean[] y = positive[key.split().ordinal()];
            Arrays.fill(scratch, 0);
            double sum = 0;
            for (int p = 0; p < batch; p++) {
                int e = key.example(step, p, y.length);
                double logit = logit(w, x, e * n);
                sum += loss(y[e] ? logit : -logit);
                double slope = 1 / (1 + StrictMath.exp(-logit)) - (y[e] ? 1 : 0);
                for (int i = 0; i < n; i++) {
                    scratch[i] += slope * x[e * n + i];
                }
                scratch[n] += slope;
            }
            for (int i = 0; i <= n; i++) {
                gradient[i] = (float) (scratch[i] / batch);
            }
            return (float) (sum / batch);
        }

        @Override
        public Evaluation evaluate(float[] w, Split split, int maxExamples) {
            boolean[] y = positive[split.ordinal()];
            int count = Math.min(maxExamples, y.length);
            double sum = 0;
            int right = 0;
            for (int e = 0; e < count; e++) {
                double logit = logit(w, features[split.ordinal()], e * n);
                sum += loss(y[e] ? logit : -logit);
                right += logit > 0 == y[e] ? 1 : 0;
            }
            return new Evaluation(sum / count, (double) right / count, count);
        }
    }
}
