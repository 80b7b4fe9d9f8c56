package io.evolo.tasks.nn;

import io.evolo.tasks.kernels.Recurrence;

/** {@link Op.Recurrent}. */
final class RecurrentStep implements CpuStep {
    private final Frame frame;
    private final Place x;
    private final Place y;
    private final int weight;
    private final int bias;
    private final Recurrence kernel;

    RecurrentStep(Frame frame, Op.Recurrent op, Place x, Place y) {
        this.frame = frame;
        this.x = x;
        this.y = y;
        this.weight = frame.offset(op.weight());
        this.bias = op.bias().isPresent() ? frame.offset(op.bias().getAsInt()) : 0;
        this.kernel = new Recurrence(
                frame.twin(),
                new Recurrence.Geometry(op.cell(), frame.batch(), op.shape().axis(0), op.shape().axis(1)));
    }

    @Override
    public void forward(float[] w) {
        kernel.forward(frame.arena(), x.value(), w, weight, bias, frame.arena(), y.value());
    }

    @Override
    public void backward(float[] w, float[] gradient) {
        float[] arena = frame.arena();
        kernel.backward(arena, y.value(), arena, y.gradient(), w, weight, bias, arena, x.gradient(), gradient);
    }
}
