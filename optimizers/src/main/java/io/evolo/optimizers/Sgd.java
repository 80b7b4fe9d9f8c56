package io.evolo.optimizers;

import io.evolo.tasks.ParamLayout;

/**
 * Gradient descent: g ← g + λw; w ← w − η g, with η the schedule's rate times the tensor's muP factor {@code Scaling.sgd}. Semantics
 * of {@code torch.optim.SGD}.
 *
 * @param rate η per step
 * @param weightDecay λ, coupled (it enters the gradient), at least 0
 */
public record Sgd(Schedule rate, double weightDecay) implements Optimizer {

    public Sgd {
        if (!(weightDecay >= 0) || Double.isInfinite(weightDecay)) {
            throw new IllegalArgumentException("sgd: weight decay is " + weightDecay + ", expected 0 or a positive number");
        }
    }

    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        return new OptimizerState(layout, horizon, new float[0][], new float[0]);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        ParamLayout layout = state.layout();
        double eta = rate.rate(state.t(), state.horizon());
        for (int i = 0; i < layout.tensors(); i++) {
            float tensorRate = (float) (eta * layout.spec(i).scaling().sgd());
            move(step.params(), step.gradient(), layout.offset(i), layout.offset(i + 1), tensorRate, (float) weightDecay);
        }
        state.advance();
    }

    private static void move(float[] w, float[] g, int begin, int end, float rate, float decay) {
        for (int i = begin; i < end; i++) {
            w[i] -= rate * (g[i] + decay * w[i]);
        }
    }
}
