package io.evolo.tasks.nn;

import io.evolo.tasks.kernels.Elements;

/** {@link Op.Scale}. */
record ScaleStep(Frame frame, float factor, Place x, Place y) implements CpuStep {
    @Override
    public void forward(float[] w) {
        Elements.scale(frame.twin(), factor, frame.arena(), x.value(), frame.arena(), y.value(), y.size());
    }

    @Override
    public void backward(float[] w, float[] gradient) {
        Elements.scale(frame.twin(), factor, frame.arena(), y.gradient(), frame.arena(), x.gradient(), y.size());
    }
}
