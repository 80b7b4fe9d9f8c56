package io.evolo.tasks.nn;

import io.evolo.tasks.Shape;
import io.evolo.tasks.kernels.Pooling;

/** {@link Op.Pool}. */
final class PoolStep implements CpuStep {
    private final Frame frame;
    private final Place x;
    private final Place y;
    private final Pooling kernel;

    PoolStep(Frame frame, Op.Pool op, Shape image, Place x, Place y) {
        var geometry = new Pooling.Geometry(image.axis(0), image.axis(1), image.axis(2), op.size(), op.stride());
        this.frame = frame;
        this.x = x;
        this.y = y;
        this.kernel = new Pooling(op.kind(), geometry, frame.batch());
    }

    @Override
    public void forward(float[] w) {
        kernel.forward(frame.arena(), x.value(), frame.arena(), y.value());
    }

    @Override
    public void backward(float[] w, float[] gradient) {
        kernel.backward(frame.arena(), y.gradient(), frame.arena(), x.gradient());
    }
}
