package io.evolo.tasks.nn;

import io.evolo.tasks.kernels.Activation;
import io.evolo.tasks.kernels.Activations;

/**
 * {@link Op.Activate}, in blocks: the functions make several passes, which should find their values in the first cache.
 *
 * @param copy scratch for a block's value, where the slope is not a function of it
 */
record ActivateStep(Frame frame, Activation activation, Place x, Place y, int copy) implements CpuStep {
    /** Values of a block. */
    static final int BLOCK = 1024;

    @Override
    public void forward(float[] w) {
        float[] arena = frame.arena();
        for (int i = 0; i < y.size(); i += BLOCK) {
            Activations.forward(
                    frame.twin(), activation, arena, x.value() + i, arena, y.value() + i, Math.min(BLOCK, y.size() - i));
        }
    }

    @Override
    public void backward(float[] w, float[] gradient) {
        for (int i = 0; i < y.size(); i += BLOCK) {
            backward(i, Math.min(BLOCK, y.size() - i));
        }
    }

    private void backward(int begin, int n) {
        float[] arena = frame.arena();
        int value = y.value() + begin;
        if (!activation.slopeFromValue()) {
            // The kernel uses y as scratch, but y is what the next layer's signals show.
            System.arraycopy(arena, value, arena, copy, n);
            value = copy;
        }
        Activations.backward(
                frame.twin(), activation, arena, x.value() + begin, arena, value, arena, y.gradient() + begin, arena, x.gradient() + begin, n);
    }
}
