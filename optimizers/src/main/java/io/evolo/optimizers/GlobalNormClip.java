package io.evolo.optimizers;

import io.evolo.tasks.ParamLayout;
import java.util.List;
import java.util.Set;

/**
 * A rule that sees the gradient g·min(1, C/(‖g‖ + 1e-6)), norm over all tensors, as torch's {@code clip_grad_norm_} makes it. The
 * caller's gradient is scaled in place while the rule runs and is bit for bit the same afterwards. A gradient that is not finite
 * gives one that is not finite.
 *
 * @param rule what makes the step; not itself a clip, whose bound would be {@code min} of the two
 * @param bound C, positive
 */
public record GlobalNormClip(Optimizer rule, double bound) implements Optimizer {

    public GlobalNormClip {
        if (!(bound > 0) || Double.isInfinite(bound)) {
            throw new IllegalArgumentException("norm bound is " + bound + ", expected a finite positive number");
        }
        if (rule instanceof GlobalNormClip inner) {
            throw new IllegalArgumentException(
                    "a clip at norm " + inner.bound + " inside one at " + bound + "; use one with the smaller bound");
        }
    }

    /** The rule's state with a copy of the gradient at the end of its scratch. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        return rule.init(layout, horizon).withMoreScratch(layout.size());
    }

    @Override
    public void step(OptimizerState state, Step step) {
        float[] gradient = step.gradient();
        double factor = bound / (norm(gradient) + 1e-6);
        if (factor >= 1) {
            rule.step(state, step);
            return;
        }
        float[] scratch = state.scratch();
        int copy = scratch.length - gradient.length;
        System.arraycopy(gradient, 0, scratch, copy, gradient.length);
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] *= (float) factor;
        }
        rule.step(state, step);
        System.arraycopy(scratch, copy, gradient, 0, gradient.length);
    }

    @Override
    public Set<Need> needs() {
        return rule.needs();
    }

    @Override
    public List<String> remarks(ParamLayout layout) {
        return rule.remarks(layout);
    }

    /** In double, as four interleaved sums added in order: one alone would wait for each addition. */
    private static double norm(float[] x) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int i = 0;
        for (; i + 4 <= x.length; i += 4) {
            sum0 += square(x[i]);
            sum1 += square(x[i + 1]);
            sum2 += square(x[i + 2]);
            sum3 += square(x[i + 3]);
        }
        for (; i < x.length; i++) {
            sum0 += square(x[i]);
        }
        return Math.sqrt(sum0 + sum1 + (sum2 + sum3));
    }

    private static double square(double x) {
        return x * x;
    }
}
