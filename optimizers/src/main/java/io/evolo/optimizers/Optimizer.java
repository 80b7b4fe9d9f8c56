package io.evolo.optimizers;

import io.evolo.tasks.ParamLayout;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An update rule. Immutable and thread-safe; what changes is the {@link OptimizerState}.
 *
 * <p>Rules scale their updates per tensor by the layout's muP factors ({@code Scaling.adam} or {@code Scaling.sgd}); under the
 * standard parametrization all of these are 1.
 */
public interface Optimizer {

    /**
     * The state before the first step, with all the memory that steps will need.
     *
     * @param horizon planned number of steps, at least 1; schedules and some learned rules depend on it
     */
    OptimizerState init(ParamLayout layout, int horizon);

    /** Makes one step: changes {@code state} and {@code step.params()} in place. Allocates nothing. */
    void step(OptimizerState state, Step step);

    /** What the rule reads from its steps beside parameters and loss. A rule around another has the other's needs too. */
    default Set<Need> needs() {
        return Set.of(Need.GRADIENT);
    }

    /**
     * What the rule does with tensors that it cannot treat in its own way, one line for a person to read per kind of treatment; none
     * where it treats all alike.
     */
    default List<String> remarks(ParamLayout layout) {
        return List.of();
    }

    /**
     * The rule that this one really is on a layout of which it can treat no tensor in its own way: the name of the one that it leaves
     * them to. Empty where it is itself.
     */
    default Optional<String> amountsTo(ParamLayout layout) {
        return Optional.empty();
    }

    /** Whether the network is to be judged by other parameters than those that the steps work on. */
    default boolean averages() {
        return false;
    }

    /**
     * Writes the parameters that the network is to be judged by. They are those that the steps work on, but for rules that
     * {@linkplain #averages() average} over the steps, such as Schedule-Free AdamW.
     *
     * @param params what the steps have come to, not changed
     * @param out not {@code params} itself
     */
    default void evaluationParams(OptimizerState state, float[] params, float[] out) {
        System.arraycopy(params, 0, out, 0, params.length);
    }
}
