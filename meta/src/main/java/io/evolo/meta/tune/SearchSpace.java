package io.evolo.meta.tune;

import io.evolo.meta.Checks;
import java.util.List;

/**
 * Where a rule's hyperparameters are searched.
 *
 * @param optimizer name of the rule
 * @param standardRate the learning rate of the reference implementation, or of the paper where it has none
 * @param axes the learning rate under {@link Candidate#RATE}, then hyperparameters by the rule's own names; at least one
 */
public record SearchSpace(String optimizer, double standardRate, List<Axis> axes) {
    public SearchSpace {
        axes = List.copyOf(axes);
        Checks.that(standardRate > 0, "standardRate", standardRate, "a positive number");
        Checks.that(!axes.isEmpty(), "number of axes", 0, "at least 1");
    }
}
