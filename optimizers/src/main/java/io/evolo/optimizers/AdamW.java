package io.evolo.optimizers;

import io.evolo.tasks.ParamLayout;

/**
 * Adam with decoupled weight decay and the semantics of {@code torch.optim.AdamW}: w ← (1 − ηλ) w, then Adam's step with the gradient
 * taken before. All tensors decay, biases too. Source: Loshchilov & Hutter 2019.
 *
 * <p>The step of a tensor is scaled by its muP factor {@code Scaling.adam}, the decay is not: η·λ stays the same at every width
 * (where torch with divided rates would need λ multiplied).
 *
 * @param rate η per step
 * @param update decays and ε; a coupled decay in it comes on top
 * @param weightDecay λ, at least 0
 */
public record AdamW(Schedule rate, AdamUpdate update, double weightDecay) implements Optimizer {

    public AdamW {
        if (!(weightDecay >= 0) || Double.isInfinite(weightDecay)) {
            throw new IllegalArgumentException("adamw: weight decay is " + weightDecay + ", expected 0 or a positive number");
        }
    }

    /** β .9 and .999, ε 1e-8. */
    public static AdamW of(Schedule rate, double weightDecay) {
        return new AdamW(rate, AdamUpdate.torch(0.9, 0.999, 1e-8), weightDecay);
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
            double tensorRate = eta * state.layout().spec(i).scaling().adam();
            update.apply(state, step, i, Adam.MOMENTS, tensorRate, 1 - eta * weightDecay);
        }
        state.advance();
    }
}
