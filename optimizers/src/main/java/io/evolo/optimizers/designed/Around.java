package io.evolo.optimizers.designed;

import io.evolo.optimizers.OptimizerState;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Role;

/** What rules around rules share. */
final class Around {
    private Around() {}

    /**
     * The state of a rule whose parameters another may move.
     *
     * @throws IllegalArgumentException if parts of them stand in its accumulators, which the other would leave behind
     */
    static OptimizerState movable(String wrapper, OptimizerState inner) {
        for (int i = 0; i < inner.slots(); i++) {
            if (inner.content(i) == OptimizerState.Content.ITERATE) {
                throw new IllegalArgumentException(wrapper + ": the rule inside keeps parameters of its own (accumulator " + i
                        + "), which would not move along; take a rule that does not average over its steps");
            }
        }
        return inner;
    }

    /** Whether a tensor is a matrix between hidden units: the rows of its last axis, however many axes stand before it. */
    static boolean isHiddenMatrix(ParamSpec spec) {
        return spec.role() == Role.HIDDEN && spec.shape().rank() >= 2;
    }

    /** The number of completed steps that a fraction of the planned ones is, rounded. */
    static int steps(double fraction, OptimizerState state) {
        return (int) Math.round(fraction * state.horizon());
    }
}
