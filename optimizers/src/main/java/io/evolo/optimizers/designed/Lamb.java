package io.evolo.optimizers.designed;

import io.evolo.optimizers.Norms;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * LAMB (You et al. 2020) in the form of NVIDIA/apex (timm's Lamb):
 *
 * <pre>
 * g ← g/max(1, G/C)          G the norm over all tensors
 * m ← β1 m + (1 − β1) g;  v ← β2 v + (1 − β2) g²
 * u = (m/c1)/(√v/√c2 + ε) + λw;  q = ‖w‖/‖u‖  (1 where a norm is 0; clipped: at most 1)
 * w ← w − η q u
 * </pre>
 *
 * <p>Where λ = 0, q is 1, unless {@code alwaysAdapt}. Tensors of rank 0 and 1 have λ = 0 and q = 1 by default, where the source leaves
 * that to parameter groups. {@code decoupled} takes λw out of u and multiplies w by 1 − ηλ first. muP factor {@code Scaling.relative}
 * with the ratio, {@code Scaling.adam} without. {@link PaperLamb} is the form of the paper.
 *
 * @param rate η per step
 * @param beta1 β1
 * @param beta2 β2
 * @param epsilon ε
 * @param weightDecay λ
 * @param clip C; infinite: none
 * @param biasCorrection whether c1 and c2 are not 1
 * @param gradientAveraging whether a new gradient enters m with 1 − β1, not 1
 * @param trustClip whether q is at most 1
 * @param alwaysAdapt whether there is a ratio without decay
 * @param decoupled how λ acts
 * @param excludeVectors whether biases and gains have neither decay nor ratio
 */
@RuleName("lamb")
public record Lamb(
        Schedule rate,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "decay of the mean gradient") double beta1,
        @Hyper(standard = 0.999, range = Range.DECAY, meaning = "decay of the mean squared gradient") double beta2,
        @Hyper(standard = 1e-6, range = Range.POSITIVE, meaning = "added to the corrected root") double epsilon,
        @Hyper(standard = 0.01, range = Range.NOT_NEGATIVE, meaning = "inside the ratio, or decoupled times the rate") double weightDecay,
        @Hyper(standard = 1, range = Range.BOUND, meaning = "largest norm of the gradient over all tensors") double clip,
        @Hyper(standard = 1, meaning = "whether the means' start at 0 is corrected") boolean biasCorrection,
        @Hyper(standard = 1, meaning = "whether a new gradient enters the mean with 1 − beta1, not 1") boolean gradientAveraging,
        @Hyper(standard = 0, meaning = "whether the ratio is at most 1") boolean trustClip,
        @Hyper(standard = 0, meaning = "whether there is a ratio without weight decay") boolean alwaysAdapt,
        @Hyper(standard = 0, meaning = "whether weight decay is outside the ratio") boolean decoupled,
        @Hyper(standard = 1, meaning = "whether tensors of rank 0 and 1 have neither decay nor ratio") boolean excludeVectors)
        implements Optimizer {

    public Lamb {
        Description.of(Lamb.class).require(beta1, beta2, epsilon, weightDecay, clip);
    }

    /** Two slots: m and v. Scratch for u. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        return new OptimizerState(layout, horizon, new float[2][layout.size()], new float[layout.size()])
                .holding(0, OptimizerState.Content.MOMENTUM);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        ParamLayout layout = state.layoutOf(step);
        double eta = rate.rate(state.t(), state.horizon());
        double factor = clip == Double.POSITIVE_INFINITY ? 1 : 1 / Math.max(1, Norms.norm(step.gradient(), 0, layout.size()) / clip);
        double c1 = biasCorrection ? Powers.correction(beta1, state.t() + 1) : 1;
        double c2 = biasCorrection ? Powers.correction(beta2, state.t() + 1) : 1;
        double fresh = gradientAveraging ? 1 - beta1 : 1;
        for (int i = 0; i < layout.tensors(); i++) {
            boolean excluded = excludeVectors && layout.spec(i).shape().rank() <= 1;
            double decay = excluded ? 0 : weightDecay;
            direction(state, step, i, (float) factor, beta1, fresh, beta2, (float) (1 / c1), (float) (1 / c2), (float) epsilon,
                    (float) (decoupled ? 0 : decay));
            move(state, step, i, eta, decay, !excluded && (decay != 0 || alwaysAdapt));
        }
        state.advance();
    }

    private void move(OptimizerState state, Step step, int tensor, double eta, double decay, boolean adapted) {
        int begin = state.layout().offset(tensor);
        int end = state.layout().offset(tensor + 1);
        float[] u = state.scratch();
        if (decoupled) {
            Elementwise.scale(step.params(), begin, end, (float) (1 - eta * decay));
        }
        double ratio = 1;
        if (adapted) {
            double parameter = Norms.norm(step.params(), begin, end);
            double update = Norms.norm(u, begin, end);
            ratio = parameter > 0 && update > 0 ? parameter / update : 1;
            ratio = trustClip ? Math.min(ratio, 1) : ratio;
        }
        double scale = adapted ? state.layout().spec(tensor).scaling().relative() : state.layout().spec(tensor).scaling().adam();
        Elementwise.subtract(step.params(), begin, end, (float) (eta * scale * ratio), u);
    }

    /** Writes u = (c1⁻¹ m)/(√(c2⁻¹ v) + ε) + λw of one tensor to its place in the scratch, after averaging factor·g. */
    static void direction(
            OptimizerState state, Step step, int tensor, float factor, double beta1, double fresh, double beta2, float meanFactor,
            float squareFactor, float epsilon, float decay) {
        direction(step.params(), step.gradient(), state.slot(0), state.slot(1), state.scratch(), state.layout().offset(tensor),
                state.layout().offset(tensor + 1), factor, (float) beta1, (float) fresh, (float) beta2, (float) (1 - beta2), meanFactor,
                squareFactor, epsilon, decay);
    }

    private static void direction(
            float[] w, float[] gradient, float[] m, float[] v, float[] u, int begin, int end, float factor, float b1, float a1,
            float b2, float a2, float meanFactor, float squareFactor, float epsilon, float decay) {
        for (int i = begin; i < end; i++) {
            float g = factor * gradient[i];
            float mean = b1 * m[i] + a1 * g;
            float square = b2 * v[i] + a2 * (g * g);
            m[i] = mean;
            v[i] = square;
            u[i] = meanFactor * mean / ((float) Math.sqrt(square * squareFactor) + epsilon) + decay * w[i];
        }
    }
}
