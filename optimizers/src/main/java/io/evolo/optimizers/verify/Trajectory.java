package io.evolo.optimizers.verify;

import io.evolo.optimizers.Optimizer;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.kernels.Twin;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * One run of a reference implementation: from the initial parameters, the recorded gradients and losses lead to the recorded
 * parameters.
 *
 * @param rule name of the rule, as the file has it
 * @param subject what of this project claims to do the same
 * @param layout the tensors
 * @param initial parameters before the first step [D]
 * @param gradients one per step, each [D]
 * @param losses one per step; zeros where the file has none
 * @param after parameters after so many steps, each [D]
 * @param judged what the network was judged by after so many steps, each [D]; empty where those are the parameters
 * @param measure how parameters are compared
 * @param tolerance largest difference that counts as agreement
 * @param evidence what else the run shows
 */
record Trajectory(
        String rule,
        Subject subject,
        ParamLayout layout,
        float[] initial,
        List<float[]> gradients,
        float[] losses,
        SortedMap<Integer, float[]> after,
        SortedMap<Integer, float[]> judged,
        Measure measure,
        double tolerance,
        Evidence evidence) {

    /** A run that shows gradients and losses alone. */
    Trajectory(
            String rule,
            Subject subject,
            ParamLayout layout,
            float[] initial,
            List<float[]> gradients,
            float[] losses,
            SortedMap<Integer, float[]> after,
            Measure measure,
            double tolerance) {
        this(rule, subject, layout, initial, gradients, losses, after, new TreeMap<>(), measure, tolerance, Evidence.NONE);
    }

    Trajectory {
        if (subject instanceof Rule) {
            int steps = gradients.size();
            SortedMap<Integer, float[]> recorded = new TreeMap<>(after);
            recorded.putAll(judged);
            if (layout.tensors() == 0 || recorded.isEmpty() || recorded.firstKey() < 1 || recorded.lastKey() > steps) {
                throw new IllegalArgumentException("parameters of " + layout.tensors() + " tensors are recorded after steps "
                        + recorded.keySet() + ", but gradients for " + steps + " steps, so there is nothing to compare");
            }
        }
    }

    /** What of this project claims to do what the reference did. */
    sealed interface Subject {}

    /** A rule, on given kernels. */
    record Rule(Function<Twin, Optimizer> bind) implements Subject {}

    /** Nothing. */
    record Nothing(String why) implements Subject {}
}
