package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * Prodigy (Mishchenko and Defazio 2024; konstmish/prodigy): Adam that estimates its rate as d, the distance to the solution. With a =
 * d η bc (bc = √c2/c1 with bias correction, else 1) and the initial parameters w₀:
 *
 * <pre>
 * num ← β3 num + (d/d₀) a ⟨g, w₀ − w⟩;  m ← β1 m + d (1 − β1) g;  v ← β2 v + d² (1 − β2) g²
 * s ← β3 s + (d/d₀) a g        (safeguarded warm-up: d in place of a)
 * d̂ = coefficient · num/‖s‖₁ over all tensors;  while d = d₀: d ← max(d, d̂)
 * d_max ← max(d_max, d̂);  d ← min(d_max, growth · d)
 * w ← (1 − λ a) w − a m/(√v + d ε)      a by the d before, ε by the new one
 * </pre>
 *
 * <p>η is 1, or a schedule that ends there. Where the gradient has been 0 everywhere, nothing moves. muP factor {@code Scaling.adam},
 * on the last step alone, so that d is of the whole network; the decay is not scaled.
 *
 * @param rate η per step
 * @param beta1 β1
 * @param beta2 β2
 * @param beta3 β3; 0: √β2
 * @param epsilon ε
 * @param weightDecay λ
 * @param decouple how λ acts: as above, or as g ← g + λw
 * @param biasCorrection whether bc is not 1
 * @param safeguardWarmup see above
 * @param d0 d₀
 * @param coefficient on d̂
 * @param growth largest growth of d per step
 */
@RuleName("prodigy")
public record Prodigy(
        Schedule rate,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "decay of the mean gradient") double beta1,
        @Hyper(standard = 0.999, range = Range.DECAY, meaning = "decay of the mean squared gradient") double beta2,
        @Hyper(standard = 0, range = Range.DECAY, meaning = "decay of the sums that d comes from, 0: the root of beta2") double beta3,
        @Hyper(standard = 1e-8, range = Range.POSITIVE, meaning = "added to the root, times d") double epsilon,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "decoupled times rate and d, or coupled") double weightDecay,
        @Hyper(standard = 1, meaning = "whether weight decay is decoupled") boolean decouple,
        @Hyper(standard = 0, meaning = "whether the means' start at 0 is corrected") boolean biasCorrection,
        @Hyper(standard = 0, meaning = "whether a warm-up of the rate leaves d alone") boolean safeguardWarmup,
        @Hyper(standard = 1e-6, range = Range.POSITIVE, meaning = "first estimate of the distance") double d0,
        @Hyper(standard = 1, range = Range.POSITIVE, meaning = "factor on estimates of the distance") double coefficient,
        @Hyper(standard = Double.POSITIVE_INFINITY, range = Range.BOUND, meaning = "largest growth of the estimate per step") double growth)
        implements Optimizer {

    public Prodigy {
        Description.of(Prodigy.class).require(beta1, beta2, beta3, epsilon, weightDecay, d0, coefficient, growth);
        Description.of(Prodigy.class).requireFloat("d0 times epsilon", d0 * epsilon);
    }

    /** Slots: m, v, s, w₀, and in the last d, d_max and num, each as two floats. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        int n = layout.size();
        float[] estimate = new float[6];
        Twofold.write(d0, estimate, 0);
        Twofold.write(d0, estimate, 2);
        float[][] slots = {new float[n], new float[n], new float[n], new float[n], estimate};
        return new OptimizerState(layout, horizon, slots, new float[0])
                .holding(0, OptimizerState.Content.MOMENTUM)
                .holding(2, OptimizerState.Content.SUM)
                .holding(3, OptimizerState.Content.COPY);
    }

    /** d, the current estimate of the distance. */
    public static double distance(OptimizerState state) {
        return Twofold.read(state.slot(4), 0);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        ParamLayout layout = state.layoutOf(step);
        if (state.t() == 0) {
            System.arraycopy(step.params(), 0, state.slot(3), 0, layout.size());
        }
        double eta = rate.rate(state.t(), state.horizon());
        double d = distance(state);
        double a = d * eta * correction(state.t() + 1);
        if (eta > 0 && !average(state, step, d, a)) {
            state.advance();
            return;
        }
        float outside = (float) (distance(state) * epsilon);
        float keep = (float) (decouple ? 1 - weightDecay * a : 1);
        for (int i = 0; i < layout.tensors(); i++) {
            float tensorRate = (float) (a * layout.spec(i).scaling().adam());
            move(step.params(), state.slot(0), state.slot(1), layout.offset(i), layout.offset(i + 1), keep, tensorRate, outside);
        }
        state.advance();
    }

    /** bc. */
    private double correction(int t) {
        return biasCorrection ? Math.sqrt(Powers.correction(beta2, t)) / Powers.correction(beta1, t) : 1;
    }

    /** Takes in the gradient and estimates d anew; false if there has been no gradient at all. */
    private boolean average(OptimizerState state, Step step, double d, double a) {
        double b3 = beta3 > 0 ? beta3 : Math.sqrt(beta2);
        float decay = (float) (decouple ? 0 : weightDecay);
        int size = state.layout().size();
        double along = along(step.params(), step.gradient(), state.slot(3), size, decay);
        average(step.params(), step.gradient(), state.slot(0), state.slot(1), state.slot(2), size, decay, (float) beta1,
                (float) (d * (1 - beta1)), (float) beta2, (float) (d * d * (1 - beta2)), (float) b3,
                (float) (d / d0 * (safeguardWarmup ? d : a)));
        double numerator = b3 * Twofold.read(state.slot(4), 4) + d / d0 * a * along;
        Twofold.write(numerator, state.slot(4), 4);
        double denominator = absoluteSum(state.slot(2));
        if (denominator == 0) {
            return false;
        }
        estimate(state, d, coefficient * numerator / denominator);
        return true;
    }

    private void estimate(OptimizerState state, double d, double estimated) {
        double grown = isFirst(d) ? Math.max(d, estimated) : d;
        double most = Math.max(Twofold.read(state.slot(4), 2), estimated);
        Twofold.write(most, state.slot(4), 2);
        Twofold.write(Math.min(most, grown * growth), state.slot(4), 0);
    }

    /** Whether d is d₀, as two floats hold it. */
    private boolean isFirst(double d) {
        float high = (float) d0;
        return d == (double) high + (float) (d0 - high);
    }

    /** ⟨g, w₀ − w⟩ over all values. */
    private static double along(float[] w, float[] gradient, float[] w0, int size, float decay) {
        double sum0 = 0;
        double sum1 = 0;
        int i = 0;
        for (; i + 2 <= size; i += 2) {
            sum0 += (double) (gradient[i] + decay * w[i]) * (w0[i] - w[i]);
            sum1 += (double) (gradient[i + 1] + decay * w[i + 1]) * (w0[i + 1] - w[i + 1]);
        }
        return i < size ? sum0 + (double) (gradient[i] + decay * w[i]) * (w0[i] - w[i]) + sum1 : sum0 + sum1;
    }

    private static double absoluteSum(float[] x) {
        double sum0 = 0;
        double sum1 = 0;
        int i = 0;
        for (; i + 2 <= x.length; i += 2) {
            sum0 += Math.abs(x[i]);
            sum1 += Math.abs(x[i + 1]);
        }
        return i < x.length ? sum0 + Math.abs(x[i]) + sum1 : sum0 + sum1;
    }

    private static void average(
            float[] w, float[] gradient, float[] m, float[] v, float[] s, int size, float decay, float b1, float a1, float b2, float a2,
            float b3, float a3) {
        for (int i = 0; i < size; i++) {
            float g = gradient[i] + decay * w[i];
            m[i] = b1 * m[i] + a1 * g;
            v[i] = b2 * v[i] + a2 * (g * g);
            s[i] = b3 * s[i] + a3 * g;
        }
    }

    private static void move(float[] w, float[] m, float[] v, int begin, int end, float keep, float rate, float outside) {
        for (int i = begin; i < end; i++) {
            w[i] = keep * w[i] - rate * (m[i] / ((float) Math.sqrt(v[i]) + outside));
        }
    }
}
