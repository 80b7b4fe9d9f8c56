package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * Gradient descent with the semantics of {@code torch.optim.SGD}: g ← g + λw; w ← w − η g. The rate of a tensor is the schedule's times
 * its muP factor {@code Scaling.sgd}.
 *
 * @param rate η per step
 * @param weightDecay λ, coupled
 */
@RuleName("sgd")
public record Sgd(
        Schedule rate,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "coupled: enters the gradient") double weightDecay)
        implements Optimizer {

    public Sgd {
        Description.of(Sgd.class).require(weightDecay);
    }

    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        return new OptimizerState(layout, horizon, new float[0][], new float[0]);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        ParamLayout layout = state.layoutOf(step);
        double eta = rate.rate(state.t(), state.horizon());
        for (int i = 0; i < layout.tensors(); i++) {
            float tensorRate = (float) (eta * layout.spec(i).scaling().sgd());
            move(step.params(), step.gradient(), layout.offset(i), layout.offset(i + 1), tensorRate, (float) weightDecay);
        }
        state.advance();
    }

    private static void move(float[] w, float[] g, int begin, int end, float rate, float decay) {
        for (int i = begin; i < end; i++) {
            w[i] -= rate * (g[i] + decay * w[i]);
        }
    }
}
