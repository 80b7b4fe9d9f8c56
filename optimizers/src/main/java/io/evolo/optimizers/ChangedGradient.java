package io.evolo.optimizers;

import io.evolo.tasks.ParamLayout;
import java.util.List;

/**
 * A rule that sees the gradient after some changes, one after the other. The caller's gradient is changed in place while the rule runs and is bit
 * for bit the same afterwards.
 *
 * @param rule whose state gets no more than scratch by this
 */
public record ChangedGradient(Optimizer rule, List<GradientChange> changes) implements Around {

    public ChangedGradient {
        changes = List.copyOf(changes);
    }

    /** The rule's state with a copy of the gradient at the end of its scratch, where a change concerns the layout. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        OptimizerState state = rule.init(layout, horizon);
        return changes.stream().anyMatch(change -> change.concerns(layout)) ? state.withMoreScratch(layout.size()) : state;
    }

    @Override
    public void step(OptimizerState state, Step step) {
        ParamLayout layout = state.layoutOf(step);
        float[] gradient = step.gradient();
        int copy = state.scratch().length - gradient.length;
        boolean changed = false;
        for (int i = 0; i < changes.size(); i++) {
            GradientChange change = changes.get(i);
            if (change.concerns(layout) && change.changes(layout, gradient)) {
                if (!changed) {
                    System.arraycopy(gradient, 0, state.scratch(), copy, gradient.length);
                }
                changed = true;
                change.change(layout, gradient);
            }
        }
        rule.step(state, step);
        if (changed) {
            System.arraycopy(state.scratch(), copy, gradient, 0, gradient.length);
        }
    }

    @Override
    public OptimizerState inside(OptimizerState state) {
        return state;
    }
}
