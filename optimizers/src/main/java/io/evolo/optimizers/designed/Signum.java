package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * Sign descent with momentum (Bernstein et al. 2018; "signsgd" of the study of Zhao et al. 2024): m ← β m + (1 − β) g; w ← (1 − ηλ) w −
 * η sign(m), with sign(0) = 0. {@link Lion} with β1 = β2. muP factor {@code Scaling.adam}; the decay is not scaled.
 *
 * @param rate η per step
 * @param beta β
 * @param weightDecay λ, decoupled
 */
@RuleName("signum")
public record Signum(
        Schedule rate,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "decay of the mean gradient") double beta,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "decoupled, times the rate") double weightDecay)
        implements Optimizer {

    public Signum {
        Description.of(Signum.class).require(beta, weightDecay);
    }

    /** One slot: m. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        return new OptimizerState(layout, horizon, new float[1][layout.size()], new float[0])
                .holding(0, OptimizerState.Content.MOMENTUM);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        ParamLayout layout = state.layoutOf(step);
        double eta = rate.rate(state.t(), state.horizon());
        for (int i = 0; i < layout.tensors(); i++) {
            float tensorRate = (float) (eta * layout.spec(i).scaling().adam());
            move(step.params(), step.gradient(), state.slot(0), layout.offset(i), layout.offset(i + 1), (float) beta,
                    (float) (1 - beta), (float) (1 - eta * weightDecay), tensorRate);
        }
        state.advance();
    }

    private static void move(float[] w, float[] g, float[] m, int begin, int end, float b, float a, float keep, float rate) {
        for (int i = begin; i < end; i++) {
            float mean = b * m[i] + a * g[i];
            m[i] = mean;
            w[i] = keep * w[i] - rate * Math.signum(mean);
        }
    }
}
