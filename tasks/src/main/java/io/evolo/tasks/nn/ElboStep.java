package io.evolo.tasks.nn;

import io.evolo.tasks.kernels.EvidenceBound;
import java.util.List;

/** {@link Op.Elbo}. */
final class ElboStep implements CpuStep.Loss {
    private final Frame frame;
    private final int inputAt;
    private final Place prediction;
    private final Place mean;
    private final Place logVariance;
    private final EvidenceBound kernel;
    private float loss;

    /** @param operands prediction, mean, logarithm of the variance */
    ElboStep(Frame frame, Op.Elbo op, List<Place> operands, int inputAt) {
        this.frame = frame;
        this.inputAt = inputAt;
        this.prediction = operands.get(0);
        this.mean = operands.get(1);
        this.logVariance = operands.get(2);
        int features = prediction.size() / frame.batch();
        this.kernel = new EvidenceBound(op.likelihood(), frame.batch(), features, mean.size() / frame.batch());
    }

    @Override
    public void forward(float[] w) {
        loss = kernel.forward(frame.arena(), prediction.value(), inputAt, mean.value(), logVariance.value());
    }

    @Override
    public void backward(float[] w, float[] gradient) {
        kernel.backward(
                frame.arena(), prediction.value(), inputAt, mean.value(), logVariance.value(), prediction.gradient(),
                mean.gradient(), logVariance.gradient());
    }

    @Override
    public float mean() {
        return loss;
    }

    @Override
    public float loss(int example) {
        return kernel.loss(example);
    }
}
