package io.evolo.tasks.kernels;

import java.util.Objects;

/** The mean of squared differences over all values of a batch. Holds scratch memory: one object belongs to one thread. */
public final class SquaredError {
    private final Twin twin;
    private final int examples;
    private final int features;
    private final LaneSums sums;
    private final float[] differences;
    private final float[] losses;

    public SquaredError(Twin twin, int examples, int features) {
        if (examples < 1 || features < 1) {
            throw new IllegalArgumentException(
                    "squared error of " + examples + " examples and " + features + " features, expected at least 1 of each");
        }
        this.twin = twin;
        this.examples = examples;
        this.features = features;
        this.sums = new LaneSums(twin);
        this.differences = new float[Math.multiplyExact(examples, features)];
        this.losses = new float[examples];
    }

    /** The mean over examples and features of (prediction − target)²; both [examples, features]. */
    public float forward(float[] prediction, int predictionAt, float[] target, int targetAt) {
        Objects.checkFromIndexSize(predictionAt, differences.length, prediction.length);
        Elements.scale(twin, -1, target, targetAt, differences, 0, differences.length);
        Elements.add(twin, prediction, predictionAt, differences, 0, differences.length);
        double total = 0;
        for (int i = 0; i < examples; i++) {
            losses[i] = sums.dot(differences, i * features, differences, i * features, features) / features;
            total += losses[i];
        }
        return (float) (total / examples);
    }

    /** The loss of one example of the last forward pass. */
    public float loss(int example) {
        return losses[example];
    }

    /** The gradient of the last forward pass by the prediction, written to {@code gradient} [examples, features] from {@code at}. */
    public void backward(float[] gradient, int at) {
        Elements.scale(twin, 2f / differences.length, differences, 0, gradient, at, differences.length);
    }
}
