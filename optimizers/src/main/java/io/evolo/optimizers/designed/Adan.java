package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * Adan (Xie et al. 2022; sail-sg/Adan): Nesterov momentum in terms of gradients and of their differences. With the gradient h of the step
 * before (at the first step its own) and c = 1 − β^t:
 *
 * <pre>
 * d ← g − h;  m ← β1 m + (1 − β1) g;  q ← β2 q + (1 − β2) d;  v ← β3 v + (1 − β3) (g + β2 d)²
 * s ← η (m/c1 + β2 q/c2)/(√v/√c3 + ε)
 * w ← (w − s)/(1 + ηλ)        decay first: w ← (1 − ηλ) w − s
 * </pre>
 *
 * <p>The β are the code's, the paper's are 1 minus these. Its clip of the gradient's norm is {@code --clip}. Rates are five to ten times
 * AdamW's. muP factor {@code Scaling.adam}; the decay is not scaled.
 *
 * @param rate η per step
 * @param beta1 β1
 * @param beta2 β2
 * @param beta3 β3
 * @param epsilon ε
 * @param weightDecay λ, proximal or decoupled
 * @param decayFirst see above
 */
@RuleName("adan")
public record Adan(
        Schedule rate,
        @Hyper(standard = 0.98, range = Range.DECAY, meaning = "decay of the mean gradient") double beta1,
        @Hyper(standard = 0.92, range = Range.DECAY, meaning = "decay of the mean difference of gradients") double beta2,
        @Hyper(standard = 0.99, range = Range.DECAY, meaning = "decay of the mean squared look-ahead") double beta3,
        @Hyper(standard = 1e-8, range = Range.POSITIVE, meaning = "added to the corrected root") double epsilon,
        @Hyper(standard = 0.02, range = Range.NOT_NEGATIVE, meaning = "proximal, times the rate") double weightDecay,
        @Hyper(standard = 0, meaning = "whether weight decay comes before the step, as AdamW's") boolean decayFirst)
        implements Optimizer {

    public Adan {
        Description.of(Adan.class).require(beta1, beta2, beta3, epsilon, weightDecay);
    }

    /** Slots: m, q, v, h. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        return new OptimizerState(layout, horizon, new float[4][layout.size()], new float[0])
                .holding(0, OptimizerState.Content.MOMENTUM)
                .holding(1, OptimizerState.Content.MOMENTUM)
                .holding(3, OptimizerState.Content.GRADIENT);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        ParamLayout layout = state.layoutOf(step);
        int t = state.t() + 1;
        if (t == 1) {
            System.arraycopy(step.gradient(), 0, state.slot(3), 0, layout.size());
        }
        average(step.gradient(), state.slot(0), state.slot(1), state.slot(2), state.slot(3), layout.size());
        double eta = rate.rate(state.t(), state.horizon());
        float before = (float) (decayFirst ? 1 - eta * weightDecay : 1);
        float after = (float) (decayFirst ? 1 : 1 / (1 + eta * weightDecay));
        float squareFactor = (float) (1 / Powers.correction(beta3, t));
        for (int i = 0; i < layout.tensors(); i++) {
            double tensorRate = eta * layout.spec(i).scaling().adam();
            move(step.params(), state.slot(0), state.slot(1), state.slot(2), layout.offset(i), layout.offset(i + 1), before, after,
                    (float) (tensorRate / Powers.correction(beta1, t)), (float) (tensorRate * beta2 / Powers.correction(beta2, t)),
                    squareFactor, (float) epsilon);
        }
        state.advance();
    }

    private void average(float[] gradient, float[] m, float[] q, float[] v, float[] last, int size) {
        average(gradient, m, q, v, last, size, (float) beta1, (float) (1 - beta1), (float) beta2, (float) (1 - beta2), (float) beta3,
                (float) (1 - beta3));
    }

    private static void average(
            float[] gradient, float[] m, float[] q, float[] v, float[] last, int size, float b1, float a1, float b2, float a2, float b3,
            float a3) {
        for (int i = 0; i < size; i++) {
            float g = gradient[i];
            float d = g - last[i];
            float ahead = g + b2 * d;
            m[i] = b1 * m[i] + a1 * g;
            q[i] = b2 * q[i] + a2 * d;
            v[i] = b3 * v[i] + a3 * (ahead * ahead);
            last[i] = g;
        }
    }

    private static void move(
            float[] w, float[] m, float[] q, float[] v, int begin, int end, float before, float after, float meanRate, float differenceRate,
            float squareFactor, float epsilon) {
        for (int i = begin; i < end; i++) {
            float s = (meanRate * m[i] + differenceRate * q[i]) / ((float) Math.sqrt(v[i] * squareFactor) + epsilon);
            w[i] = after * (before * w[i] - s);
        }
    }
}
