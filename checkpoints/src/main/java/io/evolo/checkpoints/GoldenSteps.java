package io.evolo.checkpoints;

import java.util.List;

/**
 * A few steps of a learned optimizer on tiny tensors with their result, by which whoever loads it checks that it still does what it
 * did when it was written. Owns its arrays: they are copied in and out. D is the number of values of all tensors, T of steps.
 *
 * @param tensors what is optimised, at least one
 * @param updateScales by what each tensor's update is multiplied (muP), one per tensor
 * @param horizon length of the training that the rule is told, at least T
 * @param start parameters before the first step [D]
 * @param gradients one row per step, at least one [T][D]
 * @param losses one per step [T]
 * @param expected parameters after the last step [D]
 */
public record GoldenSteps(
        List<NamedTensor> tensors,
        double[] updateScales,
        int horizon,
        float[] start,
        float[][] gradients,
        float[] losses,
        float[] expected) {

    public GoldenSteps {
        tensors = List.copyOf(tensors);
        updateScales = updateScales.clone();
        start = start.clone();
        gradients = copy(gradients);
        losses = losses.clone();
        expected = expected.clone();
        require(!tensors.isEmpty(), "no tensors, expected at least one");
        require(updateScales.length == tensors.size(),
                updateScales.length + " update scales, expected one for each of " + tensors.size() + " tensors");
        require(gradients.length >= 1 && losses.length == gradients.length,
                gradients.length + " gradients and " + losses.length + " losses, expected at least one and as many");
        require(horizon >= gradients.length, "horizon " + horizon + ", expected at least " + gradients.length + " steps");
        NamedTensor.requireFilled("golden start", start, tensors);
        NamedTensor.requireFilled("golden result", expected, tensors);
        for (float[] gradient : gradients) {
            NamedTensor.requireFilled("golden gradient", gradient, tensors);
        }
    }

    @Override
    public double[] updateScales() {
        return updateScales.clone();
    }

    @Override
    public float[] start() {
        return start.clone();
    }

    @Override
    public float[][] gradients() {
        return copy(gradients);
    }

    @Override
    public float[] losses() {
        return losses.clone();
    }

    @Override
    public float[] expected() {
        return expected.clone();
    }

    private static float[][] copy(float[][] rows) {
        float[][] copy = rows.clone();
        for (int i = 0; i < copy.length; i++) {
            copy[i] = copy[i].clone();
        }
        return copy;
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException("golden steps: " + otherwise);
        }
    }
}
