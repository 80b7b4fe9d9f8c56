package io.evolo.optimizers.designed;

import io.evolo.optimizers.Need;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import java.util.Set;

/**
 * NGDiff (Bu et al. 2024): {@link NormalizedDifference} under momentum, for tasks with a second objective that is to be forgotten. The
 * paper's automatic learning rate is not here. The muP factors are momentum's.
 *
 * @param rate η per step
 * @param momentum μ of the base; 0: w ← w − η(g_R/‖g_R‖ − g_F/‖g_F‖)
 * @param weightDecay λ of the base, coupled to the direction
 */
@RuleName("ngdiff")
public record NgDiff(
        Schedule rate,
        @Hyper(standard = 0, range = Range.DECAY, meaning = "of the base") double momentum,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "of the base, coupled") double weightDecay)
        implements Optimizer {

    public NgDiff {
        Description.of(NgDiff.class).require(momentum, weightDecay);
    }

    /** Momentum's slots. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        return new NormalizedDifference(Momentum.of(rate, momentum, weightDecay)).init(layout, horizon);
    }

    @Override
    public Set<Need> needs() {
        return Set.of(Need.GRADIENT, Need.SECOND_GRADIENT);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        NormalizedDifference.stepOf(state, step);
    }
}
