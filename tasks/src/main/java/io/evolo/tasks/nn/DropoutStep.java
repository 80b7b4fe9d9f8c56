package io.evolo.tasks.nn;

import io.evolo.tasks.kernels.Dropout;
import io.evolo.tasks.kernels.GaussianNoise;

/**
 * {@link Op.Dropout}.
 *
 * @param position of the operation: two in one network drop different values
 */
record DropoutStep(Frame frame, float probability, int position, Place x, Place y) implements CpuStep {
    @Override
    public void forward(float[] w) {
        float[] arena = frame.arena();
        if (frame.pass().kind() == Pass.Kind.TRAINING) {
            Dropout.apply(frame.twin(), probability, noise(), arena, x.value(), arena, y.value(), y.size());
        } else {
            System.arraycopy(arena, x.value(), arena, y.value(), y.size());
        }
    }

    @Override
    public void backward(float[] w, float[] gradient) {
        float[] arena = frame.arena();
        Dropout.apply(frame.twin(), probability, noise(), arena, y.gradient(), arena, x.gradient(), y.size());
    }

    private int noise() {
        return (int) GaussianNoise.mix(frame.pass().noise(), position);
    }
}
