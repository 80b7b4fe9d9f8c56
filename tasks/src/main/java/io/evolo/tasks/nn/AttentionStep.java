package io.evolo.tasks.nn;

import io.evolo.tasks.kernels.SelfAttention;
import java.util.List;

/** {@link Op.Attention}. */
final class AttentionStep implements CpuStep {
    private final Frame frame;
    private final Place y;
    private final SelfAttention.Inputs inputs;
    private final SelfAttention.Inputs gradients;
    private final SelfAttention kernel;

    /** @param operands queries, keys, values */
    AttentionStep(Frame frame, Op.Attention op, List<Place> operands, Place y) {
        Place q = operands.get(0);
        Place k = operands.get(1);
        Place v = operands.get(2);
        int positions = op.shape().axis(0);
        int size = op.shape().axis(1) / op.heads();
        this.frame = frame;
        this.y = y;
        this.inputs = new SelfAttention.Inputs(frame.arena(), q.value(), k.value(), v.value());
        this.gradients = new SelfAttention.Inputs(frame.arena(), q.gradient(), k.gradient(), v.gradient());
        this.kernel = new SelfAttention(
                frame.twin(),
                new SelfAttention.Geometry(frame.batch(), positions, op.heads(), size, op.causal(), op.factor()));
    }

    @Override
    public void forward(float[] w) {
        kernel.forward(inputs, frame.arena(), y.value());
    }

    @Override
    public void backward(float[] w, float[] gradient) {
        kernel.backward(inputs, frame.arena(), y.gradient(), gradients);
    }
}
