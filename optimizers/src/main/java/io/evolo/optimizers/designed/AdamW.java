package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * AdamW (Loshchilov and Hutter 2019) with the semantics of {@code torch.optim.AdamW}: w ← (1 − ηλ) w, then {@link Adam} without decay.
 * The step of a tensor is multiplied by its muP factor {@code Scaling.adam}; the decay is not, so that ηλ is the same at every width
 * (where torch with divided rates would need λ multiplied).
 *
 * @param rate η per step
 * @param beta1 β1
 * @param beta2 β2
 * @param epsilon ε
 * @param weightDecay λ, decoupled
 * @param amsgrad see {@link Adam}
 */
@RuleName("adamw")
public record AdamW(
        Schedule rate,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "decay of the mean gradient") double beta1,
        @Hyper(standard = 0.999, range = Range.DECAY, meaning = "decay of the mean squared gradient") double beta2,
        @Hyper(standard = 1e-8, range = Range.POSITIVE, meaning = "added to the corrected root") double epsilon,
        @Hyper(standard = 0.01, range = Range.NOT_NEGATIVE, meaning = "decoupled, times the rate") double weightDecay,
        @Hyper(standard = 0, meaning = "whether the largest mean square so far counts") boolean amsgrad)
        implements Optimizer {

    public AdamW {
        Description.of(AdamW.class).require(beta1, beta2, epsilon, weightDecay);
    }

    /** β .9 and .999, ε 1e-8. */
    public static AdamW of(Schedule rate, double weightDecay) {
        return new AdamW(rate, 0.9, 0.999, 1e-8, weightDecay, false);
    }

    /** Slots: m, v; under amsgrad also the largest v. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        return new OptimizerState(layout, horizon, new float[amsgrad ? 3 : 2][layout.size()], new float[0])
                .holding(0, OptimizerState.Content.MOMENTUM);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        state.requireFits(step);
        double eta = rate.rate(state.t(), state.horizon());
        for (int i = 0; i < state.layout().tensors(); i++) {
            double tensorRate = eta * state.layout().spec(i).scaling().adam();
            Adam.move(state, step, i, beta1, beta2, 0, 1 - eta * weightDecay, tensorRate, epsilon, amsgrad);
        }
        state.advance();
    }
}
