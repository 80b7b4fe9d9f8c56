package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * NAdam (Dozat 2016) with the semantics of {@code torch.optim.NAdam}, of its foreach path; the single-tensor path of torch 1.13 has one
 * factor too many. With μ_t = β1 (1 − ½·.96^(tψ)) and M the product of all μ so far:
 *
 * <pre>
 * g ← g + λw;  m and v as Adam
 * w ← w − η [ (1 − μ_t)/(1 − M) g + μ_(t+1)/(1 − M μ_(t+1)) m ] / (√v/√c2 + ε)
 * </pre>
 *
 * <p>M is kept as a float, as torch does. muP factor {@code Scaling.adam}.
 *
 * @param rate η per step
 * @param beta1 β1
 * @param beta2 β2
 * @param epsilon ε
 * @param weightDecay λ, coupled
 * @param momentumDecay ψ
 */
@RuleName("nadam")
public record NAdam(
        Schedule rate,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "decay of the mean gradient") double beta1,
        @Hyper(standard = 0.999, range = Range.DECAY, meaning = "decay of the mean squared gradient") double beta2,
        @Hyper(standard = 1e-8, range = Range.POSITIVE, meaning = "added to the corrected root") double epsilon,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "coupled: enters the gradient") double weightDecay,
        @Hyper(standard = 0.004, range = Range.NOT_NEGATIVE, meaning = "how fast the momentum rises to beta1") double momentumDecay)
        implements Optimizer {
    private static final double LOG_096 = StrictMath.log(0.96);

    public NAdam {
        Description.of(NAdam.class).require(beta1, beta2, epsilon, weightDecay, momentumDecay);
    }

    /** Slots: m, v, and M alone in the third. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        float[][] slots = {new float[layout.size()], new float[layout.size()], {1}};
        return new OptimizerState(layout, horizon, slots, new float[0]).holding(0, OptimizerState.Content.MOMENTUM);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        ParamLayout layout = state.layoutOf(step);
        int t = state.t() + 1;
        float[] product = state.slot(2);
        double mu = momentum(t);
        double next = momentum(t + 1);
        product[0] *= (float) mu;
        double meanShare = next / (1 - product[0] * next);
        double gradientShare = (1 - mu) / (1 - product[0]);
        double squareFactor = 1 / Powers.correction(beta2, t);
        double eta = rate.rate(state.t(), state.horizon());
        for (int i = 0; i < layout.tensors(); i++) {
            double tensorRate = eta * layout.spec(i).scaling().adam();
            AdamLoop.run(step.params(), step.gradient(), state.slot(0), state.slot(1), layout.offset(i), layout.offset(i + 1),
                    1, beta1, beta2, weightDecay, 1, tensorRate, meanShare, gradientShare, squareFactor, epsilon);
        }
        state.advance();
    }

    /** μ_t. */
    private double momentum(int t) {
        return beta1 * (1 - 0.5 * StrictMath.exp(t * momentumDecay * LOG_096));
    }
}
