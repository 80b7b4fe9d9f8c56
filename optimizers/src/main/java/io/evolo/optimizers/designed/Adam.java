package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * Adam (Kingma and Ba 2015) with the semantics of {@code torch.optim.Adam}: g ← g + λw; m and v are decaying means of g and g²;
 * w ← w − η/c1 · m/(√v/√c2 + ε), c = 1 − β^t. With {@code amsgrad} (Reddi et al. 2018) the largest v so far stands under the root.
 * muP factor {@code Scaling.adam}.
 *
 * @param rate η per step
 * @param beta1 β1
 * @param beta2 β2
 * @param epsilon ε
 * @param weightDecay λ, coupled
 * @param amsgrad whether v never falls
 */
@RuleName("adam")
public record Adam(
        Schedule rate,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "decay of the mean gradient") double beta1,
        @Hyper(standard = 0.999, range = Range.DECAY, meaning = "decay of the mean squared gradient") double beta2,
        @Hyper(standard = 1e-8, range = Range.POSITIVE, meaning = "added to the corrected root") double epsilon,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "coupled: enters the gradient") double weightDecay,
        @Hyper(standard = 0, meaning = "whether the largest mean square so far counts") boolean amsgrad)
        implements Optimizer {

    public Adam {
        Description.of(Adam.class).require(beta1, beta2, epsilon, weightDecay);
    }

    /** β .9 and .999, ε 1e-8, no weight decay. */
    public static Adam of(Schedule rate) {
        return new Adam(rate, 0.9, 0.999, 1e-8, 0, false);
    }

    /** Slots: m, v; under amsgrad also the largest v. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        return new OptimizerState(layout, horizon, new float[amsgrad ? 3 : 2][layout.size()], new float[0])
                .holding(0, OptimizerState.Content.MOMENTUM);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        state.requireFits(step);
        double eta = rate.rate(state.t(), state.horizon());
        for (int i = 0; i < state.layout().tensors(); i++) {
            double tensorRate = eta * state.layout().spec(i).scaling().adam();
            move(state, step, i, beta1, beta2, weightDecay, 1, tensorRate, epsilon, amsgrad);
        }
        state.advance();
    }

    /** One step of one tensor, with coupled decay and after w ← keep·w; does not advance the state. */
    static void move(
            OptimizerState state, Step step, int tensor, double beta1, double beta2, double decay,
            double keep, double tensorRate, double epsilon, boolean amsgrad) {
        int begin = state.layout().offset(tensor);
        int end = state.layout().offset(tensor + 1);
        double rate = tensorRate / Powers.correction(beta1, state.t() + 1);
        double squareFactor = 1 / Powers.correction(beta2, state.t() + 1);
        if (amsgrad) {
            move(step.params(), step.gradient(), state.slot(0), state.slot(1), state.slot(2), begin, end, (float) beta1,
                    (float) (1 - beta1), (float) beta2, (float) (1 - beta2), (float) decay, (float) keep, (float) rate,
                    (float) squareFactor, (float) epsilon);
        } else {
            AdamLoop.run(step.params(), step.gradient(), state.slot(0), state.slot(1), begin, end, 1, beta1, beta2, decay, keep, rate, 1, 0,
                    squareFactor, epsilon);
        }
    }

    /** As {@link AdamLoop}, but the largest of all v so far stands under the root; the maximum is over uncorrected values. */
    static void move(
            float[] w, float[] gradient, float[] m, float[] v, float[] largest, int begin, int end, float b1, float a1, float b2, float a2,
            float decay, float keep, float rate, float squareFactor, float epsilon) {
        for (int i = begin; i < end; i++) {
            float g = gradient[i] + decay * w[i];
            float mean = b1 * m[i] + a1 * g;
            float square = b2 * v[i] + a2 * (g * g);
            float most = Math.max(largest[i], square);
            m[i] = mean;
            v[i] = square;
            largest[i] = most;
            w[i] = keep * w[i] - rate * (mean / ((float) Math.sqrt(most * squareFactor) + epsilon));
        }
    }
}
