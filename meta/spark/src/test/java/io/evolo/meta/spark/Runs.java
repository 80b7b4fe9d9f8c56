package io.evolo.meta.spark;

import io.evolo.meta.LocalExecutor;
import io.evolo.meta.ParticleExecutor;
import io.evolo.meta.ParticleResult;
import io.evolo.meta.ParticleSpec;
import io.evolo.meta.Recipe;
import io.evolo.schema.Schema;
import io.evolo.tasks.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A small run, and what it comes to on threads. */
final class Runs {
    static final String RECIPE =
            """
            name: tiny
            rule: {name: small_fc, hyper: {hidden: 4, step_mult: 0.01}}
            tasks:
              - {data: {side: 4}, width: 4, depth: 2, batch: 8, lossScale: clipped}
              - {family: quadratic, dimension: 6}
            estimation: {pairs: 3, truncation: 5}
            horizon: {min: 7, max: 20, stagger: 5}
            outer: {steps: 12, rate: 0.01, warmup: 3, clip: 1}
            saving: {every: 0, keep: 3, metricsEvery: 5}
            evaluation: {widths: [4], horizons: [5], seeds: 2, baselineRates: 1, baselineDecays: constant, tuningSeeds: 1, examples: 50}
            """;

    private Runs() {}

    static Recipe recipe(String yaml) {
        return Schema.of(Recipe.class).read(yaml, "test");
    }

    static ParticleSpec spec(String yaml) {
        Recipe recipe = recipe(yaml);
        return recipe.particles(recipe.families());
    }

    /** Any theta of the rule, another one for every step. */
    static float[] theta(ParticleSpec spec, int step) {
        float[] theta = spec.rule().initTheta(Rng.of(5, "theta"));
        Rng rng = Rng.of(5, "walk", step);
        for (int i = 0; i < theta.length; i++) {
            theta[i] += (float) (0.01 * rng.nextDouble());
        }
        return theta;
    }

    /** Makes outer steps. */
    static List<Bits> advance(ParticleExecutor executor, ParticleSpec spec, int from, int to) {
        List<Bits> said = new ArrayList<>();
        for (int step = from; step < to; step++) {
            said.add(Bits.of(executor.advance(theta(spec, step), step)));
        }
        return said;
    }

    /** What the steps come to on threads of this process. */
    static List<Bits> expected(ParticleSpec spec, int steps) {
        try (LocalExecutor local = new LocalExecutor(spec, 2)) {
            return advance(local, spec, 0, steps);
        }
    }

    /** All that the particles said in a step, to the last bit. */
    record Bits(List<String> particles) {
        static Bits of(List<ParticleResult> results) {
            return new Bits(results.stream().map(Bits::of).toList());
        }

        private static String of(ParticleResult result) {
            return Arrays.hashCode(result.gradient()) + " " + result.gradient()[0] + " " + result.loss() + " " + result.diverged() + " "
                    + result.laneSteps() + " " + Arrays.toString(result.seen().snapshot());
        }
    }
}
