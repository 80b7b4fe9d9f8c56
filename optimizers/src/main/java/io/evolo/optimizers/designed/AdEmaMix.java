package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * AdEMAMix (Pagliardini et al. 2024; apple/ml-ademamix): Adam with a second, much slower mean beside the first:
 *
 * <pre>
 * m₁ ← β1 m₁ + (1 − β1) g;  m₂ ← β3(t) m₂ + (1 − β3(t)) g;  v ← β2 v + (1 − β2) g²
 * w ← w − η [ (m₁/c1 + α(t) m₂)/(√v/√c2 + ε) + λ w ]
 * </pre>
 *
 * <p>α(t) rises linearly over its warm-up; β3(t) rises from β1 linearly in its half-life: with f(β) = ln ½/ln(β + 1e-8) − 1 and
 * a = t/T, β3(t) = ½^(1/((1 − a) f(β1) + a f(β3) + 1)). muP factor {@code Scaling.adam}; the decay is not scaled.
 *
 * @param rate η per step
 * @param beta1 β1
 * @param beta2 β2
 * @param beta3 β3
 * @param alpha α
 * @param epsilon ε
 * @param weightDecay λ, decoupled
 * @param beta3Warmup T of β3
 * @param alphaWarmup T of α
 */
@RuleName("ademamix")
public record AdEmaMix(
        Schedule rate,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "decay of the fast mean gradient") double beta1,
        @Hyper(standard = 0.999, range = Range.DECAY, meaning = "decay of the mean squared gradient") double beta2,
        @Hyper(standard = 0.9999, range = Range.DECAY, meaning = "decay of the slow mean gradient") double beta3,
        @Hyper(standard = 2, range = Range.NOT_NEGATIVE, meaning = "weight of the slow mean") double alpha,
        @Hyper(standard = 1e-8, range = Range.POSITIVE, meaning = "added to the corrected root") double epsilon,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "decoupled, times the rate") double weightDecay,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "steps over which beta3 rises from beta1") int beta3Warmup,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "steps over which alpha rises from 0") int alphaWarmup)
        implements Optimizer {
    private static final double LN_2 = StrictMath.log(2);

    public AdEmaMix {
        Description.of(AdEmaMix.class).require(beta1, beta2, beta3, alpha, epsilon, weightDecay, beta3Warmup, alphaWarmup);
    }

    /** Three slots: m₁, m₂, v. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        return new OptimizerState(layout, horizon, new float[3][layout.size()], new float[0])
                .holding(0, OptimizerState.Content.MOMENTUM)
                .holding(1, OptimizerState.Content.SUM);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        ParamLayout layout = state.layoutOf(step);
        int t = state.t() + 1;
        double slow = slowDecay(t);
        double slowShare = t < alphaWarmup ? alpha * t / alphaWarmup : alpha;
        double c1 = Powers.correction(beta1, t);
        double c2 = Powers.correction(beta2, t);
        double eta = rate.rate(state.t(), state.horizon());
        for (int i = 0; i < layout.tensors(); i++) {
            double tensorRate = eta * layout.spec(i).scaling().adam();
            average(step.gradient(), state.slot(0), state.slot(1), layout.offset(i), layout.offset(i + 1), (float) beta1,
                    (float) (1 - beta1), (float) slow, (float) (1 - slow));
            move(step.params(), step.gradient(), state.slot(0), state.slot(1), state.slot(2), layout.offset(i), layout.offset(i + 1),
                    (float) beta2, (float) (1 - beta2), (float) (1 - eta * weightDecay), (float) tensorRate,
                    (float) (1 / c1), (float) slowShare, (float) (1 / c2), (float) epsilon);
        }
        state.advance();
    }

    /** β3(t). */
    private double slowDecay(int t) {
        if (t >= beta3Warmup) {
            return beta3;
        }
        double a = (double) t / beta3Warmup;
        return StrictMath.exp(-LN_2 / ((1 - a) * halfLife(beta1) + a * halfLife(beta3) + 1));
    }

    /** f(β). */
    static double halfLife(double beta) {
        return -LN_2 / StrictMath.log(beta + 1e-8) - 1;
    }

    private static void average(
            float[] g, float[] fast, float[] slow, int begin, int end, float b1, float a1, float b3, float a3) {
        for (int i = begin; i < end; i++) {
            fast[i] = b1 * fast[i] + a1 * g[i];
            slow[i] = b3 * slow[i] + a3 * g[i];
        }
    }

    private static void move(
            float[] w, float[] g, float[] fast, float[] slow, float[] v, int begin, int end, float b2, float a2,
            float keep, float rate, float fastShare, float slowShare, float squareFactor, float epsilon) {
        for (int i = begin; i < end; i++) {
            float square = b2 * v[i] + a2 * (g[i] * g[i]);
            v[i] = square;
            float along = fastShare * fast[i] + slowShare * slow[i];
            w[i] = keep * w[i] - rate * (along / ((float) Math.sqrt(square * squareFactor) + epsilon));
        }
    }
}
