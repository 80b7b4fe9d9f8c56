package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * Adam with the semantics of {@code torch.optim.Adam} (Kingma and Ba 2015): weight decay is coupled (it enters the gradient and so the
 * moments), ε is added to the bias-corrected root. The rate of a tensor is the schedule's times its muP factor {@code Scaling.adam}.
 *
 * @param rate η per step
 * @param beta1 β1
 * @param beta2 β2
 * @param epsilon ε
 * @param weightDecay λ, coupled
 */
@RuleName("adam")
public record Adam(
        Schedule rate,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "decay of the mean gradient") double beta1,
        @Hyper(standard = 0.999, range = Range.DECAY, meaning = "decay of the mean squared gradient") double beta2,
        @Hyper(standard = 1e-8, range = Range.POSITIVE, meaning = "added to the corrected root") double epsilon,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "coupled: enters the gradient") double weightDecay)
        implements Optimizer {
    static final AdamUpdate.Moments MOMENTS = new AdamUpdate.Moments(0, 1);

    public Adam {
        Description.of(Adam.class).require(beta1, beta2, epsilon, weightDecay);
    }

    /** β .9 and .999, ε 1e-8, no weight decay. */
    public static Adam of(Schedule rate) {
        return new Adam(rate, 0.9, 0.999, 1e-8, 0);
    }

    /** Two slots: m and v. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        return new OptimizerState(layout, horizon, new float[2][layout.size()], new float[0], update());
    }

    private AdamUpdate update() {
        return AdamUpdate.torch(beta1, beta2, epsilon).withCoupledDecay(weightDecay);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        AdamUpdate update = state.plan(AdamUpdate.class);
        double eta = rate.rate(state.t(), state.horizon());
        for (int i = 0; i < state.layout().tensors(); i++) {
            update.apply(state, step, i, MOMENTS, eta * state.layout().spec(i).scaling().adam(), 1);
        }
        state.advance();
    }
}
