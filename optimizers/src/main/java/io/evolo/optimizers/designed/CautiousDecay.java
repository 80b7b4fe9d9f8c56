package io.evolo.optimizers.designed;

import io.evolo.optimizers.Around;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * A rule whose weight decay acts only where its step shrinks a weight anyway (arXiv 2510.12402): with u what the rule subtracts,
 * w ← w − u − ηλ 1[u w ≥ 0] w, w on the right from before the step. λ is taken over from the rule, which decays by no other way. muP does
 * not scale it.
 *
 * @param rule whose parameters stand nowhere but in the step
 * @param rate η per step, for the decay alone
 * @param weightDecay λ
 * @param strict whether the mask is u w &gt; 0, so that weights which the step leaves alone do not decay
 */
@RuleName("cautious-decay")
public record CautiousDecay(
        Optimizer rule,
        Schedule rate,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "times the rate, where a step shrinks the weight") double weightDecay,
        @Hyper(standard = 0, meaning = "whether weights that the step leaves alone do not decay") boolean strict)
        implements Around {

    public CautiousDecay {
        Description.of(CautiousDecay.class).require(weightDecay);
    }

    /** Around the rule's state, with scratch for a copy of the parameters. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        OptimizerState inner = Around.movable("cautious-decay", rule.init(layout, horizon));
        return inner.around(layout, new float[0][], new float[layout.size()], inner);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        state.requireFits(step);
        float decay = (float) (rate.rate(state.t(), state.horizon()) * weightDecay);
        float[] w = step.params();
        System.arraycopy(w, 0, state.scratch(), 0, w.length);
        rule.step(state.plan(OptimizerState.class), step);
        decay(w, state.scratch(), decay);
    }

    private void decay(float[] w, float[] before, float decay) {
        for (int i = 0; i < w.length; i++) {
            float u = before[i] - w[i];
            boolean shrinks = u > 0 && before[i] > 0 || u < 0 && before[i] < 0;
            boolean leaves = u == 0 || before[i] == 0;
            w[i] -= shrinks || leaves && !strict ? decay * before[i] : 0;
        }
    }
}
