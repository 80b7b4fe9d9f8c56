package io.evolo.optimizers;

import io.evolo.tasks.DenseSignals;
import io.evolo.tasks.ParamLayout;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * What a training can show its rule beside parameters, loss and gradient. Views and functions that stay the same for a whole run and
 * are about its current step; nothing is computed before a rule asks.
 *
 * @param dense one per dense layer of the layout, in its order; empty: not shown
 * @param lossAt the current batch's loss at other parameters [D]; at most one: empty, not offered
 * @param second the gradient of a second objective at the current parameters [D]; length 0: there is none
 */
public record Signals(List<DenseSignals> dense, List<ToDoubleFunction<float[]>> lossAt, float[] second) {
    /** Nothing. */
    public static final Signals NONE = new Signals(List.of(), List.of(), new float[0]);

    public Signals {
        dense = List.copyOf(dense);
        lossAt = List.copyOf(lossAt);
        if (lossAt.size() > 1) {
            throw new IllegalArgumentException("got " + lossAt.size() + " losses at other parameters, expected at most one");
        }
    }

    /** The needs that these signals and a gradient serve on that layout. A layout without dense layers has all of theirs. */
    public Set<Need> serves(ParamLayout layout) {
        EnumSet<Need> served = EnumSet.of(Need.GRADIENT);
        if (dense.size() == layout.dense().size()) {
            served.add(Need.DENSE_SIGNALS);
        }
        if (!lossAt.isEmpty()) {
            served.add(Need.LOSS_ELSEWHERE);
        }
        if (second.length == layout.size()) {
            served.add(Need.SECOND_GRADIENT);
        }
        return served;
    }

    /**
     * Checks before a training's first step that its rule will find what it reads.
     *
     * @param training for the message
     * @throws IllegalArgumentException if something is missing; the message says what
     */
    public void require(Optimizer rule, ParamLayout layout, String training) {
        Set<Need> served = serves(layout);
        for (Need need : rule.needs()) {
            if (!served.contains(need)) {
                throw new IllegalArgumentException("the rule " + rule.getClass().getSimpleName() + " needs " + need.words()
                        + ", which " + training + " does not offer; take another rule, or a task that does");
            }
        }
    }
}
