package io.evolo.tasks.nn;

/**
 * One operation made ready to run on one batch: its place in the arena and its kernels. Forward reads the operands' values and writes
 * its own; backward reads the gradient of its own value, which it may destroy, and overwrites those of the operands that want one and
 * of its tensors. One class per operation; {@link CpuNetwork} holds them in order.
 */
interface CpuStep {

    void forward(float[] w);

    void backward(float[] w, float[] gradient);

    /** The last step of every network. */
    interface Loss extends CpuStep {

        /** The mean of the batch, after {@link #forward}. */
        float mean();

        /** The loss of one example, after {@link #forward}. */
        float loss(int example);
    }
}
