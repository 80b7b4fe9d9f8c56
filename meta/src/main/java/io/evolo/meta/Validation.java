package io.evolo.meta;

import io.evolo.schema.Default;
import io.evolo.schema.Unless;
import java.util.List;

/**
 * How a run watches what it is for: at intervals, theta trains problems that meta-training never sees, wider, deeper, longer or on other
 * data. The best theta by this measure is the one that the run's package gets. None by default.
 *
 * @param every outer steps between meta-validations; the last outer step has one in any case
 * @param patience meta-validations in a row without a new best after which the run ends; 0: it never ends early
 * @param seeds training runs per problem, at least 1
 * @param examples that each final loss is measured on
 * @param part what they are taken from. A training that is long for its data fits it until held-out losses grow again, so by these
 *     the slower optimizer looks the better one: take the training part to choose an optimizer by what it is for
 * @param solved share of the loss before the first step below which all final losses count alike, in (0, 1): a problem that is solved is
 *     not solved better
 * @param problems none: no meta-validation
 */
public record Validation(
        @Unless(key = "problems", is = "[]") @Default("1000") int every,
        @Unless(key = "problems", is = "[]") @Default("0") int patience,
        @Unless(key = "problems", is = "[]") @Default("2") int seeds,
        @Unless(key = "problems", is = "[]") @Default("1000") int examples,
        @Unless(key = "problems", is = "[]") @Default("outer_valid") Part part,
        @Unless(key = "problems", is = "[]") @Default("1e-6") double solved,
        @Default("[]") List<HeldOut> problems) {

    /** The part of a problem's data that a final loss is measured on. */
    public enum Part {
        /** Examples that nothing else reads: not the problem's batches, and no loss of meta-training. */
        OUTER_VALID,
        /** The first examples of those that batches are drawn from. */
        TRAIN
    }

    public Validation {
        problems = List.copyOf(problems);
        Checks.that(every >= 1, "every", every, "at least 1 outer step");
        Checks.that(patience >= 0, "patience", patience, "at least 0");
        Checks.that(seeds >= 1, "seeds", seeds, "at least 1");
        Checks.that(examples >= 1, "examples", examples, "at least 1");
        Checks.that(solved > 0 && solved < 1, "solved", solved, "a number between 0 and 1");
    }

    boolean active() {
        return !problems.isEmpty();
    }

    /** Inner steps that one meta-validation makes. */
    long laneSteps() {
        return problems.stream().mapToLong(HeldOut::steps).sum() * seeds;
    }
}
