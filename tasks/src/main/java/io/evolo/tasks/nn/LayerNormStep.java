package io.evolo.tasks.nn;

import io.evolo.tasks.kernels.LayerNormalization;

/** {@link Op.LayerNorm}. */
final class LayerNormStep implements CpuStep {
    private final Frame frame;
    private final Op.LayerNorm op;
    private final Place x;
    private final Place y;
    private final LayerNormalization kernel;

    LayerNormStep(Frame frame, Op.LayerNorm op, Place x, Place y) {
        int features = frame.shape(op.gain()).size();
        this.frame = frame;
        this.op = op;
        this.x = x;
        this.y = y;
        this.kernel = new LayerNormalization(frame.twin(), y.size() / features, features);
    }

    @Override
    public void forward(float[] w) {
        kernel.forward(
                frame.arena(), x.value(), w, frame.offset(op.gain()), frame.offset(op.bias()), frame.arena(), y.value());
    }

    @Override
    public void backward(float[] w, float[] gradient) {
        kernel.backwardParameters(frame.arena(), y.gradient(), gradient, frame.offset(op.gain()), frame.offset(op.bias()));
        if (x.wanted()) {
            kernel.backwardInput(frame.arena(), y.gradient(), w, frame.offset(op.gain()), frame.arena(), x.gradient());
        }
    }
}
