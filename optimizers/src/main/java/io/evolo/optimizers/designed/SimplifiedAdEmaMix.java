package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * Simplified AdEMAMix (Morwani et al. 2025; DepenM/Simplified-AdEMAMix): {@link AdEmaMix} with one mean, which is a sum:
 *
 * <pre>
 * m ← β1(t) m + g;  n ← β1(t) n + 1;  v ← β2 v + (1 − β2) g²
 * u ← (α g + m)/(√v + ε √c2);  corrected: u ← √c2 u, and u ← u/n
 * w ← w − η (u + λ w)
 * </pre>
 *
 * <p>As m is not divided by n by default, the rate is about 1 − β1 of Adam's. While t is below its warm-up T, β1(t) rises linearly in its
 * half-life: with f(β) = ln ½/ln(β + 1e-8) − 1 and a = t/T, β1(t) = ½^(1/((1 − a) f(least β1) + a f(β1) + 1)). muP factor
 * {@code Scaling.adam}; the decay is not scaled.
 *
 * @param rate η per step
 * @param beta1 β1
 * @param beta2 β2
 * @param alpha α
 * @param epsilon ε
 * @param weightDecay λ, decoupled
 * @param beta1Warmup T
 * @param leastBeta1 β1(0)
 * @param meanCorrection whether u is divided by n
 * @param squareCorrection whether u is multiplied by √c2
 */
@RuleName("simplified-ademamix")
public record SimplifiedAdEmaMix(
        Schedule rate,
        @Hyper(standard = 0.99, range = Range.DECAY, meaning = "decay of the sum of gradients") double beta1,
        @Hyper(standard = 0.95, range = Range.DECAY, meaning = "decay of the mean squared gradient") double beta2,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "weight of the gradient beside the sum") double alpha,
        @Hyper(standard = 1e-8, range = Range.POSITIVE, meaning = "added to the corrected root") double epsilon,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "decoupled, times the rate") double weightDecay,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "steps over which beta1 rises") int beta1Warmup,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "beta1 from which it rises") double leastBeta1,
        @Hyper(standard = 0, meaning = "whether the sum is made a mean") boolean meanCorrection,
        @Hyper(standard = 1, meaning = "whether the mean square's start at 0 is corrected") boolean squareCorrection)
        implements Optimizer {
    private static final double LN_2 = StrictMath.log(2);

    public SimplifiedAdEmaMix {
        Description.of(SimplifiedAdEmaMix.class).require(beta1, beta2, alpha, epsilon, weightDecay, beta1Warmup, leastBeta1);
        // Its root factor is least at the first step.
        Description.of(SimplifiedAdEmaMix.class).requireFloat("epsilon times √(1 − beta2)", epsilon * Math.sqrt(1 - beta2));
    }

    /** Slots: m, v, and where it is needed n, as two floats. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        float[][] slots = {new float[layout.size()], new float[layout.size()], new float[meanCorrection ? 2 : 0]};
        return new OptimizerState(layout, horizon, slots, new float[0]).holding(0, OptimizerState.Content.MOMENTUM);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        ParamLayout layout = state.layoutOf(step);
        double decay = decay(state.t() + 1);
        double root = Math.sqrt(Powers.correction(beta2, state.t() + 1));
        double eta = rate.rate(state.t(), state.horizon());
        double corrected = (squareCorrection ? root : 1) / count(state, decay);
        for (int i = 0; i < layout.tensors(); i++) {
            double tensorRate = eta * corrected * layout.spec(i).scaling().adam();
            move(step.params(), step.gradient(), state.slot(0), state.slot(1), layout.offset(i), layout.offset(i + 1), (float) decay,
                    (float) beta2, (float) (1 - beta2), (float) (1 - eta * weightDecay), (float) tensorRate, (float) alpha,
                    (float) (epsilon * root));
        }
        state.advance();
    }

    /** n; 1 where the sum stays one. */
    private double count(OptimizerState state, double decay) {
        if (!meanCorrection) {
            return 1;
        }
        double n = decay * Twofold.read(state.slot(2), 0) + 1;
        Twofold.write(n, state.slot(2), 0);
        return n;
    }

    /** β1(t). */
    private double decay(int t) {
        if (t >= beta1Warmup) {
            return beta1;
        }
        double a = (double) t / beta1Warmup;
        return StrictMath.exp(-LN_2 / ((1 - a) * AdEmaMix.halfLife(leastBeta1) + a * AdEmaMix.halfLife(beta1) + 1));
    }

    private static void move(
            float[] w, float[] g, float[] m, float[] v, int begin, int end, float b1, float b2, float a2, float keep, float rate,
            float alpha, float epsilon) {
        for (int i = begin; i < end; i++) {
            float sum = b1 * m[i] + g[i];
            float square = b2 * v[i] + a2 * (g[i] * g[i]);
            m[i] = sum;
            v[i] = square;
            w[i] = keep * w[i] - rate * ((alpha * g[i] + sum) / ((float) Math.sqrt(square) + epsilon));
        }
    }
}
