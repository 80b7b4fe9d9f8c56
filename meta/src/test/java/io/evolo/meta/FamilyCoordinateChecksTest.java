package io.evolo.meta;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.meta.CoordinateCheck.Result;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.LearnedOptimizers;
import io.evolo.tasks.IntRange;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.data.DataSpec;
import io.evolo.tasks.data.TaskData;
import io.evolo.tasks.data.Teacher;
import io.evolo.tasks.data.TextSpec;
import io.evolo.tasks.families.Architecture;
import io.evolo.tasks.families.Autoencoder;
import io.evolo.tasks.families.Conv;
import io.evolo.tasks.families.Mlp;
import io.evolo.tasks.families.NetworkFamily;
import io.evolo.tasks.families.Norm;
import io.evolo.tasks.families.Regressor;
import io.evolo.tasks.families.Resnet;
import io.evolo.tasks.families.RnnLm;
import io.evolo.tasks.families.TransformerLm;
import io.evolo.tasks.families.Vae;
import io.evolo.tasks.families.Vit;
import io.evolo.tasks.kernels.Activation;
import io.evolo.tasks.kernels.RecurrentCell;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every family under muP, small enough for a test; docs/benchmarks/coordinate-checks.md has the widths up to 2048. Batches are small
 * against the widths: what the signs of a mean over n examples and the units agree on is of order 1/√n, the sampling error of a mean
 * over units of order 1/√width.
 */
class FamilyCoordinateChecksTest {
    private static final TaskData IMAGES = DataSpec.strokes(8).load();

    /**
     * What is checked.
     *
     * @param sgd rate of SGD, at which training is neither still at its start after five steps nor diverges
     */
    record Setup(
            String name,
            Architecture architecture,
            TaskData data,
            int batch,
            List<Integer> widths,
            int seeds,
            List<Integer> steps,
            double sgd) {
        @Override
        public String toString() {
            return name;
        }

        CoordinateCheck under(Parametrization parametrization) {
            return new CoordinateCheck(
                    width -> NetworkFamily.of(architecture, width, batch, parametrization, data).sample(Rng.of(1, "test")),
                    widths,
                    steps,
                    seeds,
                    100,
                    1);
        }
    }

    private static Setup setup(String name, Architecture architecture, TaskData data, int batch, double sgd) {
        return new Setup(name, architecture, data, batch, List.of(64, 128, 256), 4, List.of(2, 5), sgd);
    }

    static Stream<Setup> setups() {
        TaskData text = TextSpec.grammar().load();
        List<Activation> relu = List.of(Activation.RELU);
        Architecture conv = new Conv(IntRange.of(2), IntRange.of(2), List.of(1), relu, Norm.NONE);
        // The signal that a draw's noise sends back settles at its limit in wide networks and after some steps only.
        Setup vae = new Setup("vae", Vae.standard(), IMAGES, 4, List.of(512, 1024, 2048), 2, List.of(30), 3);
        return Stream.concat(
                Stream.of(
                        setup("mlp", Mlp.of(2), IMAGES, 8, 1),
                        setup("conv", conv, IMAGES, 4, 1),
                        new Setup("resnet", new Resnet(IntRange.of(1), List.of(1, 1), 3, Norm.BATCH), IMAGES, 8, List.of(32, 64, 128),
                                4, List.of(2, 5), 1),
                        setup("vit", new Vit(IntRange.of(1), 4, 16, 4, 1, 0), IMAGES, 4, 0.3),
                        setup("autoencoder", Autoencoder.standard(), IMAGES, 8, 1),
                        vae,
                        setup("transformer_lm", new TransformerLm(IntRange.of(1), 4, 16, IntRange.of(8), 4, 0), text, 2, 1),
                        setup("teacher_student", new Regressor(IntRange.of(2), relu, Norm.NONE),
                                new Teacher(16, 1, 32, 2, 0.1, 0, Teacher.HELD_OUT).draw(), 8, 0.1)),
                Stream.of(RecurrentCell.values())
                        .map(cell -> setup("rnn_lm " + cell, new RnnLm(List.of(cell), IntRange.of(1), IntRange.of(8)), text, 2, 1)));
    }

    private static Map<String, Optimizer> rules(double sgd) {
        Map<String, Optimizer> rules = new LinkedHashMap<>();
        // Under muP gradients shrink with the width, which no epsilon must notice.
        rules.put("adamw", HandDesigned.of("adamw", Map.of("epsilon", 1e-16), Schedules.constant(0.03)));
        rules.put("signum", HandDesigned.named("signum", Schedules.constant(0.03)));
        rules.put("sgd", HandDesigned.named("sgd", Schedules.constant(sgd)));
        rules.put("small_fc", learned("small_fc", Map.of("level_gradients", 1.0, "step_mult", 0.03)));
        rules.put("celo2", learned("celo2", Map.of("level_gradients", 1.0)));
        return rules;
    }

    private static Optimizer learned(String name, Map<String, Double> hyper) {
        LearnedOptimizer rule = LearnedOptimizers.of(name, hyper);
        return rule.bind(rule.initTheta(Rng.of(1, "theta")));
    }

    @ParameterizedTest
    @MethodSource("setups")
    void everyLayerMovesAsFarAtEveryWidthUnderEveryRule(Setup setup) {
        CoordinateCheck check = setup.under(Parametrization.mup(1));
        SoftAssertions softly = new SoftAssertions();
        try (Workers workers = new Workers(2)) {
            rules(setup.sgd()).forEach((name, rule) -> {
                Result result = check.run(rule, workers, () -> {});
                result.layers().forEach(layer -> softly.assertThat(result.passes(layer))
                        .as(name + ", " + layer + ": slope " + result.steepest(layer))
                        .isTrue());
            });
        }
        softly.assertAll();
    }

    @Test
    void underTheStandardParametrizationTransformersGrow() {
        CoordinateCheck check = setups().filter(setup -> setup.name().equals("transformer_lm")).findFirst().orElseThrow()
                .under(Parametrization.standard());
        try (Workers workers = new Workers(2)) {
            Result result = check.run(rules(1).get("adamw"), workers, () -> {});
            assertThat(result.steepest("logits").orElseThrow()).isGreaterThan(0.3);
        }
    }
}
