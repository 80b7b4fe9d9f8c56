package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * RMSProp as TensorFlow has it (timm's RMSpropTF): v starts at 1, ε stands under the root, and each step keeps the rate of its own time:
 *
 * <pre>
 * g ← g + λw  (decoupled: w ← (1 − ηλ) w);  v ← α v + (1 − α) g²
 * D = √(v + ε), centred: m ← α m + (1 − α) g, D = √(v − m² + ε)
 * b ← μ b + η g/D;  w ← w − b      (rate outside: b ← μ b + g/D;  w ← w − η b)
 * </pre>
 *
 * <p>Deviation: v − m², which rounding can make negative, is taken as 0 there. muP factor {@code Scaling.adam}.
 *
 * @param rate η per step
 * @param alpha α
 * @param epsilon ε
 * @param momentum μ; 0: w ← w − η g/D
 * @param centred whether the variance takes the place of the mean square
 * @param rateInside whether steps keep the rate of their own time
 * @param initialSquare v before the first step
 * @param weightDecay λ
 * @param decoupled how λ acts
 */
@RuleName("rmsprop-tf")
public record RmsPropTf(
        Schedule rate,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "decay of the mean squared gradient") double alpha,
        @Hyper(standard = 1e-10, range = Range.POSITIVE, meaning = "added under the root") double epsilon,
        @Hyper(standard = 0, range = Range.DECAY, meaning = "decay of the accumulated steps") double momentum,
        @Hyper(standard = 0, meaning = "whether the variance takes the place of the mean square") boolean centred,
        @Hyper(standard = 1, meaning = "whether accumulated steps keep the rate of their own time") boolean rateInside,
        @Hyper(standard = 1, range = Range.NOT_NEGATIVE, meaning = "mean square before the first step") double initialSquare,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "coupled, or decoupled times the rate") double weightDecay,
        @Hyper(standard = 0, meaning = "whether weight decay is decoupled") boolean decoupled)
        implements Optimizer {

    public RmsPropTf {
        Description.of(RmsPropTf.class).require(alpha, epsilon, momentum, initialSquare, weightDecay);
    }

    /** Slots: v; with momentum also b; centred also m. Scratch for g/D. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        return RmsPropLoops.init(layout, horizon, momentum, centred, (float) initialSquare);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        ParamLayout layout = state.layoutOf(step);
        double eta = rate.rate(state.t(), state.horizon());
        if (decoupled) {
            Elementwise.scale(step.params(), 0, layout.size(), (float) (1 - eta * weightDecay));
        }
        for (int i = 0; i < layout.tensors(); i++) {
            double tensorRate = eta * layout.spec(i).scaling().adam();
            RmsPropLoops.normalize(state, step, i, alpha, (float) (decoupled ? 0 : weightDecay), centred, (float) epsilon, 0);
            RmsPropLoops.move(state, step, i, momentum, rateInside ? tensorRate : 1, rateInside ? 1 : tensorRate);
        }
        state.advance();
    }
}
