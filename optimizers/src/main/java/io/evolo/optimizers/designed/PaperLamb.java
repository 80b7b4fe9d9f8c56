package io.evolo.optimizers.designed;

import io.evolo.optimizers.Norms;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * LAMB as the third version of its paper has it, with the bounds of cybertronai/pytorch-lamb: u = m/(√v + ε) + λw without bias
 * correction and without a clip over all tensors; q = φ(‖w‖)/‖u‖ (1 where one is 0), φ(z) = min(max(z, low), high); w ← w − η q u. Every
 * tensor has the ratio unless {@code excludeVectors}. muP factor {@code Scaling.relative} with the ratio, {@code Scaling.adam} without.
 *
 * @param rate η per step
 * @param beta1 β1
 * @param beta2 β2
 * @param epsilon ε
 * @param weightDecay λ, inside the ratio
 * @param lowNorm least ‖w‖ that counts
 * @param highNorm largest ‖w‖ that counts
 * @param excludeVectors whether biases and gains have neither decay nor ratio
 */
@RuleName("lamb-paper")
public record PaperLamb(
        Schedule rate,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "decay of the mean gradient") double beta1,
        @Hyper(standard = 0.999, range = Range.DECAY, meaning = "decay of the mean squared gradient") double beta2,
        @Hyper(standard = 1e-6, range = Range.POSITIVE, meaning = "added to the root") double epsilon,
        @Hyper(standard = 0.01, range = Range.NOT_NEGATIVE, meaning = "inside the ratio") double weightDecay,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "least norm of a parameter that counts") double lowNorm,
        @Hyper(standard = 10, range = Range.BOUND, meaning = "largest norm of a parameter that counts") double highNorm,
        @Hyper(standard = 1, meaning = "whether tensors of rank 0 and 1 have neither decay nor ratio") boolean excludeVectors)
        implements Optimizer {

    public PaperLamb {
        Description.of(PaperLamb.class).require(beta1, beta2, epsilon, weightDecay, lowNorm, highNorm);
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
        for (int i = 0; i < layout.tensors(); i++) {
            boolean excluded = excludeVectors && layout.spec(i).shape().rank() <= 1;
            Lamb.direction(state, step, i, 1, beta1, 1 - beta1, beta2, 1, 1, (float) epsilon, (float) (excluded ? 0 : weightDecay));
            double ratio = excluded ? 1 : ratio(step.params(), state.scratch(), layout.offset(i), layout.offset(i + 1));
            double scale = excluded ? layout.spec(i).scaling().adam() : layout.spec(i).scaling().relative();
            Elementwise.subtract(
                    step.params(), layout.offset(i), layout.offset(i + 1), (float) (eta * scale * ratio), state.scratch());
        }
        state.advance();
    }

    private double ratio(float[] w, float[] u, int begin, int end) {
        double parameter = Math.min(Math.max(Norms.norm(w, begin, end), lowNorm), highNorm);
        double update = Norms.norm(u, begin, end);
        return parameter > 0 && update > 0 ? parameter / update : 1;
    }
}
