package io.evolo.tasks.nn;

import io.evolo.tasks.kernels.BatchNormalization;

/** {@link Op.BatchNorm}. */
final class BatchNormStep implements CpuStep {
    private final Frame frame;
    private final Op.BatchNorm op;
    private final Place x;
    private final Place y;
    private final BatchNormalization kernel;

    BatchNormStep(Frame frame, Op.BatchNorm op, Place x, Place y) {
        int channels = frame.shape(op.gain()).size();
        this.frame = frame;
        this.op = op;
        this.x = x;
        this.y = y;
        this.kernel = new BatchNormalization(frame.twin(), y.size() / channels, channels);
    }

    @Override
    public void forward(float[] w) {
        float[] arena = frame.arena();
        int gain = frame.offset(op.gain());
        int bias = frame.offset(op.bias());
        switch (frame.pass().kind()) {
            case TRAINING -> kernel.forward(arena, x.value(), w, gain, bias, arena, y.value());
            case COLLECTING -> kernel.collect(frame.pass().collected(), arena, x.value(), w, gain, bias, arena, y.value());
            case EVALUATION -> kernel.evaluate(arena, x.value(), w, gain, bias, arena, y.value());
        }
    }

    @Override
    public void backward(float[] w, float[] gradient) {
        float[] arena = frame.arena();
        int gain = frame.offset(op.gain());
        int bias = frame.offset(op.bias());
        kernel.backwardParameters(arena, y.gradient(), gradient, gain, bias);
        if (x.wanted()) {
            kernel.backwardInput(arena, y.gradient(), w, gradient, gain, bias, arena, x.gradient());
        }
    }
}
