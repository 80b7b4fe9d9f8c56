package io.evolo.optimizers.designed;

import io.evolo.optimizers.Around;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * {@link Grokfast} with the mean of the last W gradients in place of a decaying one (the MA filter): the rule steps along g + λ mean, or
 * + λ sum. Costs memory for W gradients and, per step, the time to read them. The caller's gradient is bit for bit the same afterwards.
 *
 * @param rule what makes the step
 * @param window W
 * @param strength λ
 * @param sum whether gradients are added, not averaged
 * @param fromStart whether the filter acts before the window is full, on the gradients that there are
 */
@RuleName("grokfast-ma")
public record GrokfastWindow(
        Optimizer rule,
        @Hyper(standard = 100, range = Range.FROM_ONE, meaning = "gradients that are averaged") int window,
        @Hyper(standard = 5, range = Range.NOT_NEGATIVE, meaning = "weight of the mean gradient") double strength,
        @Hyper(standard = 0, meaning = "whether gradients are added, not averaged") boolean sum,
        @Hyper(standard = 0, meaning = "whether the filter acts before the window is full") boolean fromStart)
        implements Around {

    public GrokfastWindow {
        Description.of(GrokfastWindow.class).require(window, strength);
    }

    /** Around the rule's state, with one more slot: the last W gradients, that of step t at t mod W. Scratch for a copy of the gradient. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        OptimizerState inner = rule.init(layout, horizon);
        float[] gradients = new float[Math.multiplyExact(window, layout.size())];
        return inner.around(layout, new float[][] {gradients}, new float[layout.size()], inner);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        state.requireFits(step);
        float[] g = step.gradient();
        float[] gradients = state.slot(state.slots() - 1);
        System.arraycopy(g, 0, gradients, state.t() % window * g.length, g.length);
        int seen = Math.min(state.t() + 1, window);
        System.arraycopy(g, 0, state.scratch(), 0, g.length);
        if (seen == window || fromStart) {
            float share = (float) (sum ? strength : strength / seen);
            for (int k = 0; k < seen; k++) {
                add(g, share, gradients, k * g.length);
            }
        }
        rule.step(state.plan(OptimizerState.class), step);
        System.arraycopy(state.scratch(), 0, g, 0, g.length);
    }

    private static void add(float[] g, float share, float[] gradients, int at) {
        for (int i = 0; i < g.length; i++) {
            g[i] += share * gradients[at + i];
        }
    }
}
