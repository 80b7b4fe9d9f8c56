package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * Lion (Chen et al. 2023; google/automl, lucidrains/lion-pytorch): w ← (1 − ηλ) w − η sign(β1 m + (1 − β1) g); m ← β2 m + (1 − β2) g,
 * with sign(0) = 0. Rates are three to ten times below AdamW's, decays as much above. muP factor {@code Scaling.adam}; the decay is
 * not scaled.
 *
 * @param rate η per step
 * @param beta1 β1
 * @param beta2 β2
 * @param weightDecay λ, decoupled
 */
@RuleName("lion")
public record Lion(
        Schedule rate,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "share of the mean in what is stepped along") double beta1,
        @Hyper(standard = 0.99, range = Range.DECAY, meaning = "decay of the mean gradient") double beta2,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "decoupled, times the rate") double weightDecay)
        implements Optimizer {

    public Lion {
        Description.of(Lion.class).require(beta1, beta2, weightDecay);
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
            move(step.params(), step.gradient(), state.slot(0), layout.offset(i), layout.offset(i + 1), (float) beta1,
                    (float) (1 - beta1), (float) beta2, (float) (1 - beta2), (float) (1 - eta * weightDecay), tensorRate);
        }
        state.advance();
    }

    private static void move(
            float[] w, float[] g, float[] m, int begin, int end, float b1, float a1, float b2, float a2, float keep, float rate) {
        for (int i = begin; i < end; i++) {
            w[i] = keep * w[i] - rate * Math.signum(b1 * m[i] + a1 * g[i]);
            m[i] = b2 * m[i] + a2 * g[i];
        }
    }
}
