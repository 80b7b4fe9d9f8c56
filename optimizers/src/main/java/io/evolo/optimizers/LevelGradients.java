package io.evolo.optimizers;

import io.evolo.tasks.ParamLayout;

/**
 * Brings every tensor's gradient to the size that it has at the base width. Under muP gradients shrink with the width
 * ({@code Scaling.gradient}), which no Adam-like rule should notice; but what its source adds under a root, 1e-8 say, becomes the
 * larger part of it on wide networks, and vectors that are moved by such a root no longer move. Under the standard parametrization
 * nothing changes.
 */
public record LevelGradients() implements GradientChange {

    @Override
    public boolean concerns(ParamLayout layout) {
        for (int i = 0; i < layout.tensors(); i++) {
            if (layout.spec(i).scaling().gradient() != 1) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean changes(ParamLayout layout, float[] gradient) {
        return true;
    }

    @Override
    public void change(ParamLayout layout, float[] gradient) {
        for (int i = 0; i < layout.tensors(); i++) {
            float factor = (float) layout.spec(i).scaling().gradient();
            for (int k = layout.offset(i); k < layout.offset(i + 1); k++) {
                gradient[k] *= factor;
            }
        }
    }
}
