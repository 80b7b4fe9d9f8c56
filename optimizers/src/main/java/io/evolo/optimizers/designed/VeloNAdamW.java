package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * NAdamW as google/learned_optimization runs it, the rule of the published list of 1,000 settings that VeLO is compared with:
 *
 * <pre>
 * g ← g − λ₂ w;  m and v as Adam;  a = η √c2/c1
 * w ← w − a (β1 m + (1 − β1) g)/(√v + ε) − a λ w        (m in place of β1 m + (1 − β1) g without nesterov)
 * </pre>
 *
 * <p>Three things differ from {@link NAdamW} and are kept, as the list was searched with them: the L2 term is subtracted, so that it
 * pushes weights outward; the decoupled decay is multiplied by a, not η; ε is added to the uncorrected root. For anything but that
 * list use {@link NAdamW}. muP factor {@code Scaling.adam}; the decay is not scaled.
 *
 * @param rate η per step
 * @param beta1 β1
 * @param beta2 β2
 * @param epsilon ε
 * @param weightDecay λ, decoupled
 * @param l2 λ₂, subtracted
 * @param nesterov whether the mean looks ahead
 */
@RuleName("nadamw-velo")
public record VeloNAdamW(
        Schedule rate,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "decay of the mean gradient") double beta1,
        @Hyper(standard = 0.999, range = Range.DECAY, meaning = "decay of the mean squared gradient") double beta2,
        @Hyper(standard = 1e-8, range = Range.POSITIVE, meaning = "added to the uncorrected root") double epsilon,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "decoupled, times the corrected rate") double weightDecay,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "coupled, with the sign of the published code: grows weights") double l2,
        @Hyper(standard = 1, meaning = "whether the mean looks ahead by one gradient") boolean nesterov)
        implements Optimizer {

    public VeloNAdamW {
        Description.of(VeloNAdamW.class).require(beta1, beta2, epsilon, weightDecay, l2);
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
        int t = state.t() + 1;
        double a = rate.rate(state.t(), state.horizon()) * Math.sqrt(Powers.correction(beta2, t)) / Powers.correction(beta1, t);
        double meanShare = nesterov ? beta1 : 1;
        double gradientShare = nesterov ? 1 - beta1 : 0;
        for (int i = 0; i < layout.tensors(); i++) {
            double tensorRate = a * layout.spec(i).scaling().adam();
            AdamLoop.run(step.params(), step.gradient(), state.slot(0), state.slot(1), layout.offset(i), layout.offset(i + 1),
                    1, beta1, beta2, -l2, 1 - a * weightDecay, tensorRate, meanShare, gradientShare, 1, epsilon);
        }
        state.advance();
    }
}
