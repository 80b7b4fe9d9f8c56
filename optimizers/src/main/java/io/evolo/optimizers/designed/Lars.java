package io.evolo.optimizers.designed;

import io.evolo.optimizers.Norms;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * LARS (You et al. 2017) in the form of facebookresearch/barlowtwins, whose ratio has the norm of the decayed gradient:
 *
 * <pre>
 * g ← g + λw;  g ← τ ‖w‖/‖g‖ · g      (1 in place of τ‖w‖/‖g‖ where a norm is 0)
 * u ← μ u + g;  w ← w − η u
 * </pre>
 *
 * <p>Tensors of rank 0 and 1 are left out of decay and ratio unless told otherwise; they move as under {@link Momentum}. muP factor
 * {@code Scaling.relative} with the ratio, {@code Scaling.sgd} without.
 *
 * @param rate η per step
 * @param momentum μ
 * @param trust τ
 * @param weightDecay λ, coupled
 * @param decayVectors whether biases and gains decay
 * @param adaptVectors whether biases and gains have the ratio
 */
@RuleName("lars")
public record Lars(
        Schedule rate,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "decay of the accumulated gradient") double momentum,
        @Hyper(standard = 1e-3, range = Range.POSITIVE, meaning = "norm of a step in units of the parameter's, at rate 1") double trust,
        @Hyper(standard = 5e-4, range = Range.NOT_NEGATIVE, meaning = "coupled: enters the gradient") double weightDecay,
        @Hyper(standard = 0, meaning = "whether tensors of rank 0 and 1 decay") boolean decayVectors,
        @Hyper(standard = 0, meaning = "whether tensors of rank 0 and 1 have the ratio") boolean adaptVectors)
        implements Optimizer {

    public Lars {
        Description.of(Lars.class).require(momentum, trust, weightDecay);
    }

    /** One slot: u. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        return new OptimizerState(layout, horizon, new float[1][layout.size()], new float[0])
                .holding(0, OptimizerState.Content.MOMENTUM);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        state.requireFits(step);
        double eta = rate.rate(state.t(), state.horizon());
        for (int i = 0; i < state.layout().tensors(); i++) {
            move(state, step, i, eta, momentum, trust, weightDecay, Double.POSITIVE_INFINITY, decayVectors, adaptVectors);
        }
        state.advance();
    }

    /** One tensor's step, with both norms bounded. */
    static void move(
            OptimizerState state, Step step, int tensor, double eta, double momentum, double trust, double weightDecay, double bound,
            boolean decayVectors, boolean adaptVectors) {
        ParamLayout layout = state.layout();
        int begin = layout.offset(tensor);
        int end = layout.offset(tensor + 1);
        boolean vector = layout.spec(tensor).shape().rank() <= 1;
        boolean adapted = adaptVectors || !vector;
        float decay = (float) (decayVectors || !vector ? weightDecay : 0);
        double ratio = 1;
        if (adapted) {
            double parameter = Norms.norm(step.params(), begin, end);
            double gradient = Math.sqrt(Norms.squares(step.gradient(), decay, step.params(), begin, end));
            ratio = parameter > 0 && gradient > 0 ? trust * Math.min(parameter, bound) / Math.min(gradient, bound) : 1;
        }
        double scale = adapted ? layout.spec(tensor).scaling().relative() : layout.spec(tensor).scaling().sgd();
        move(step.params(), step.gradient(), state.slot(0), begin, end, (float) momentum, decay, (float) ratio, (float) (eta * scale));
    }

    private static void move(
            float[] w, float[] g, float[] u, int begin, int end, float momentum, float decay, float ratio, float rate) {
        for (int i = begin; i < end; i++) {
            float buffer = momentum * u[i] + ratio * (g[i] + decay * w[i]);
            u[i] = buffer;
            w[i] -= rate * buffer;
        }
    }
}
