package io.evolo.optimizers.designed;

import io.evolo.optimizers.Norms;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import java.util.List;

/**
 * MARS-AdamW (Yuan et al. 2024; AGI-Arena/MARS): AdamW on gradients whose noise is reduced by the gradient h of the step before. Per matrix:
 *
 * <pre>
 * c ← g + γ β1/(1 − β1) (g − h);  h ← g;  c ← c/max(1, ‖c‖)
 * m ← β1 m + (1 − β1) c;  v ← β2 v + (1 − β2) c²
 * w ← (1 − ηλ) w − η (m/c1)/(√v/√c2 + ε)
 * </pre>
 *
 * <p>This is the form that the authors call approximate: h is of the last batch, where the exact form takes this batch's at the parameters
 * before. Tensors whose rank is not 2, convolutions too, make steps of AdamW with hyperparameters of their own, unless {@code everyRank}.
 * muP factor {@code Scaling.adam}; the decay is not scaled, nor is the norm 1, which depends on the width.
 *
 * @param rate η per step
 * @param beta1 β1
 * @param beta2 β2
 * @param gamma γ
 * @param epsilon ε, also of the others' AdamW
 * @param weightDecay λ, decoupled
 * @param amsgrad whether v never falls
 * @param everyRank whether tensors of all ranks are treated alike
 * @param auxRatio rate of the others' AdamW over η
 * @param auxBeta1 β1 of it
 * @param auxBeta2 β2 of it
 * @param auxWeightDecay λ of it
 */
@RuleName("mars")
public record Mars(
        Schedule rate,
        @Hyper(standard = 0.95, range = Range.DECAY, meaning = "decay of the mean gradient") double beta1,
        @Hyper(standard = 0.99, range = Range.DECAY, meaning = "decay of the mean squared gradient") double beta2,
        @Hyper(standard = 0.025, range = Range.NOT_NEGATIVE, meaning = "strength of the correction by the last gradient") double gamma,
        @Hyper(standard = 1e-8, range = Range.POSITIVE, meaning = "added to the corrected root") double epsilon,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "of matrices, decoupled") double weightDecay,
        @Hyper(standard = 0, meaning = "whether the largest mean square so far counts") boolean amsgrad,
        @Hyper(standard = 0, meaning = "whether vectors and convolutions are corrected too") boolean everyRank,
        @Hyper(standard = 1, range = Range.NOT_NEGATIVE, meaning = "rate of AdamW for the other tensors, over the rate") double auxRatio,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "AdamW: decay of the mean gradient") double auxBeta1,
        @Hyper(standard = 0.95, range = Range.DECAY, meaning = "AdamW: decay of the mean squared gradient") double auxBeta2,
        @Hyper(standard = 0.1, range = Range.NOT_NEGATIVE, meaning = "AdamW: decoupled") double auxWeightDecay)
        implements Optimizer {

    public Mars {
        Description.of(Mars.class)
                .require(beta1, beta2, gamma, epsilon, weightDecay, auxRatio, auxBeta1, auxBeta2, auxWeightDecay);
    }

    /** Slots: m, v, h, and under amsgrad the largest v; scratch for all c. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        return new OptimizerState(layout, horizon, new float[amsgrad ? 4 : 3][layout.size()], new float[layout.size()])
                .holding(0, OptimizerState.Content.MOMENTUM)
                .holding(2, OptimizerState.Content.GRADIENT);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        ParamLayout layout = state.layoutOf(step);
        double eta = rate.rate(state.t(), state.horizon());
        for (int i = 0; i < layout.tensors(); i++) {
            double scaling = layout.spec(i).scaling().adam();
            if (isCorrected(layout.spec(i), everyRank)) {
                correct(state, step, i, beta1, gamma, 2);
                move(state, step, i, state.scratch(), beta1, beta2, 1 - eta * weightDecay, eta * scaling);
            } else {
                double auxEta = eta * auxRatio;
                move(state, step, i, step.gradient(), auxBeta1, auxBeta2, 1 - auxEta * auxWeightDecay, auxEta * scaling);
            }
        }
        state.advance();
    }

    static boolean isCorrected(ParamSpec spec, boolean everyRank) {
        return everyRank || spec.shape().rank() == 2;
    }

    /** Writes one tensor's c to the scratch, where the tensor stands in the layout, and keeps g as h. */
    static void correct(OptimizerState state, Step step, int tensor, double beta1, double gamma, int lastSlot) {
        int begin = state.layout().offset(tensor);
        int end = state.layout().offset(tensor + 1);
        float[] c = state.scratch();
        correct(step.gradient(), state.slot(lastSlot), c, begin, end, (float) (gamma * beta1 / (1 - beta1)));
        double norm = Norms.norm(c, begin, end);
        if (norm > 1) {
            Elementwise.scale(c, begin, end, (float) (1 / norm));
        }
    }

    private static void correct(float[] g, float[] last, float[] c, int begin, int end, float share) {
        for (int i = begin; i < end; i++) {
            c[i] = g[i] + share * (g[i] - last[i]);
            last[i] = g[i];
        }
    }

    private void move(OptimizerState state, Step step, int tensor, float[] g, double b1, double b2, double keep, double tensorRate) {
        int begin = state.layout().offset(tensor);
        int end = state.layout().offset(tensor + 1);
        double meanRate = tensorRate / Powers.correction(b1, state.t() + 1);
        double squareFactor = 1 / Powers.correction(b2, state.t() + 1);
        if (amsgrad) {
            Adam.move(step.params(), g, state.slot(0), state.slot(1), state.slot(3), begin, end, (float) b1, (float) (1 - b1), (float) b2,
                    (float) (1 - b2), 0, (float) keep, (float) meanRate, (float) squareFactor, (float) epsilon);
        } else {
            AdamLoop.run(step.params(), g, state.slot(0), state.slot(1), begin, end, 1, b1, b2, 0, keep, meanRate, 1, 0, squareFactor,
                    epsilon);
        }
    }

    @Override
    public List<String> remarks(ParamLayout layout) {
        return remarks("mars", layout, everyRank);
    }

    static List<String> remarks(String rule, ParamLayout layout, boolean everyRank) {
        List<String> others = layout.specs().stream().filter(spec -> !isCorrected(spec, everyRank)).map(ParamSpec::name).toList();
        return others.isEmpty() ? List.of() : List.of(rule + ": AdamW instead for what has not two axes: " + String.join(", ", others));
    }
}
