package io.evolo.optimizers;

import io.evolo.tasks.ParamLayout;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A rule around another: what it does not say itself is what the rule inside says. */
public interface Around extends Optimizer {
    /** The rule inside. */
    Optimizer rule();

    /** The inner rule's state, of one that this rule has made: its plan, unless the wrapper says otherwise. */
    default OptimizerState inside(OptimizerState state) {
        return state.plan(OptimizerState.class);
    }

    @Override
    default Set<Need> needs() {
        return rule().needs();
    }

    @Override
    default List<String> remarks(ParamLayout layout) {
        return rule().remarks(layout);
    }

    @Override
    default Optional<String> amountsTo(ParamLayout layout) {
        return rule().amountsTo(layout);
    }

    @Override
    default boolean averages() {
        return rule().averages();
    }

    @Override
    default void evaluationParams(OptimizerState state, float[] params, float[] out) {
        rule().evaluationParams(inside(state), params, out);
    }

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
}
