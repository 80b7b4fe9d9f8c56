package io.evolo.optimizers;

import io.evolo.tasks.ParamLayout;

/**
 * Adam with the semantics of {@code torch.optim.Adam}: weight decay is coupled (it enters the gradient and so the moments), ε is
 * added to the bias-corrected root. The rate of a tensor is the schedule's times its muP factor {@code Scaling.adam}.
 *
 * @param rate η per step
 * @param update decays, ε and coupled weight decay
 */
public record Adam(Schedule rate, AdamUpdate update) implements Optimizer {
    static final AdamUpdate.Moments MOMENTS = new AdamUpdate.Moments(0, 1);

    /** β .9 and .999, ε 1e-8, no weight decay. */
    public static Adam of(Schedule rate) {
        return new Adam(rate, AdamUpdate.torch(0.9, 0.999, 1e-8));
    }

    /** Two slots: m and v. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        return new OptimizerState(layout, horizon, new float[2][layout.size()], new float[0]);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        double eta = rate.rate(state.t(), state.horizon());
        for (int i = 0; i < state.layout().tensors(); i++) {
            update.apply(state, step, i, MOMENTS, eta * state.layout().spec(i).scaling().adam(), 1);
        }
        state.advance();
    }
}
