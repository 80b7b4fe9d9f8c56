package io.evolo.optimizers.designed;

import io.evolo.optimizers.Around;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import java.util.Arrays;

/**
 * Lookahead (Zhang et al. 2019; kozistr/pytorch_optimizer): after every k-th step of the rule its parameters are drawn back towards where
 * they were k steps before, w ← s + α (w − s); s ← w. The rule's momentum is left alone, or set to 0 with it, or drawn back likewise, from
 * 0 at the start. It is that of whatever rule says that it has one (m of Adam too, where the reference touches SGD's alone).
 *
 * @param rule whose parameters stand nowhere but in the step
 * @param every k
 * @param alpha α
 * @param resetMomentum whether momentum is set to 0
 * @param pullMomentum whether momentum is drawn back
 */
@RuleName("lookahead")
public record Lookahead(
        Optimizer rule,
        @Hyper(standard = 5, range = Range.FROM_ONE, meaning = "steps between the drawings back") int every,
        @Hyper(standard = 0.5, range = Range.FRACTION, meaning = "share of those steps that is kept") double alpha,
        @Hyper(standard = 0, meaning = "whether momentum is set to 0 then") boolean resetMomentum,
        @Hyper(standard = 0, meaning = "whether momentum is drawn back too") boolean pullMomentum)
        implements Around {

    public Lookahead {
        Description.of(Lookahead.class).require(every, alpha);
        if (resetMomentum && pullMomentum) {
            throw new IllegalArgumentException("lookahead: momentum is either set to 0 or drawn back; set one of the two switches");
        }
    }

    /** Around the rule's state, with one more slot for s, and one per momentum that is drawn back, for where it was. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        OptimizerState inner = Around.movable("lookahead", rule.init(layout, horizon));
        int momenta = momenta(inner);
        if (momenta == 0 && (resetMomentum || pullMomentum)) {
            throw new IllegalArgumentException("lookahead: the rule inside has no momentum to set to 0 or draw back; leave the switch off");
        }
        float[][] more = new float[1 + (pullMomentum ? momenta : 0)][layout.size()];
        return inner.around(layout, more, new float[0], inner).holding(inner.slots(), OptimizerState.Content.COPY);
    }

    private static int momenta(OptimizerState inner) {
        int count = 0;
        for (int i = 0; i < inner.slots(); i++) {
            count += inner.content(i) == OptimizerState.Content.MOMENTUM ? 1 : 0;
        }
        return count;
    }

    @Override
    public void step(OptimizerState state, Step step) {
        state.requireFits(step);
        OptimizerState inner = state.plan(OptimizerState.class);
        float[] slow = state.slot(inner.slots());
        if (state.t() == 0) {
            System.arraycopy(step.params(), 0, slow, 0, slow.length);
        }
        rule.step(inner, step);
        if (state.t() % every == 0) {
            pull(step.params(), slow, (float) alpha);
            pullMomentum(state, inner);
        }
    }

    private void pullMomentum(OptimizerState state, OptimizerState inner) {
        int kept = inner.slots();
        for (int i = 0; i < inner.slots(); i++) {
            if (inner.content(i) == OptimizerState.Content.MOMENTUM && resetMomentum) {
                Arrays.fill(inner.slot(i), 0);
            } else if (inner.content(i) == OptimizerState.Content.MOMENTUM && pullMomentum) {
                kept++;
                pull(inner.slot(i), state.slot(kept), (float) alpha);
            }
        }
    }

    /** x ← s + share·(x − s); s ← x. */
    private static void pull(float[] x, float[] slow, float share) {
        for (int i = 0; i < x.length; i++) {
            x[i] = slow[i] + share * (x[i] - slow[i]);
            slow[i] = x[i];
        }
    }
}
