package io.evolo.tasks.kernels;

import java.util.Objects;

/**
 * The loss of a variational autoencoder (Kingma & Welling 2014), the negative evidence lower bound in nats per value of the input:
 * (Σ −ln p(x | z) + KL(q(z | x) ‖ N(0, 1)))/features. Holds scratch memory: one object belongs to one thread. It is one loop per part
 * for both twins, over exact operations and {@link FloatMath}.
 */
public final class EvidenceBound {

    /** What the decoder's outputs say of a value of the input. */
    public enum Likelihood {
        /** Its mean, with variance 1: ½(x − y)², the constant left out. */
        GAUSSIAN,
        /** The logit of its mean, the input in [0, 1]: ln(1 + e^y) − x·y. */
        BERNOULLI
    }

    private final Likelihood likelihood;
    private final int examples;
    private final int features;
    private final int latents;
    private final float[] losses;

    public EvidenceBound(Likelihood likelihood, int examples, int features, int latents) {
        this.likelihood = likelihood;
        this.examples = examples;
        this.features = features;
        this.latents = latents;
        this.losses = new float[examples];
    }

    /**
     * The mean loss of the batch.
     *
     * @param y the decoder's outputs [examples, features] from {@code yAt}; the inputs x lie in the same array
     * @param mean of q and, from {@code varianceAt}, the logarithm of its variance, [examples, latents]
     */
    public float forward(float[] y, int yAt, int xAt, int meanAt, int varianceAt) {
        Objects.checkFromIndexSize(yAt, examples * features, y.length);
        double total = 0;
        for (int i = 0; i < examples; i++) {
            double sum = 0;
            for (int j = i * features; j < (i + 1) * features; j++) {
                sum += surprise(y[xAt + j], y[yAt + j]);
            }
            for (int j = i * latents; j < (i + 1) * latents; j++) {
                float m = y[meanAt + j];
                float v = y[varianceAt + j];
                sum += 0.5f * (Math.fma(m, m, FloatMath.exp(v)) - 1 - v);
            }
            losses[i] = (float) (sum / features);
            total += losses[i];
        }
        return (float) (total / examples);
    }

    /** Writes the gradients by the decoder's outputs, the mean and the logarithm of the variance, for the last forward pass. */
    public void backward(
            float[] y, int yAt, int xAt, int meanAt, int varianceAt, int dyAt, int dMeanAt, int dVarianceAt) {
        float share = 1f / (examples * features);
        for (int j = 0; j < examples * features; j++) {
            float x = y[xAt + j];
            float expected = likelihood == Likelihood.GAUSSIAN ? y[yAt + j] : FloatMath.sigmoid(y[yAt + j]);
            y[dyAt + j] = (expected - x) * share;
        }
        for (int j = 0; j < examples * latents; j++) {
            y[dMeanAt + j] = y[meanAt + j] * share;
            y[dVarianceAt + j] = 0.5f * (FloatMath.exp(y[varianceAt + j]) - 1) * share;
        }
    }

    private float surprise(float x, float y) {
        return switch (likelihood) {
            case GAUSSIAN -> 0.5f * (x - y) * (x - y);
            case BERNOULLI -> FloatMath.softplus(y) - x * y;
        };
    }

    /** The loss of one example of the last forward pass. */
    public float loss(int example) {
        return losses[example];
    }
}
