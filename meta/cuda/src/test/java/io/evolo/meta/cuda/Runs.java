package io.evolo.meta.cuda;

import io.evolo.meta.Augmentation;
import io.evolo.meta.Baseline;
import io.evolo.meta.Data;
import io.evolo.meta.Estimation;
import io.evolo.meta.Estimator;
import io.evolo.meta.EvaluationGrid;
import io.evolo.meta.Horizon;
import io.evolo.meta.MetaLoss;
import io.evolo.meta.NetworkFamilySpec;
import io.evolo.meta.Outer;
import io.evolo.meta.ParticleSpec;
import io.evolo.meta.Recipe;
import io.evolo.meta.Rule;
import io.evolo.meta.Saving;
import io.evolo.meta.Tasks;
import io.evolo.meta.Validation;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.tasks.IntRange;
import io.evolo.tasks.LossScale;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Reparametrized;
import io.evolo.tasks.TaskFamily;
import io.evolo.tasks.data.TextSpec;
import io.evolo.tasks.families.Architecture;
import io.evolo.tasks.families.Loss;
import io.evolo.tasks.families.Mlp;
import io.evolo.tasks.families.Norm;
import io.evolo.tasks.kernels.Activation;
import java.util.List;
import java.util.Map;

/** Small runs that tests share. */
final class Runs {
    private Runs() {}

    /** Drawn digits of so many pixels a side, or generated text, which has none, to be learned by a network of that width and batch under muP. */
    static TaskFamily digits(Architecture.OfData architecture, int side, IntRange width, int batch) {
        return digits(architecture, side, width, batch, Parametrization.Kind.MUP);
    }

    private static TaskFamily digits(
            Architecture.OfData architecture, int side, IntRange width, int batch, Parametrization.Kind parametrization) {
        int ofImages = architecture instanceof Architecture.OfText ? 8 : side;
        return new NetworkFamilySpec(
                        architecture,
                        new Data("default", ofImages, true, true, TextSpec.Unit.CHARACTERS, 0, 0),
                        width,
                        IntRange.of(batch),
                        parametrization,
                        4,
                        LossScale.CLIPPED)
                .family();
    }

    /** Celo2's task, narrower: 64-8-10, batches of 16. */
    static TaskFamily mlp() {
        return digits(Mlp.of(1), 8, IntRange.of(8), 16);
    }

    /**
     * The same under the standard parametrization, whose first losses differ from batch to batch. Under muP they are ln 10 but for
     * rounding, and what Celo and VeLO make of the difference of two such losses is rounding and nothing else.
     */
    static TaskFamily lively() {
        return lively(Mlp.of(1), 8, 8, 16);
    }

    static TaskFamily lively(Architecture.OfData architecture, int side, int width, int batch) {
        return digits(architecture, side, IntRange.of(width), batch, Parametrization.Kind.SP);
    }

    /** Networks of several layers with one of these activations. */
    static TaskFamily deep(Activation... activations) {
        return digits(new Mlp(IntRange.of(2), List.of(activations), Norm.NONE, 0, Loss.CROSS_ENTROPY), 4, IntRange.of(7), 9);
    }

    static TaskFamily reparametrized(TaskFamily family, Reparametrized.Level level) {
        return new Reparametrized.Family(family, level, 0.1, 10);
    }

    /** Two particles for each family; a truncation of 50 steps within one inner problem. */
    static ParticleSpec spec(LearnedOptimizer rule, TaskFamily... families) {
        return spec(rule, MetaLoss.MEAN, families);
    }

    static ParticleSpec spec(LearnedOptimizer rule, MetaLoss loss, TaskFamily... families) {
        Estimation estimation = new Estimation(Estimator.PES, 0.01, 2, 50, loss, 100);
        return new ParticleSpec(rule, List.of(families), estimation, Horizon.constant(200), 7);
    }

    /** Four particles for each family; truncations of 20 steps over problems of 10 to 30, so that most end within one. */
    static ParticleSpec changing(LearnedOptimizer rule, Estimator estimator, TaskFamily... families) {
        Estimation estimation = new Estimation(estimator, 0.01, 4, 20, MetaLoss.MEAN, 100);
        return new ParticleSpec(rule, List.of(families), estimation, new Horizon(10, 30, 15), 7);
    }

    /** One particle for each family; a truncation of so few steps, the last of which counts. */
    static ParticleSpec brief(LearnedOptimizer rule, int steps, TaskFamily... families) {
        Estimation estimation = new Estimation(Estimator.PES, 0.01, 1, steps, MetaLoss.LAST, 100);
        return new ParticleSpec(rule, List.of(families), estimation, Horizon.constant(200), 3);
    }

    /** A whole run of a rule with eight hidden units, over so many outer steps. */
    static Recipe recipe(String rule, int steps) {
        Data digits = new Data("default", 8, true, true, TextSpec.Unit.CHARACTERS, 0, 0);
        NetworkFamilySpec networks = new NetworkFamilySpec(
                Mlp.of(1), digits, IntRange.of(4), IntRange.of(8), Parametrization.Kind.MUP, 4, LossScale.CLIPPED);
        return new Recipe(
                "tiny",
                1,
                new Rule(rule, Map.of("hidden", 8.0)),
                List.of(new Tasks(networks, new Augmentation(Augmentation.Level.GLOBAL, 0.1, 10))),
                new Estimation(Estimator.PES, 0.01, 2, 20, MetaLoss.MEAN, 100),
                new Horizon(30, 60, 30),
                new Outer(steps, Outer.Search.GRADIENT, 1e-3, 0, 1, 0, 1, List.of()),
                new Saving(1e9, 3, 1),
                new Validation(1000, 0, 2, 1000, Validation.Part.OUTER_VALID, 1e-6, List.of()),
                new EvaluationGrid(List.of(4), List.of(10), 2, 3, List.of(Baseline.Decay.CONSTANT), 1, 1e-3, 0.1, 100),
                "");
    }
}
