package io.evolo.optimizers.verify;

import io.evolo.optimizers.Around;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.designed.Eigenbases;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * A rule in recorded eigenbases: null spaces have no bases of their own, so those that the reference happened to take replace ours after
 * the first step.
 *
 * @param bases per tensor and axis, [n, n]; of length 0 where the axis is not rotated, no axes where no axis of the tensor is
 */
record GivenBases<R extends Optimizer & Eigenbases>(R rule, List<List<float[]>> bases) implements Around {

    /** @param reversed whether axes are recorded in the opposite of this project's order */
    static List<List<float[]>> recorded(JsonValue root, ParamLayout layout, boolean reversed) {
        List<List<float[]>> tensors = new ArrayList<>();
        for (ParamSpec spec : layout.specs()) {
            JsonValue recorded = root.get("initial_eigenbases");
            List<float[]> axes = new ArrayList<>();
            for (JsonValue basis : recorded.has(spec.name()) ? recorded.get(spec.name()).elements() : List.<JsonValue>of()) {
                float[] q = new float[basis.node().isNull() ? 0 : basis.node().size()];
                if (q.length > 0) {
                    basis.copyTo(q, 0, q.length);
                }
                axes.add(q);
            }
            tensors.add(reversed ? axes.reversed() : axes);
        }
        return tensors;
    }

    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        return rule.init(layout, horizon);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        rule.step(state, step);
        for (int i = 0; state.t() == 1 && i < bases.size(); i++) {
            for (int axis = 0; axis < bases.get(i).size(); axis++) {
                float[] q = bases.get(i).get(axis);
                int at = rule.basisAt(state, i, axis);
                if (q.length > 0 != at >= 0) {
                    throw new IllegalArgumentException("axis " + axis + " of tensor " + i + ": a basis of " + q.length
                            + " values was recorded, but the rule " + (at < 0 ? "does not rotate it" : "rotates it"));
                }
                System.arraycopy(q, 0, state.slot(rule.basesSlot()), Math.max(at, 0), q.length);
            }
        }
    }

    @Override
    public OptimizerState inside(OptimizerState state) {
        return state;
    }
}
