package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import java.util.Arrays;
/**
 * AdaGrad (Duchi et al. 2011) with the semantics of {@code torch.optim.Adagrad}: g ← g + λw; v ← v + g²; w ← w − η/(1 + (t − 1)κ) ·
 * g/(√v + ε), t = 1 at the first step, v = v₀ before it. With {@code epsilonInside}, as in Keras and optax, g/√(v + ε); their v₀ is .1
 * and their ε 1e-7. muP factor {@code Scaling.adam}.
 *
 * @param rate η per step
 * @param rateDecay κ
 * @param initialSquare v₀
 * @param epsilon ε
 * @param epsilonInside where ε is added
 * @param weightDecay λ, coupled
 */
@RuleName("adagrad")
public record AdaGrad(
        Schedule rate,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "how fast the rate falls as 1/(1 + steps times this)") double rateDecay,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "sum of squares before the first step") double initialSquare,
        @Hyper(standard = 1e-10, range = Range.POSITIVE, meaning = "added to the root") double epsilon,
        @Hyper(standard = 0, meaning = "whether epsilon is added under the root instead") boolean epsilonInside,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "coupled: enters the gradient") double weightDecay)
        implements Optimizer {

    public AdaGrad {
        Description.of(AdaGrad.class).require(rateDecay, initialSquare, epsilon, weightDecay);
    }

    /** One slot: v. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        float[] v = new float[layout.size()];
        Arrays.fill(v, (float) initialSquare);
        return new OptimizerState(layout, horizon, new float[][] {v}, new float[0]).holding(0, OptimizerState.Content.SUM);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        ParamLayout layout = state.layoutOf(step);
        double eta = rate.rate(state.t(), state.horizon()) / (1 + state.t() * rateDecay);
        for (int i = 0; i < layout.tensors(); i++) {
            float tensorRate = (float) (eta * layout.spec(i).scaling().adam());
            move(step.params(), step.gradient(), state.slot(0), layout.offset(i), layout.offset(i + 1), (float) weightDecay, tensorRate,
                    (float) (epsilonInside ? epsilon : 0), (float) (epsilonInside ? 0 : epsilon));
        }
        state.advance();
    }

    private static void move(
            float[] w, float[] gradient, float[] v, int begin, int end, float decay, float rate, float inside, float outside) {
        for (int i = begin; i < end; i++) {
            float g = gradient[i] + decay * w[i];
            float square = v[i] + g * g;
            v[i] = square;
            w[i] -= rate * (g / ((float) Math.sqrt(square + inside) + outside));
        }
    }
}
