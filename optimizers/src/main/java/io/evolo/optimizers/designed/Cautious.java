package io.evolo.optimizers.designed;

import io.evolo.optimizers.Around;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * A rule that moves only what it moves against the gradient of its step (Liang et al. 2024, "Cautious Optimizers"; kyleliang919/C-Optim).
 * With u what the rule would subtract, per tensor:
 *
 * <pre>
 * w ← (1 − ηλ) w;  k = 1[u g &gt; 0];  k ← k/max(mean(k), floor)        older: k ← k size/(sum(k) + 1)
 * w ← w − k u
 * </pre>
 *
 * <p>λ is taken over from the rule, which decays by no other way, so that a decay is never masked.
 *
 * @param rule whose parameters stand nowhere but in the step
 * @param rate η per step, for the decay alone
 * @param weightDecay λ, decoupled
 * @param floor least share of moved elements that is divided by
 * @param olderScale see above
 */
@RuleName("cautious")
public record Cautious(
        Optimizer rule,
        Schedule rate,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "decoupled, times the rate") double weightDecay,
        @Hyper(standard = 1e-3, range = Range.POSITIVE, meaning = "least share of moved elements that is divided by") double floor,
        @Hyper(standard = 0, meaning = "whether steps are scaled by size/(moved + 1), as C-Lion's") boolean olderScale)
        implements Around {

    public Cautious {
        Description.of(Cautious.class).require(weightDecay, floor);
    }

    /** Around the rule's state, with scratch for a copy of the parameters. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        OptimizerState inner = Around.movable("cautious", rule.init(layout, horizon));
        return inner.around(layout, new float[0][], new float[layout.size()], inner);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        ParamLayout layout = state.layoutOf(step);
        float[] w = step.params();
        float[] before = state.scratch();
        if (weightDecay > 0) {
            Elementwise.scale(w, 0, w.length, (float) (1 - rate.rate(state.t(), state.horizon()) * weightDecay));
        }
        System.arraycopy(w, 0, before, 0, w.length);
        rule.step(state.plan(OptimizerState.class), step);
        for (int i = 0; i < layout.tensors(); i++) {
            mask(w, before, step.gradient(), layout.offset(i), layout.offset(i + 1));
        }
    }

    private void mask(float[] w, float[] before, float[] g, int begin, int end) {
        int moved = 0;
        for (int i = begin; i < end; i++) {
            moved += isAgainst(before[i] - w[i], g[i]) ? 1 : 0;
        }
        int size = end - begin;
        float scale = (float) (olderScale ? size / (moved + 1.0) : 1 / Math.max((double) moved / size, floor));
        for (int i = begin; i < end; i++) {
            float u = before[i] - w[i];
            // Times 0, not left out: what is not a number must not vanish.
            w[i] = before[i] - (isAgainst(u, g[i]) ? scale : 0) * u;
        }
    }

    /** u g &gt; 0, also where the product would be 0 as a float. */
    static boolean isAgainst(float u, float g) {
        return u > 0 && g > 0 || u < 0 && g < 0;
    }
}
