package io.evolo.tasks.nn;

import io.evolo.tasks.Shape;
import io.evolo.tasks.kernels.Convolution;
import io.evolo.tasks.kernels.Elements;

/** {@link Op.Convolution}. */
final class ConvolutionStep implements CpuStep {
    private final Frame frame;
    private final Op.Convolution op;
    private final Place x;
    private final Place y;
    private final int filters;
    private final Convolution kernel;
    /** The bias of a convolution without one. */
    private final float[] zeros;

    ConvolutionStep(Frame frame, Op.Convolution op, Shape image, Place x, Place y) {
        this.frame = frame;
        this.op = op;
        this.x = x;
        this.y = y;
        this.filters = op.kernel().filters();
        this.kernel = new Convolution(frame.twin(), Network.geometry(image, op.kernel()), frame.batch());
        this.zeros = new float[op.bias().isPresent() ? 0 : filters];
    }

    @Override
    public void forward(float[] w) {
        float[] arena = frame.arena();
        boolean bare = op.bias().isEmpty();
        kernel.forward(
                arena,
                x.value(),
                w,
                frame.offset(op.weight()),
                bare ? zeros : w,
                bare ? 0 : frame.offset(op.bias().getAsInt()),
                arena,
                y.value());
    }

    @Override
    public void backward(float[] w, float[] gradient) {
        float[] arena = frame.arena();
        kernel.backwardKernels(arena, x.value(), arena, y.gradient(), gradient, frame.offset(op.weight()));
        if (op.bias().isPresent()) {
            int bias = frame.offset(op.bias().getAsInt());
            Elements.sumRows(frame.twin(), arena, y.gradient(), y.size() / filters, filters, gradient, bias);
        }
        if (x.wanted()) {
            kernel.backwardInput(arena, y.gradient(), w, frame.offset(op.weight()), arena, x.gradient());
        }
    }
}
