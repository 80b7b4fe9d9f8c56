package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * Heavy ball with the semantics of {@code torch.optim.SGD}: g ← g + λw; b ← g at the first step, b ← μb + (1 − τ) g later; w ← w − η b.
 * Today's rate applies to old gradients too; with {@code rateInside}, as in Keras and Sutskever et al. 2013, each gradient keeps the
 * rate of its own step: b ← μb + η g; w ← w − b. The two agree while η is constant. muP factor {@code Scaling.sgd}.
 *
 * @param rate η per step
 * @param momentum μ
 * @param dampening τ
 * @param weightDecay λ, coupled
 * @param rateInside which of the two forms
 */
@RuleName("momentum")
public record Momentum(
        Schedule rate,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "decay of the accumulated gradient") double momentum,
        @Hyper(standard = 0, range = Range.FRACTION, meaning = "share that a new gradient lacks, but for the first") double dampening,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "coupled: enters the gradient") double weightDecay,
        @Hyper(standard = 0, meaning = "whether each gradient keeps the rate of its own step") boolean rateInside)
        implements Optimizer {

    public Momentum {
        Description.of(Momentum.class).require(momentum, dampening, weightDecay);
    }

    /** Without dampening, the rate outside. */
    public static Momentum of(Schedule rate, double momentum, double weightDecay) {
        return new Momentum(rate, momentum, 0, weightDecay, false);
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
        double fresh = state.t() == 0 ? 1 : 1 - dampening;
        for (int i = 0; i < layout.tensors(); i++) {
            double tensorRate = eta * layout.spec(i).scaling().sgd();
            double inside = rateInside ? tensorRate : 1;
            double outside = rateInside ? 1 : tensorRate;
            move(step.params(), step.gradient(), state.slot(0), layout.offset(i), layout.offset(i + 1), (float) momentum,
                    (float) (fresh * inside), (float) weightDecay, (float) outside);
        }
        state.advance();
    }

    private static void move(
            float[] w, float[] g, float[] b, int begin, int end, float momentum, float fresh, float decay, float rate) {
        for (int i = begin; i < end; i++) {
            float buffer = momentum * b[i] + fresh * (g[i] + decay * w[i]);
            b[i] = buffer;
            w[i] -= rate * buffer;
        }
    }
}
