package io.evolo.optimizers.learned;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.designed.AdamUpdate;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Rng;
import io.evolo.tasks.kernels.Twin;
import java.util.List;

/**
 * The learned rule "learnable_adam": Adam whose four hyperparameters are meta-parameters: theta = (ln rate, ln(1 − β1), ln(1 − β2),
 * ln ε). Source: Metz et al., {@code learned_optimization}'s LearnableAdam, whose Adam adds another, fixed ε under the root. Updates are
 * scaled by the muP factor {@code Scaling.adam}.
 *
 * @param rate learning rate before meta-training, positive
 * @param beta1 decay of the mean before meta-training, in [0, 1)
 * @param beta2 decay of the mean square before meta-training, in [0, 1)
 * @param epsilon added to the root, before meta-training, positive
 * @param epsInside added under the root, at least 0; not learned
 */
public record LearnableAdam(double rate, double beta1, double beta2, double epsilon, double epsInside) implements LearnedOptimizer {

    public LearnableAdam {
        LearnableSgd.requirePositive("learnable_adam", "rate", rate);
        LearnableSgd.requirePositive("learnable_adam", "epsilon", epsilon);
        new AdamUpdate(beta1, beta2, epsInside, epsilon, 0, Double.POSITIVE_INFINITY); // refuses values out of range
    }

    /** Rate .001, β .9 and .999, ε 1e-8 both outside and under the root, as in the source. */
    public static LearnableAdam published() {
        return new LearnableAdam(0.001, 0.9, 0.999, 1e-8, 1e-8);
    }

    /** {@code log_lr}, {@code log_one_minus_beta1}, {@code log_one_minus_beta2}, {@code log_epsilon}, [1] each. */
    @Override
    public ParamLayout thetaLayout() {
        return new ParamLayout(List.of(
                LearnableSgd.logarithm("log_lr", rate),
                LearnableSgd.logarithm("log_one_minus_beta1", 1 - beta1),
                LearnableSgd.logarithm("log_one_minus_beta2", 1 - beta2),
                LearnableSgd.logarithm("log_epsilon", epsilon)));
    }

    /** The initial hyperparameters; nothing is drawn. */
    @Override
    public float[] initTheta(Rng rng) {
        ParamLayout layout = thetaLayout();
        float[] theta = new float[layout.size()];
        layout.init(rng, theta);
        return theta;
    }

    @Override
    public Optimizer bind(float[] theta, Twin twin) {
        LearnedOptimizers.requireTheta("learnable_adam", theta, thetaLayout());
        AdamUpdate adam = new AdamUpdate(LearnableSgd.decay(theta[1]), LearnableSgd.decay(theta[2]), epsInside,
                StrictMath.exp(theta[3]), 0, Double.POSITIVE_INFINITY);
        return new Bound(StrictMath.exp(theta[0]), adam);
    }

    /** Two slots: m and v. */
    private record Bound(double rate, AdamUpdate adam) implements Optimizer {
        private static final AdamUpdate.Moments MOMENTS = new AdamUpdate.Moments(0, 1);

        @Override
        public OptimizerState init(ParamLayout layout, int horizon) {
            return new OptimizerState(layout, horizon, new float[2][layout.size()], new float[0]);
        }

        @Override
        public void step(OptimizerState state, Step step) {
            for (int i = 0; i < state.layout().tensors(); i++) {
                adam.apply(state, step, i, MOMENTS, rate * state.layout().spec(i).scaling().adam(), 1);
            }
            state.advance();
        }
    }
}
