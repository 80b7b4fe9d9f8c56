package io.evolo.meta;

import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.tasks.TaskFamily;
import java.util.List;

/**
 * What all particles of a run have in common.
 *
 * @param families each is solved by {@code estimation.pairs()} particles, in order
 */
public record ParticleSpec(
        LearnedOptimizer rule, List<TaskFamily> families, Estimation estimation, Horizon horizon, long seed) {

    public ParticleSpec {
        families = List.copyOf(families);
        Checks.that(!families.isEmpty(), "number of task families", 0, "at least 1");
    }

    public int particles() {
        return families.size() * estimation.pairs();
    }

    TaskFamily family(int particle) {
        return families.get(particle / estimation.pairs());
    }
}
