package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * TVLARS: {@link Lars} with a ratio that starts high and falls, in place of a warm-up. As released (KhoiDOO/tvlars), the ratio is
 * τ φ(t) min(‖w‖, 10)/min(‖g‖, 10) with φ(t) = 1/(α + exp(l (t − d))) + γ, t = 1 at the first step; α = .1, d = 0 and γ = 0 there,
 * while the paper has a delay d and a floor γ. For the paper's form set them, and the bound on the norms to infinity. As φ(1) is about
 * 0.91, the high start is the rate's; l must shrink as runs grow longer. muP as {@link Lars}.
 *
 * @param rate η per step
 * @param momentum μ
 * @param trust τ
 * @param weightDecay λ, coupled
 * @param fall l
 * @param alpha α
 * @param delay d
 * @param floor γ
 * @param bound of both norms
 * @param decayVectors whether biases and gains decay
 * @param adaptVectors whether biases and gains have the ratio
 */
@RuleName("tvlars")
public record TvLars(
        Schedule rate,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "decay of the accumulated gradient") double momentum,
        @Hyper(standard = 1e-3, range = Range.POSITIVE, meaning = "norm of a step in units of the parameter's, at rate 1") double trust,
        @Hyper(standard = 5e-4, range = Range.NOT_NEGATIVE, meaning = "coupled: enters the gradient") double weightDecay,
        @Hyper(standard = 1e-3, range = Range.NOT_NEGATIVE, meaning = "how fast the ratio falls, per step") double fall,
        @Hyper(standard = 0.1, range = Range.NOT_NEGATIVE, meaning = "1 over the ratio's limit at the start") double alpha,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "steps before the ratio falls") double delay,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "what the ratio falls to") double floor,
        @Hyper(standard = 10, range = Range.BOUND, meaning = "largest norm that counts, of parameter and gradient") double bound,
        @Hyper(standard = 0, meaning = "whether tensors of rank 0 and 1 decay") boolean decayVectors,
        @Hyper(standard = 0, meaning = "whether tensors of rank 0 and 1 have the ratio") boolean adaptVectors)
        implements Optimizer {

    public TvLars {
        Description.of(TvLars.class).require(momentum, trust, weightDecay, fall, alpha, delay, floor, bound);
    }

    /** One slot: u. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        return new OptimizerState(layout, horizon, new float[1][layout.size()], new float[0])
                .holding(0, OptimizerState.Content.MOMENTUM);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        state.requireFits(step);
        double eta = rate.rate(state.t(), state.horizon());
        // The exponential is a float, as in the released code.
        double phi = 1 / (alpha + (float) StrictMath.exp((float) (fall * (state.t() + 1 - delay)))) + floor;
        for (int i = 0; i < state.layout().tensors(); i++) {
            Lars.move(state, step, i, eta, momentum, trust * phi, weightDecay, bound, decayVectors, adaptVectors);
        }
        state.advance();
    }
}
