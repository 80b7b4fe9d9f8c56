package io.evolo.optimizers;

import io.evolo.tasks.ParamLayout;

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
}
