package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * ADOPT (Taniguchi et al. 2024; iShohei220/adopt): Adam whose gradient is divided by the second moment of the steps before it, so that it
 * converges with any β2. The first step only sets v ← g² (with g + λw for g where the decay is coupled). Later, with t = 2, 3, …:
 *
 * <pre>
 * x ← g/max(√v, ε), cut to ±(t − 1)^¼;  m ← β1 m + (1 − β1) x
 * w ← (1 − ηλ) w − η m;  v ← β2 v + (1 − β2) g²
 * </pre>
 *
 * <p>ε is a floor, not added, and an absolute one: where gradients are smaller, the step is linear in them. An element whose first
 * gradient was 0 makes the largest step that the cut allows at its first other. muP factor {@code Scaling.adam}; the decay is not scaled.
 *
 * @param rate η per step
 * @param beta1 β1
 * @param beta2 β2
 * @param epsilon ε
 * @param weightDecay λ
 * @param decouple how λ acts: as above, or as g ← g + λw
 * @param clip whether x is cut
 */
@RuleName("adopt")
public record Adopt(
        Schedule rate,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "decay of the mean normalised gradient") double beta1,
        @Hyper(standard = 0.9999, range = Range.DECAY, meaning = "decay of the mean squared gradient") double beta2,
        @Hyper(standard = 1e-6, range = Range.POSITIVE, meaning = "least root that is divided by") double epsilon,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "coupled, or decoupled times the rate") double weightDecay,
        @Hyper(standard = 0, meaning = "whether weight decay is decoupled") boolean decouple,
        @Hyper(standard = 1, meaning = "whether normalised gradients are cut to the fourth root of the step") boolean clip)
        implements Optimizer {

    public Adopt {
        Description.of(Adopt.class).require(beta1, beta2, epsilon, weightDecay);
    }

    /** Slots: m, v. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        return new OptimizerState(layout, horizon, new float[2][layout.size()], new float[0])
                .holding(0, OptimizerState.Content.MOMENTUM)
                .holding(1, OptimizerState.Content.SUM);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        ParamLayout layout = state.layoutOf(step);
        float coupled = (float) (decouple ? 0 : weightDecay);
        if (state.t() == 0) {
            square(step.params(), step.gradient(), state.slot(1), layout.size(), coupled);
            state.advance();
            return;
        }
        double eta = rate.rate(state.t(), state.horizon());
        float keep = (float) (decouple ? 1 - eta * weightDecay : 1);
        float bound = clip ? (float) Math.sqrt(Math.sqrt(state.t())) : Float.POSITIVE_INFINITY;
        for (int i = 0; i < layout.tensors(); i++) {
            float tensorRate = (float) (eta * layout.spec(i).scaling().adam());
            move(step.params(), step.gradient(), state.slot(0), state.slot(1), layout.offset(i), layout.offset(i + 1), coupled, keep,
                    (float) beta1, (float) (1 - beta1), (float) beta2, (float) (1 - beta2), tensorRate, (float) epsilon, bound);
        }
        state.advance();
    }

    private static void square(float[] w, float[] gradient, float[] v, int size, float decay) {
        for (int i = 0; i < size; i++) {
            float g = gradient[i] + decay * w[i];
            v[i] = g * g;
        }
    }

    private static void move(
            float[] w, float[] gradient, float[] m, float[] v, int begin, int end, float decay, float keep, float b1, float a1, float b2,
            float a2, float rate, float epsilon, float bound) {
        for (int i = begin; i < end; i++) {
            float g = gradient[i] + decay * w[i];
            float x = g / Math.max((float) Math.sqrt(v[i]), epsilon);
            float mean = b1 * m[i] + a1 * Math.max(-bound, Math.min(bound, x));
            m[i] = mean;
            w[i] = keep * w[i] - rate * mean;
            v[i] = b2 * v[i] + a2 * (g * g);
        }
    }
}
