package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import java.util.List;

/**
 * MARS-Lion (Yuan et al. 2024; AGI-Arena/MARS): {@link Mars} with a step of signs: w ← (1 − ηλ) w − η sign(m), m the mean of its corrected
 * gradients, sign(0) = 0. Unlike {@link Lion} with one mean and one decay. muP factor {@code Scaling.adam}; the decay is not scaled.
 *
 * @param rate η per step
 * @param beta1 β1
 * @param gamma γ of {@link Mars}
 * @param weightDecay λ, decoupled
 * @param everyRank whether tensors of all ranks are treated alike
 * @param auxRatio rate of the others' AdamW over η
 * @param auxBeta1 β1 of it
 * @param auxBeta2 β2 of it
 * @param auxEpsilon ε of it
 * @param auxWeightDecay λ of it
 */
@RuleName("mars-lion")
public record MarsLion(
        Schedule rate,
        @Hyper(standard = 0.95, range = Range.DECAY, meaning = "decay of the mean gradient") double beta1,
        @Hyper(standard = 0.025, range = Range.NOT_NEGATIVE, meaning = "strength of the correction by the last gradient") double gamma,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "of matrices, decoupled") double weightDecay,
        @Hyper(standard = 0, meaning = "whether vectors and convolutions are corrected too") boolean everyRank,
        @Hyper(standard = 1, range = Range.NOT_NEGATIVE, meaning = "rate of AdamW for the other tensors, over the rate") double auxRatio,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "AdamW: decay of the mean gradient") double auxBeta1,
        @Hyper(standard = 0.95, range = Range.DECAY, meaning = "AdamW: decay of the mean squared gradient") double auxBeta2,
        @Hyper(standard = 1e-8, range = Range.POSITIVE, meaning = "AdamW: added to the corrected root") double auxEpsilon,
        @Hyper(standard = 0.1, range = Range.NOT_NEGATIVE, meaning = "AdamW: decoupled") double auxWeightDecay)
        implements Optimizer {

    public MarsLion {
        Description.of(MarsLion.class)
                .require(beta1, gamma, weightDecay, auxRatio, auxBeta1, auxBeta2, auxEpsilon, auxWeightDecay);
    }

    /** Slots: m, v of the tensors that AdamW moves, h; scratch for all c. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        int others = layout.specs().stream().filter(spec -> !Mars.isCorrected(spec, everyRank)).mapToInt(spec -> spec.shape().size()).sum();
        float[][] slots = {new float[layout.size()], new float[others], new float[layout.size()]};
        AdamUpdate aux = AdamUpdate.torch(auxBeta1, auxBeta2, auxEpsilon);
        return new OptimizerState(layout, horizon, slots, new float[layout.size()], aux)
                .holding(0, OptimizerState.Content.MOMENTUM)
                .holding(2, OptimizerState.Content.GRADIENT);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        ParamLayout layout = state.layoutOf(step);
        double eta = rate.rate(state.t(), state.horizon());
        double auxEta = eta * auxRatio;
        AdamUpdate aux = state.plan(AdamUpdate.class);
        int left = 0; // values of corrected tensors, which have no v
        for (int i = 0; i < layout.tensors(); i++) {
            double scaling = layout.spec(i).scaling().adam();
            if (Mars.isCorrected(layout.spec(i), everyRank)) {
                Mars.correct(state, step, i, beta1, gamma, 2);
                move(step.params(), state.scratch(), state.slot(0), layout.offset(i), layout.offset(i + 1), (float) beta1,
                        (float) (1 - beta1), (float) (eta * weightDecay), (float) (eta * scaling));
                left += layout.offset(i + 1) - layout.offset(i);
            } else {
                aux.apply(state, step, i, AdamUpdate.Moments.FIRST_TWO, left, auxEta * scaling, 1 - auxEta * auxWeightDecay);
            }
        }
        state.advance();
    }

    private static void move(float[] w, float[] c, float[] m, int begin, int end, float b1, float a1, float shrink, float rate) {
        for (int i = begin; i < end; i++) {
            m[i] = b1 * m[i] + a1 * c[i];
            w[i] -= shrink * w[i] + rate * Math.signum(m[i]);
        }
    }

    @Override
    public List<String> remarks(ParamLayout layout) {
        return Mars.remarks("mars-lion", layout, everyRank);
    }
}
