package io.evolo.meta;

import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.tasks.TaskFamily;
import java.util.List;

/**
 * What all particles of a run have in common.
 *
 * @param families each is solved by {@code estimation.pairs()} particles, in order
 * @param frozen tensors of theta that are not perturbed; see {@link Outer}
 */
public record ParticleSpec(
        LearnedOptimizer rule,
        List<TaskFamily> families,
        Estimation estimation,
        Horizon horizon,
        long seed,
        List<String> frozen) {

    /** Nothing is frozen. */
    public ParticleSpec(LearnedOptimizer rule, List<TaskFamily> families, Estimation estimation, Horizon horizon, long seed) {
        this(rule, families, estimation, horizon, seed, List.of());
    }

    public ParticleSpec {
        families = List.copyOf(families);
        frozen = List.copyOf(frozen);
        Checks.that(!families.isEmpty(), "number of task families", 0, "at least 1");
    }

    public int particles() {
        return families.size() * estimation.pairs();
    }

    ThetaMask mask() {
        return ThetaMask.of(rule.thetaLayout(), frozen);
    }

    TaskFamily family(int particle) {
        return families.get(particle / estimation.pairs());
    }
}
