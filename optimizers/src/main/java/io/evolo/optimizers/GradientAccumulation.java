package io.evolo.optimizers;

import io.evolo.tasks.ParamLayout;
import java.util.Arrays;
import java.util.Set;

/**
 * A rule that steps once for every so many gradients, along their mean: batches of a multiple of the size that memory holds. The last step is along
 * the mean of what is left, where the planned number of gradients is no multiple. The state's
 * step count is the rule's; the planned number of steps is that of gradients on the outside and of the rule's steps, rounded up, on the
 * inside. The loss that the rule sees is the mean too.
 *
 * @param rule what makes the steps; it may read nothing but loss and gradient
 * @param every gradients per step, at least 1
 */
public record GradientAccumulation(Optimizer rule, int every) implements Around {

    public GradientAccumulation {
        if (every < 1) {
            throw new IllegalArgumentException("gradients per step are " + every + ", expected at least 1");
        }
        if (!Set.of(Need.GRADIENT).containsAll(rule.needs())) {
            throw new IllegalArgumentException("the rule " + rule.getClass().getSimpleName() + " reads " + rule.needs()
                    + ", of which only gradients can be accumulated; use a larger batch");
        }
    }

    /**
     * Around the rule's state, with two more slots: the sum of gradients, and the sum of losses with the number of both.
     *
     * @throws IllegalArgumentException if fewer gradients are planned than one step takes
     */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        if (every > horizon) {
            throw new IllegalArgumentException("gradients per step are " + every + ", expected at most the " + horizon
                    + " that are planned: no step would be made along as many");
        }
        OptimizerState inner = rule.init(layout, Math.ceilDiv(horizon, every));
        var inside = new Inside(inner, horizon);
        return inner.around(layout, new float[][] {new float[layout.size()], new float[2]}, new float[layout.size()], inside);
    }

    /** @param gradients planned */
    private record Inside(OptimizerState state, int gradients) {}

    @Override
    public void step(OptimizerState state, Step step) {
        state.requireFits(step);
        float[] sum = state.slot(state.slots() - 2);
        float[] seen = state.slot(state.slots() - 1);
        add(sum, step.gradient());
        seen[0] += step.loss();
        seen[1]++;
        Inside inside = state.plan(Inside.class);
        boolean last = (long) state.t() * every + (long) seen[1] == inside.gradients;
        if (seen[1] < every && !last) {
            return;
        }
        float[] gradient = step.gradient();
        float loss = step.loss();
        System.arraycopy(gradient, 0, state.scratch(), 0, gradient.length);
        divide(sum, seen[1], gradient);
        rule.step(inside.state, step.at(seen[0] / seen[1]));
        System.arraycopy(state.scratch(), 0, gradient, 0, gradient.length);
        step.at(loss);
        Arrays.fill(sum, 0);
        Arrays.fill(seen, 0);
    }

    private static void add(float[] sum, float[] g) {
        for (int i = 0; i < g.length; i++) {
            sum[i] += g[i];
        }
    }

    private static void divide(float[] sum, float count, float[] out) {
        for (int i = 0; i < out.length; i++) {
            out[i] = sum[i] / count;
        }
    }

    @Override
    public OptimizerState inside(OptimizerState state) {
        return state.plan(Inside.class).state;
    }
}
