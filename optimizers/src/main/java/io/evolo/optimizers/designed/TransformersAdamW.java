package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * AdamW in the form of Hugging Face's transformers, which C-Optim builds on: {@link AdamW} with ε beside the root that is not corrected,
 * w ← (1 − ηλ) w, then w ← w − η √c2/c1 · m/(√v + ε), or without the factor √c2/c1. The decay comes first, as in C-Optim. muP factor
 * {@code Scaling.adam}; the decay is not scaled.
 *
 * @param rate η per step
 * @param beta1 β1
 * @param beta2 β2
 * @param epsilon ε
 * @param weightDecay λ, decoupled
 * @param biasCorrection whether there is the factor
 */
@RuleName("adamw-transformers")
public record TransformersAdamW(
        Schedule rate,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "decay of the mean gradient") double beta1,
        @Hyper(standard = 0.999, range = Range.DECAY, meaning = "decay of the mean squared gradient") double beta2,
        @Hyper(standard = 1e-6, range = Range.POSITIVE, meaning = "added to the root before its correction") double epsilon,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "decoupled, times the rate") double weightDecay,
        @Hyper(standard = 1, meaning = "whether the means' start at 0 is corrected") boolean biasCorrection)
        implements Optimizer {

    public TransformersAdamW {
        Description.of(TransformersAdamW.class).require(beta1, beta2, epsilon, weightDecay);
    }

    /** Slots: m, v. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        return new OptimizerState(layout, horizon, new float[2][layout.size()], new float[0])
                .holding(0, OptimizerState.Content.MOMENTUM);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        ParamLayout layout = state.layoutOf(step);
        double eta = rate.rate(state.t(), state.horizon());
        int t = state.t() + 1;
        double corrected = biasCorrection ? Math.sqrt(Powers.correction(beta2, t)) / Powers.correction(beta1, t) : 1;
        for (int i = 0; i < layout.tensors(); i++) {
            double tensorRate = eta * corrected * layout.spec(i).scaling().adam();
            AdamLoop.run(step.params(), step.gradient(), state.slot(0), state.slot(1), layout.offset(i), layout.offset(i + 1), 1, beta1,
                    beta2, 0, 1 - eta * weightDecay, tensorRate, 1, 0, 1, epsilon);
        }
        state.advance();
    }
}
