package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * RMSProp (Tieleman and Hinton 2012) with the semantics of {@code torch.optim.RMSprop}, without bias correction:
 *
 * <pre>
 * g ← g + λw;  v ← α v + (1 − α) g²
 * D = √v + ε, centred: m ← α m + (1 − α) g, D = √(v − m²) + ε
 * b ← μ b + g/D;  w ← w − η b
 * </pre>
 *
 * <p>Deviation: v − m², which rounding can make negative, is taken as 0 there. {@link RmsPropTf} is TensorFlow's form. muP factor
 * {@code Scaling.adam}.
 *
 * @param rate η per step
 * @param alpha α
 * @param epsilon ε
 * @param momentum μ; 0: w ← w − η g/D
 * @param centred whether the variance takes the place of the mean square
 * @param weightDecay λ, coupled
 */
@RuleName("rmsprop")
public record RmsProp(
        Schedule rate,
        @Hyper(standard = 0.99, range = Range.DECAY, meaning = "decay of the mean squared gradient") double alpha,
        @Hyper(standard = 1e-8, range = Range.POSITIVE, meaning = "added to the root") double epsilon,
        @Hyper(standard = 0, range = Range.DECAY, meaning = "decay of the accumulated steps") double momentum,
        @Hyper(standard = 0, meaning = "whether the variance takes the place of the mean square") boolean centred,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "coupled: enters the gradient") double weightDecay)
        implements Optimizer {

    public RmsProp {
        Description.of(RmsProp.class).require(alpha, epsilon, momentum, weightDecay);
    }

    /** Slots: v; with momentum also b; centred also m. Scratch for g/D. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        return RmsPropLoops.init(layout, horizon, momentum, centred, 0);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        ParamLayout layout = state.layoutOf(step);
        double eta = rate.rate(state.t(), state.horizon());
        for (int i = 0; i < layout.tensors(); i++) {
            RmsPropLoops.normalize(state, step, i, alpha, (float) weightDecay, centred, 0, (float) epsilon);
            RmsPropLoops.move(state, step, i, momentum, 1, eta * layout.spec(i).scaling().adam());
        }
        state.advance();
    }
}
