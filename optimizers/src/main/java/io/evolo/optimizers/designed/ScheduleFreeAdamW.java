package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * Schedule-Free AdamW (Defazio et al. 2024; facebookresearch/schedule_free). Three sequences: z takes the steps, x is its weighted
 * mean, and gradients are taken between the two, at y, which is what {@code step.params()} holds:
 *
 * <pre>
 * η_t = η min(1, t/warmup);  v ← β2 v + (1 − β2) g²;  u = g/(√(v/c2) + ε) + λ y
 * weight = t^r · (largest η so far)^p;  c = weight/(sum of weights)
 * z ← z − η_t u;  x ← (1 − c) x + c z;  y ← (1 − β1) z + β1 x
 * </pre>
 *
 * <p>x is not stored: it follows from y and z. The network is to be judged at x, which {@link #evaluationParams} gives. The rate should
 * be constant: the mean takes the schedule's place. muP factor {@code Scaling.adam}; the decay is not scaled.
 *
 * @param rate η per step
 * @param beta1 β1
 * @param beta2 β2
 * @param epsilon ε
 * @param weightDecay λ
 * @param decayAtZ whether z decays towards 0 by itself, not by y
 * @param warmup steps
 * @param r power of the step in the weights
 * @param ratePower p
 */
@RuleName("schedule-free-adamw")
public record ScheduleFreeAdamW(
        Schedule rate,
        @Hyper(standard = 0.9, range = Range.OPEN_DECAY, meaning = "where between z and x gradients are taken") double beta1,
        @Hyper(standard = 0.999, range = Range.DECAY, meaning = "decay of the mean squared gradient") double beta2,
        @Hyper(standard = 1e-8, range = Range.POSITIVE, meaning = "added to the corrected root") double epsilon,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "decoupled, times the rate") double weightDecay,
        @Hyper(standard = 0, meaning = "whether the decayed point is z, not y") boolean decayAtZ,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "steps over which the rate rises") int warmup,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "power of the step in the weights of the mean") double r,
        @Hyper(standard = 2, range = Range.NOT_NEGATIVE, meaning = "power of the rate in the weights of the mean") double ratePower)
        implements Optimizer {

    public ScheduleFreeAdamW {
        Description.of(ScheduleFreeAdamW.class).require(beta1, beta2, epsilon, weightDecay, warmup, r, ratePower);
    }

    /** Slots: z, v, and alone in the third the sum of weights as two floats and the largest rate as two. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        float[][] slots = {new float[layout.size()], new float[layout.size()], new float[4]};
        return new OptimizerState(layout, horizon, slots, new float[0]).holding(0, OptimizerState.Content.ITERATE);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        ParamLayout layout = state.layoutOf(step);
        int t = state.t() + 1;
        if (state.t() == 0) {
            System.arraycopy(step.params(), 0, state.slot(0), 0, layout.size());
        }
        double eta = rate.rate(state.t(), state.horizon()) * (t < warmup ? (double) t / warmup : 1);
        double c = share(state.slot(2), t, eta);
        float squareFactor = (float) (1 / Powers.correction(beta2, t));
        for (int i = 0; i < layout.tensors(); i++) {
            move(step.params(), step.gradient(), state.slot(0), state.slot(1), layout.offset(i), layout.offset(i + 1), (float) beta2,
                    (float) (1 - beta2), squareFactor, (float) epsilon, (float) layout.spec(i).scaling().adam(),
                    (float) (decayAtZ ? 0 : weightDecay), (float) (decayAtZ ? weightDecay : 0),
                    (float) c, (float) (eta * (1 - beta1 * (1 - c))), (float) eta);
        }
        state.advance();
    }

    /** c: what the newest z weighs in the mean x. */
    private double share(float[] sums, int t, double eta) {
        double largest = Math.max(eta, Twofold.read(sums, 2));
        double weight = (r == 0 ? 1 : Powers.real(t, r)) * (ratePower == 0 ? 1 : largest == 0 ? 0 : Powers.real(largest, ratePower));
        double sum = Twofold.read(sums, 0) + weight;
        Twofold.write(sum, sums, 0);
        Twofold.write(largest, sums, 2);
        return sum == 0 ? 0 : weight / sum;
    }

    private static void move(
            float[] y, float[] gradient, float[] z, float[] v, int begin, int end, float b2, float a2, float squareFactor,
            float epsilon, float scale, float decayY, float decayZ, float c, float yRate, float zRate) {
        for (int i = begin; i < end; i++) {
            float g = gradient[i];
            float square = b2 * v[i] + a2 * (g * g);
            v[i] = square;
            float u = scale * (g / ((float) Math.sqrt(square * squareFactor) + epsilon)) + decayY * y[i] + decayZ * z[i];
            y[i] = y[i] + c * (z[i] - y[i]) - yRate * u;
            z[i] -= zRate * u;
        }
    }

    /** x = (y − (1 − β1) z)/β1. */
    @Override
    public boolean averages() {
        return true;
    }

    @Override
    public void evaluationParams(OptimizerState state, float[] params, float[] out) {
        Optimizer.super.evaluationParams(state, params, out);
        if (state.t() == 0) {
            return;
        }
        float[] z = state.slot(0);
        float shift = (float) (1 - 1 / beta1);
        for (int i = 0; i < out.length; i++) {
            out[i] = params[i] + shift * (z[i] - params[i]);
        }
    }
}
