package io.evolo.tasks.data;

import io.evolo.tasks.Rng;
import io.evolo.tasks.Split;
import java.util.Arrays;

/** A linear classifier, or one with a hidden layer of rectified units, trained by Adam: as plain as can be, to judge data by. */
final class SmallClassifier {
    private static final int BATCH = 32;
    private static final double RATE = 2e-3;

    private final Dataset data;
    private final int hidden;
    private final float[] input;
    private final float[] units;
    private final float[] unitGradients;
    private final float[] logits;
    private final Layer first;
    private final Layer last;

    /** @param hidden number of hidden units; 0: linear */
    SmallClassifier(Dataset data, int hidden) {
        this.data = data;
        this.hidden = hidden;
        this.input = new float[data.features()];
        this.units = hidden == 0 ? input : new float[hidden];
        this.unitGradients = new float[units.length];
        this.logits = new float[data.classes()];
        Rng rng = Rng.of(0, "small classifier");
        this.first = new Layer(data.features(), hidden, rng);
        this.last = new Layer(units.length, data.classes(), rng);
    }

    /** Trains over that many passes, the rate falling linearly to 0; returns the accuracy on the test part, in [0, 1]. */
    double testAccuracy(int epochs) {
        Rng rng = Rng.of(1, "small classifier");
        int steps = epochs * data.examples(Split.TRAIN) / BATCH;
        for (int t = 0; t < steps; t++) {
            for (int i = 0; i < BATCH; i++) {
                learn(rng.nextInt(data.examples(Split.TRAIN)));
            }
            first.adam(t + 1, RATE * (1 - (double) t / steps));
            last.adam(t + 1, RATE * (1 - (double) t / steps));
        }
        int right = 0;
        for (int i = 0; i < data.examples(Split.TEST); i++) {
            forward(Split.TEST, i);
            int best = 0;
            for (int j = 1; j < logits.length; j++) {
                best = logits[j] > logits[best] ? j : best;
            }
            right += best == data.label(Split.TEST, i) ? 1 : 0;
        }
        return (double) right / data.examples(Split.TEST);
    }

    private void forward(Split split, int example) {
        data.copyInput(split, example, input, 0);
        if (hidden > 0) {
            first.forward(input, units);
            for (int i = 0; i < hidden; i++) {
                units[i] = Math.max(0, units[i]);
            }
        }
        last.forward(units, logits);
    }

    private void learn(int example) {
        forward(Split.TRAIN, example);
        double sum = 0;
        for (int j = 0; j < logits.length; j++) {
            logits[j] = (float) StrictMath.exp(logits[j]);
            sum += logits[j];
        }
        for (int j = 0; j < logits.length; j++) {
            logits[j] = (float) (logits[j] / sum);
        }
        logits[data.label(Split.TRAIN, example)] -= 1;
        last.backward(units, logits, unitGradients);
        if (hidden > 0) {
            for (int i = 0; i < hidden; i++) {
                unitGradients[i] = units[i] > 0 ? unitGradients[i] : 0;
            }
            first.backward(input, unitGradients, new float[0]);
        }
    }

    private static final class Layer {
        private final int out;
        private final float[] w;
        private final float[] gradient;
        private final float[] m;
        private final float[] v;

        Layer(int in, int out, Rng rng) {
            this.out = out;
            this.w = new float[(in + 1) * out];
            this.gradient = new float[w.length];
            this.m = new float[w.length];
            this.v = new float[w.length];
            rng.fillGaussian(w, 1 / Math.sqrt(in));
            Arrays.fill(w, in * out, w.length, 0);
        }

        void forward(float[] x, float[] y) {
            System.arraycopy(w, x.length * out, y, 0, out);
            for (int i = 0; i < x.length; i++) {
                for (int j = 0; j < out; j++) {
                    y[j] += x[i] * w[i * out + j];
                }
            }
        }

        /** Adds to the gradient; writes that of {@code x} to {@code dx} unless it is empty. */
        void backward(float[] x, float[] dy, float[] dx) {
            for (int i = 0; i < x.length; i++) {
                float sum = 0;
                for (int j = 0; j < out; j++) {
                    gradient[i * out + j] += x[i] * dy[j];
                    sum += w[i * out + j] * dy[j];
                }
                if (dx.length > 0) {
                    dx[i] = sum;
                }
            }
            for (int j = 0; j < out; j++) {
                gradient[x.length * out + j] += dy[j];
            }
        }

        void adam(int t, double rate) {
            double correction1 = 1 - StrictMath.pow(0.9, t);
            double correction2 = 1 - StrictMath.pow(0.999, t);
            for (int i = 0; i < w.length; i++) {
                float g = gradient[i] / BATCH;
                m[i] = 0.9f * m[i] + 0.1f * g;
                v[i] = 0.999f * v[i] + 0.001f * g * g;
                w[i] -= (float) (rate * (m[i] / correction1) / (Math.sqrt(v[i] / correction2) + 1e-8));
                gradient[i] = 0;
            }
        }
    }
}
