package io.evolo.optimizers.verify;

import java.util.Comparator;
import java.util.List;

/** What came of replaying one recorded trajectory. */
public sealed interface Verdict {

    /** Name of the rule, as the file has it. */
    String rule();

    /**
     * The run was replayed.
     *
     * @param steps number of steps
     * @param differences the largest difference of each tensor, in parameter order
     * @param measure what the differences are
     * @param tolerance largest difference that counts as agreement
     */
    record Replayed(String rule, int steps, List<Difference> differences, Measure measure, double tolerance)
            implements Verdict {
        public Replayed {
            differences = List.copyOf(differences);
        }

        /** The tensor that is farthest off; NaN counts as farthest. */
        public Difference largest() {
            return differences.stream().max(Comparator.comparingDouble(Difference::value)).orElseThrow();
        }

        /** Whether every tensor agreed at every recorded step. */
        public boolean agrees() {
            return largest().value() <= tolerance;
        }
    }

    /** This project has no such rule. */
    record NotInProject(String rule, String why) implements Verdict {}

    /**
     * How far one tensor was off at the worst of the recorded steps.
     *
     * @param tensor its name, or its position where the file has no names
     * @param step number of completed steps
     * @param value see the measure; NaN or infinite if the run diverged
     */
    record Difference(String tensor, int step, double value) {}
}
