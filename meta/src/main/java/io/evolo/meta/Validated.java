package io.evolo.meta;

import java.util.List;

/**
 * What a meta-validation found.
 *
 * @param outerStep after which theta was taken
 * @param score mean of {@code problems}: lower is better
 * @param problems for every held-out problem the mean over seeds of ln(final loss / loss before the first step) on its outer validation
 *     part; below 0 where training helped
 * @param diverged training runs that diverged, over all problems
 */
public record Validated(int outerStep, double score, List<Double> problems, int diverged) {

    public Validated {
        problems = List.copyOf(problems);
    }
}
