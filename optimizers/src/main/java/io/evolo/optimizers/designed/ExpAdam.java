package io.evolo.optimizers.designed;

import io.evolo.optimizers.Norms;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * "Adaptive optimization" of arXiv 2412.04718, as its reviews describe it, for want of constants and code: Adam whose rate falls by the
 * factor γ with every step, on gradients clipped to norm C over all tensors. The schedule's rate is multiplied by γ^(t − 1), t = 1 at
 * the first step. With γ = 0 it is chosen so that the last planned step has the given fraction of the first one's rate.
 * muP factor {@code Scaling.adam}.
 *
 * @param rate η per step, before the fall
 * @param beta1 β1
 * @param beta2 β2
 * @param epsilon ε
 * @param gamma γ; 0: by the final fraction
 * @param finalFraction of the first rate, at the last planned step
 * @param clip C; infinite: none
 */
@RuleName("adam-exp-clip")
public record ExpAdam(
        Schedule rate,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "decay of the mean gradient") double beta1,
        @Hyper(standard = 0.999, range = Range.DECAY, meaning = "decay of the mean squared gradient") double beta2,
        @Hyper(standard = 1e-8, range = Range.POSITIVE, meaning = "added to the corrected root") double epsilon,
        @Hyper(standard = 0, range = Range.FRACTION, meaning = "factor on the rate per step, 0: by final_fraction") double gamma,
        @Hyper(standard = 0.05, range = Range.OPEN_DECAY, meaning = "last rate as a fraction of the first, where gamma is 0") double finalFraction,
        @Hyper(standard = 1, range = Range.BOUND, meaning = "largest norm of the gradient over all tensors") double clip)
        implements Optimizer {

    public ExpAdam {
        Description.of(ExpAdam.class).require(beta1, beta2, epsilon, gamma, finalFraction, clip);
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
        double factor = Math.min(1, clip / (Norms.norm(step.gradient(), 0, layout.size()) + 1e-6));
        double eta = rate.rate(state.t(), state.horizon()) * fall(state.t(), state.horizon());
        double c1 = Powers.correction(beta1, t);
        double c2 = Powers.correction(beta2, t);
        for (int i = 0; i < layout.tensors(); i++) {
            double tensorRate = eta * layout.spec(i).scaling().adam();
            AdamLoop.run(step.params(), step.gradient(), state.slot(0), state.slot(1), layout.offset(i), layout.offset(i + 1),
                    factor, beta1, beta2, 0, 1, tensorRate / c1, 1, 0, 1 / c2, epsilon);
        }
        state.advance();
    }

    private double fall(int t, int horizon) {
        return gamma > 0 ? Powers.whole(gamma, t) : Powers.real(finalFraction, (double) t / Math.max(1, horizon - 1));
    }
}
