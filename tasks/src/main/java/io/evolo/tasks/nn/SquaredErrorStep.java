package io.evolo.tasks.nn;

import io.evolo.tasks.kernels.SquaredError;
import java.util.Arrays;

/** {@link Op.MeanSquaredError}. */
final class SquaredErrorStep implements CpuStep.Loss {
    private final Frame frame;
    private final Target target;
    private final Place prediction;
    private final int targetAt;
    private final int width;
    private final SquaredError kernel;
    private float mean;

    /** @param targetAt where the target lies in the arena: the input's place for {@link Target#INPUT} */
    SquaredErrorStep(Frame frame, Target target, Place prediction, int targetAt) {
        this.frame = frame;
        this.target = target;
        this.prediction = prediction;
        this.targetAt = targetAt;
        this.width = prediction.size() / frame.batch();
        this.kernel = new SquaredError(frame.twin(), frame.batch(), width);
    }

    @Override
    public void forward(float[] w) {
        if (target == Target.ONE_HOT) {
            writeOneHot();
        }
        mean = kernel.forward(frame.arena(), prediction.value(), frame.arena(), targetAt);
    }

    private void writeOneHot() {
        Arrays.fill(frame.arena(), targetAt, targetAt + prediction.size(), 0);
        for (int i = 0; i < frame.batch(); i++) {
            frame.arena()[targetAt + i * width + frame.labels()[i]] = 1;
        }
    }

    @Override
    public void backward(float[] w, float[] gradient) {
        kernel.backward(frame.arena(), prediction.gradient());
    }

    @Override
    public float mean() {
        return mean;
    }

    @Override
    public float loss(int example) {
        return kernel.loss(example);
    }
}
