package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * Heavy ball: g ← g + λw; b ← g at the first step, b ← μb + g later; w ← w − η b, with η the schedule's rate times the tensor's muP
 * factor {@code Scaling.sgd}. Semantics of {@code torch.optim.SGD} with momentum and without dampening: today's rate applies to old
 * gradients too.
 *
 * @param rate η per step
 * @param momentum μ
 * @param weightDecay λ, coupled
 */
@RuleName("momentum")
public record Momentum(
        Schedule rate,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "decay of the accumulated gradient") double momentum,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "coupled: enters the gradient") double weightDecay)
        implements Optimizer {

    public Momentum {
        Description.of(Momentum.class).require(momentum, weightDecay);
    }

    /** One slot: b. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        return new OptimizerState(layout, horizon, new float[1][layout.size()], new float[0]);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        ParamLayout layout = state.layout();
        double eta = rate.rate(state.t(), state.horizon());
        // b starts at 0, so that μb + g is g at the first step.
        accumulate(step.params(), step.gradient(), state.slot(0), (float) momentum, (float) weightDecay);
        for (int i = 0; i < layout.tensors(); i++) {
            float tensorRate = (float) (eta * layout.spec(i).scaling().sgd());
            move(step.params(), state.slot(0), layout.offset(i), layout.offset(i + 1), tensorRate);
        }
        state.advance();
    }

    private static void accumulate(float[] w, float[] g, float[] b, float momentum, float decay) {
        for (int i = 0; i < w.length; i++) {
            b[i] = momentum * b[i] + (g[i] + decay * w[i]);
        }
    }

    private static void move(float[] w, float[] b, int begin, int end, float rate) {
        for (int i = begin; i < end; i++) {
            w[i] -= rate * b[i];
        }
    }
}
