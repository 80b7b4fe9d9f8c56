package io.evolo.meta.evaluation;

import io.evolo.meta.Checks;
import io.evolo.meta.Tasks;
import io.evolo.schema.Default;
import java.util.List;

/**
 * Target runs as a value, written down before the first of them: who reaches a fixed loss in the fewest steps.
 *
 * @param target held-out loss, nats
 * @param entries each with the step where it stops, at least one
 * @param seeds every entry runs with seeds 0 to this number − 1, at least 2; all entries begin alike
 * @param examples of the held-out part that the loss is measured on
 * @param seed everything random is a function of it
 * @param task what is trained
 */
public record TargetPlan(
        double target,
        List<Entry> entries,
        @Default("10") int seeds,
        @Default("2000") int examples,
        @Default("1") long seed,
        @Default("{}") Tasks task) {

    public TargetPlan {
        entries = List.copyOf(entries);
        Checks.that(Double.isFinite(target), "target", target, "a finite loss");
        Checks.that(!entries.isEmpty(), "entries", "empty", "at least one");
        Checks.that(entries.stream().distinct().count() == entries.size(), "entries", entries, "each once");
        Checks.that(seeds >= 2, "seeds", seeds, "at least 2, or there is no test");
        Checks.that(examples >= 1, "examples", examples, "at least 1");
    }

    /**
     * Who enters.
     *
     * @param optimizer a rule with its values, or a package
     * @param steps where it stops, and what its schedule counts on; at least 1
     */
    public record Entry(String optimizer, int steps) {
        public Entry {
            Checks.that(!optimizer.isBlank(), "optimizer", "'" + optimizer + "'", "a rule or a package");
            Checks.that(steps >= 1, "steps of " + optimizer, steps, "at least 1");
        }

        /** As users write it. */
        public String text() {
            return optimizer + "@" + steps;
        }
    }
}
