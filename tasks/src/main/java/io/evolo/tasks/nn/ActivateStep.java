package io.evolo.tasks.nn;

import io.evolo.tasks.kernels.Activation;
import io.evolo.tasks.kernels.Activations;

/**
 * {@link Op.Activate}.
 *
 * @param copy scratch of y's size, where the slope is not a function of the value
 */
record ActivateStep(Frame frame, Activation activation, Place x, Place y, int copy) implements CpuStep {
    @Override
    public void forward(float[] w) {
        Activations.forward(frame.twin(), activation, frame.arena(), x.value(), frame.arena(), y.value(), y.size());
    }

    @Override
    public void backward(float[] w, float[] gradient) {
        float[] arena = frame.arena();
        int value = y.value();
        if (!activation.slopeFromValue()) {
            // The kernel uses y as scratch, but y is what the next layer's signals show.
            System.arraycopy(arena, y.value(), arena, copy, y.size());
            value = copy;
        }
        Activations.backward(
                frame.twin(), activation, arena, x.value(), arena, value, arena, y.gradient(), arena, x.gradient(), y.size());
    }
}
