package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * NAdamW, the baseline of AlgoPerf (mlcommons/algorithmic-efficiency): w ← (1 − ηλ) w; m and v as Adam; w ← w − η/c1 · (β1 m +
 * (1 − β1) g)/(√v/√c2 + ε). The mean looks ahead by one gradient; there is no momentum schedule, and c1 is not that of the next step.
 * muP factor {@code Scaling.adam}; the decay is not scaled.
 *
 * @param rate η per step
 * @param beta1 β1
 * @param beta2 β2
 * @param epsilon ε
 * @param weightDecay λ, decoupled
 */
@RuleName("nadamw")
public record NAdamW(
        Schedule rate,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "decay of the mean gradient") double beta1,
        @Hyper(standard = 0.999, range = Range.DECAY, meaning = "decay of the mean squared gradient") double beta2,
        @Hyper(standard = 1e-8, range = Range.POSITIVE, meaning = "added to the corrected root") double epsilon,
        @Hyper(standard = 0.01, range = Range.NOT_NEGATIVE, meaning = "decoupled, times the rate") double weightDecay)
        implements Optimizer {

    public NAdamW {
        Description.of(NAdamW.class).require(beta1, beta2, epsilon, weightDecay);
    }

    /** Two slots: m and v. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        return new OptimizerState(layout, horizon, new float[2][layout.size()], new float[0])
                .holding(0, OptimizerState.Content.MOMENTUM);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        ParamLayout layout = state.layoutOf(step);
        double eta = rate.rate(state.t(), state.horizon());
        double c1 = Powers.correction(beta1, state.t() + 1);
        double c2 = Powers.correction(beta2, state.t() + 1);
        for (int i = 0; i < layout.tensors(); i++) {
            double tensorRate = eta * layout.spec(i).scaling().adam();
            AdamLoop.run(step.params(), step.gradient(), state.slot(0), state.slot(1), layout.offset(i), layout.offset(i + 1),
                    1, beta1, beta2, 0, 1 - eta * weightDecay, tensorRate / c1, beta1, 1 - beta1, 1 / c2, epsilon);
        }
        state.advance();
    }
}
