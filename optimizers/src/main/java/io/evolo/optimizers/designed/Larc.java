package io.evolo.optimizers.designed;

import io.evolo.optimizers.Norms;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * LARS in the form of LARC (NVIDIA/apex, timm's Lars), whose ratio has the norms apart:
 *
 * <pre>
 * q = τ ‖w‖/(‖g‖ + λ‖w‖ + ε)   (1 where a norm is 0; clipped: min(q/η, 1))
 * g ← q (g + λw);  b ← g at the first step, b ← μb + (1 − κ) g later;  w ← w − η b   (Nesterov: g + μb)
 * </pre>
 *
 * <p>Where λ = 0 there is no ratio, unless {@code alwaysAdapt}. Tensors of rank 0 and 1 are left out of both by default, where the
 * source leaves that to parameter groups. muP factor {@code Scaling.relative} with the ratio, {@code Scaling.sgd} without.
 *
 * @param rate η per step
 * @param momentum μ
 * @param dampening κ
 * @param nesterov whether the step looks ahead
 * @param trust τ
 * @param epsilon ε
 * @param weightDecay λ, coupled
 * @param trustClip whether a step is at most what gradient descent would make
 * @param alwaysAdapt whether there is a ratio without decay
 * @param excludeVectors whether biases and gains have neither decay nor ratio
 */
@RuleName("larc")
public record Larc(
        Schedule rate,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "decay of the accumulated gradient") double momentum,
        @Hyper(standard = 0, range = Range.FRACTION, meaning = "share that a new gradient lacks, but for the first") double dampening,
        @Hyper(standard = 0, meaning = "whether the step looks ahead") boolean nesterov,
        @Hyper(standard = 1e-3, range = Range.POSITIVE, meaning = "norm of a step in units of the parameter's, at rate 1") double trust,
        @Hyper(standard = 1e-8, range = Range.NOT_NEGATIVE, meaning = "added to the ratio's denominator") double epsilon,
        @Hyper(standard = 5e-4, range = Range.NOT_NEGATIVE, meaning = "coupled: enters the gradient") double weightDecay,
        @Hyper(standard = 0, meaning = "whether a step is at most what gradient descent would make") boolean trustClip,
        @Hyper(standard = 0, meaning = "whether there is a ratio without weight decay") boolean alwaysAdapt,
        @Hyper(standard = 1, meaning = "whether tensors of rank 0 and 1 have neither decay nor ratio") boolean excludeVectors)
        implements Optimizer {

    public Larc {
        Description.of(Larc.class).require(momentum, dampening, trust, epsilon, weightDecay);
    }

    /** One slot: b. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        return new OptimizerState(layout, horizon, new float[1][layout.size()], new float[0])
                .holding(0, OptimizerState.Content.MOMENTUM);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        ParamLayout layout = state.layoutOf(step);
        double eta = rate.rate(state.t(), state.horizon());
        float fresh = (float) (state.t() == 0 ? 1 : 1 - dampening);
        for (int i = 0; i < layout.tensors(); i++) {
            boolean excluded = excludeVectors && layout.spec(i).shape().rank() <= 1;
            boolean adapted = !excluded && (weightDecay != 0 || alwaysAdapt);
            double ratio = adapted ? ratio(step, layout.offset(i), layout.offset(i + 1), eta) : 1;
            double scale = adapted ? layout.spec(i).scaling().relative() : layout.spec(i).scaling().sgd();
            move(step.params(), step.gradient(), state.slot(0), layout.offset(i), layout.offset(i + 1), (float) momentum, fresh,
                    (float) (excluded ? 0 : weightDecay), (float) ratio, (float) (eta * scale));
        }
        state.advance();
    }

    private double ratio(Step step, int begin, int end, double eta) {
        double parameter = Norms.norm(step.params(), begin, end);
        double gradient = Norms.norm(step.gradient(), begin, end);
        double ratio = parameter > 0 && gradient > 0 ? trust * parameter / (gradient + weightDecay * parameter + epsilon) : 1;
        // At rate 0 nothing moves, whatever the ratio.
        return trustClip && eta > 0 ? Math.min(ratio / eta, 1) : ratio;
    }

    private void move(
            float[] w, float[] gradient, float[] b, int begin, int end, float mu, float fresh, float decay, float ratio, float rate) {
        float ahead = nesterov ? mu : 1;
        float here = nesterov ? 1 : 0;
        for (int i = begin; i < end; i++) {
            float g = ratio * (gradient[i] + decay * w[i]);
            float buffer = mu * b[i] + fresh * g;
            b[i] = buffer;
            w[i] -= rate * (here * g + ahead * buffer);
        }
    }
}
