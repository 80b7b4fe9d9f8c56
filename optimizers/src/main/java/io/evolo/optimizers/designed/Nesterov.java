package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * Nesterov's momentum with the semantics of {@code torch.optim.SGD(nesterov=True)}: g ← g + λw; b ← μb + g; w ← w − η (g + μ b), with
 * the new b. muP factor {@code Scaling.sgd}.
 *
 * @param rate η per step
 * @param momentum μ
 * @param weightDecay λ, coupled
 */
@RuleName("nesterov")
public record Nesterov(
        Schedule rate,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "decay of the accumulated gradient") double momentum,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "coupled: enters the gradient") double weightDecay)
        implements Optimizer {

    public Nesterov {
        Description.of(Nesterov.class).require(momentum, weightDecay);
    }

    /** One slot: b. */
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
            float tensorRate = (float) (eta * layout.spec(i).scaling().sgd());
            move(step.params(), step.gradient(), state.slot(0), layout.offset(i), layout.offset(i + 1), (float) momentum,
                    (float) weightDecay, tensorRate);
        }
        state.advance();
    }

    private static void move(float[] w, float[] gradient, float[] b, int begin, int end, float momentum, float decay, float rate) {
        for (int i = begin; i < end; i++) {
            float g = gradient[i] + decay * w[i];
            float buffer = momentum * b[i] + g;
            b[i] = buffer;
            w[i] -= rate * (g + momentum * buffer);
        }
    }
}
