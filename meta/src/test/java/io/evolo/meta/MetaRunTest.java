package io.evolo.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.checkpoints.CheckpointException;
import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.Packages;
import io.evolo.schema.Schema;
import io.evolo.tasks.DoubleRange;
import io.evolo.tasks.IntRange;
import io.evolo.tasks.LossScale;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.data.TextSpec;
import io.evolo.tasks.families.Loss;
import io.evolo.tasks.families.Mlp;
import io.evolo.tasks.families.Norm;
import io.evolo.tasks.kernels.Activation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.util.Event;

class MetaRunTest {
    static final Validation NO_VALIDATION = new Validation(1000, 0, 2, 1000, Validation.Part.OUTER_VALID, 1e-6, List.of());

    @TempDir
    private Path folder;

    @Test
    void aRunThatStoppedWithoutSavingContinuesFromItsLastCheckpointWithTheSameBits() {
        Path whole = folder.resolve("whole");
        Path killed = folder.resolve("killed");
        try (MetaRun run = MetaRun.create(whole, recipe(), 1)) {
            advance(run, 8);
            run.finish();
        }
        try (MetaRun run = MetaRun.create(killed, recipe(), 2)) {
            advance(run, 5);
            run.checkpoint();
            advance(run, 2); // lost
        }

        try (MetaRun run = MetaRun.resume(killed, recipe(), 2)) {
            assertThat(run.outerStep()).isEqualTo(5);
            advance(run, 3);
            assertThat(run.finished()).isTrue();
            run.finish();
        }

        LearnedOptimizerPackage one = Packages.load(whole.resolve("tiny.evolo"));
        LearnedOptimizerPackage two = Packages.load(killed.resolve("tiny.evolo"));
        assertThat(two.sha256OfTheta()).isEqualTo(one.sha256OfTheta());
        assertThat(Parametrizations.of(one.usage().orElseThrow())).as("what the recipe says").isEqualTo(Parametrizations.of(recipe()));
        assertThat(two.usage()).isEqualTo(one.usage());
        assertThat(one.featureStatistics().keySet()).contains("gradient", "parameter", "loss", "accumulator_3");
        assertThat(killed.resolve("tiny.evolo")).as("whatever either took").hasSameBinaryContentAs(whole.resolve("tiny.evolo"));
    }

    @Test
    void metricsOfStepsThatWereLostAreWrittenOnce() throws IOException {
        try (MetaRun run = MetaRun.create(folder, recipe(), 2)) {
            advance(run, 2);
            run.checkpoint();
            advance(run, 4);
        }
        try (MetaRun run = MetaRun.resume(folder, recipe(), 2)) {
            advance(run, 6);
            run.finish();
        }

        List<String> steps = Files.readAllLines(folder.resolve("metrics.jsonl")).stream()
                .map(line -> line.replaceAll(".*\"outerStep\":(\\d+),.*", "$1"))
                .toList();
        assertThat(steps).containsExactly("2", "4", "6", "8");
        assertThat(EventFileTest.read(folder.resolve("events.out.tfevents.evolo")).stream().map(Event::getStep))
                .as("TensorBoard's events, after the one with the version")
                .containsExactly(0L, 2L, 4L, 6L, 8L);
    }

    @Test
    void aBrokenNewestCheckpointIsReportedAndThePreviousOneUsed() throws IOException {
        try (MetaRun run = MetaRun.create(folder, recipe(), 2)) {
            advance(run, 2);
            run.checkpoint();
            advance(run, 2);
            run.checkpoint();
        }
        Path newest = folder.resolve("checkpoints/step-000000004.ckpt");
        byte[] bytes = Files.readAllBytes(newest);
        bytes[bytes.length / 2] ^= 1;
        Files.write(newest, bytes);

        try (MetaRun run = MetaRun.resume(folder, recipe(), 2)) {
            assertThat(run.outerStep()).isEqualTo(2);
            assertThat(run.refused()).singleElement().satisfies(refused -> assertThat(refused.file()).isEqualTo(newest));
        }
    }

    @Test
    void aDirectoryThatHoldsARunOrIsInUseIsRefused() {
        try (MetaRun run = MetaRun.create(folder, recipe(), 1)) {
            assertThatThrownBy(() -> MetaRun.resume(folder, recipe(), 1))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining(run.directory() + " is in use");
        }
        assertThatThrownBy(() -> MetaRun.create(folder, recipe(), 1))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("already holds a run; continue it with --resume");
    }

    @Test
    void aCheckpointOfAnotherRecipeIsRefused() {
        try (MetaRun run = MetaRun.create(folder, recipe(), 1)) {
            advance(run, 1);
            run.checkpoint();
        }
        Recipe other = new Recipe(
                "tiny", 1, new Rule("small_fc", Map.of("hidden", 3.0)), recipe().tasks(), recipe().estimation(),
                recipe().horizon(), recipe().outer(), recipe().saving(), recipe().validation(), recipe().evaluation(), "");

        assertThatThrownBy(() -> MetaRun.resume(folder, other, 1))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("is not of this run's recipe");
    }

    @Test
    void aRecipeThatWasChangedUnderARunIsRefusedWithBothValues() throws IOException {
        begin();
        Path config = folder.resolve("config.yaml");
        Files.writeString(config, Files.readString(config).replace("name: tiny", "name: huge"));

        assertThatThrownBy(() -> MetaRun.resume(folder, recipe(), 1))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("line 1 was 'name: tiny' and is 'name: huge'")
                .hasMessageContaining("--set KEY=VALUE");
    }

    @Test
    void dataThatWasChangedUnderARunIsRefusedWithBothDigests() {
        begin();
        Recipe other = recipe().on("strokes-thin"); // as files of the same name with other content

        assertThatThrownBy(() -> MetaRun.resume(folder, other, 1))
                .isInstanceOf(CheckpointException.class)
                .hasMessageMatching("(?s).* was made on data strokes.* sha256:\\w+, but what is there now is strokes-thin.* sha256:\\w+; .*");
    }

    @Test
    void aChangeThatIsAskedForIsKeptWithItsOuterStep() throws IOException {
        begin();
        Execution local = Execution.local(1);
        Recipe longer = longer();
        try (MetaRun run = MetaRun.resume(folder, longer, List.of("outer.steps=9"), local)) {
            run.finish();
        }
        assertThat(Files.readString(folder.resolve("config.yaml"))).isEqualTo(Schema.write(longer));
        assertThat(Packages.load(folder.resolve("tiny.evolo")).provenance()).containsEntry("changes", "outer step 1: outer.steps=9");
        try (MetaRun run = MetaRun.resume(folder, longer, 1)) {
            assertThat(run.outerStep()).isEqualTo(1);
        }
    }

    @Test
    void aRunWithoutItsCheckpointsIsNotBegunAnew() throws IOException {
        begin();
        for (Path file : List.of(folder.resolve("checkpoints/step-000000000.ckpt"), folder.resolve("checkpoints/step-000000001.ckpt"))) {
            Files.delete(file);
        }

        assertThatThrownBy(() -> MetaRun.resume(folder, recipe(), 1))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("has no checkpoint in");
    }

    @Test
    void aFolderWithOtherFilesIsNoPlaceForARun() throws IOException {
        Files.writeString(folder.resolve("thesis.txt"), "mine");

        assertThatThrownBy(() -> MetaRun.create(folder, recipe(), 1))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("holds other files (thesis.txt), expected a new or empty directory");
        assertThat(folder.resolve("config.yaml")).doesNotExist();
    }

    /** A run of one outer step. */
    private void begin() {
        try (MetaRun run = MetaRun.create(folder, recipe(), 1)) {
            advance(run, 1);
            run.checkpoint();
        }
    }

    @Test
    void thePackageGetsTheThetaThatMetaValidationFoundBest() throws IOException {
        List<float[]> thetas = new ArrayList<>();
        List<Validated> found = new ArrayList<>();
        Path file;
        try (MetaRun run = MetaRun.create(folder, validating(2, 0), 2)) {
            while (!run.finished()) {
                advance(run, 2);
                thetas.add(run.theta());
                found.add(run.validated().orElseThrow());
            }
            file = run.finish();
        }

        Validated best = Collections.min(found, Comparator.comparingDouble(Validated::score));
        assertThat(found).extracting(Validated::outerStep).containsExactly(2, 4, 6, 8);
        assertThat(found).extracting(Validated::score).doesNotHaveDuplicates();
        assertThat(best.problems()).hasSize(2);
        assertThat(best.score()).isEqualTo((best.problems().get(0) + best.problems().get(1)) / 2);
        assertThat(Packages.load(file).theta()).isEqualTo(thetas.get(found.indexOf(best)));
        assertThat(Packages.load(file).provenance()).containsEntry("bestOuterStep", Integer.toString(best.outerStep()));
        assertThat(Files.readAllLines(folder.resolve("validation.jsonl"))).hasSize(4);
    }

    @Test
    void metaValidationsThatWereLostAreMadeAgainWithTheSameBits() throws IOException {
        Path whole = folder.resolve("whole");
        Path killed = folder.resolve("killed");
        try (MetaRun run = MetaRun.create(whole, validating(3, 0), 1)) {
            advance(run, 8);
            run.finish();
        }
        try (MetaRun run = MetaRun.create(killed, validating(3, 0), 2)) {
            advance(run, 7);
        }
        Files.delete(killed.resolve("checkpoints/step-000000006.ckpt")); // as if killed between line and checkpoint
        Files.writeString(killed.resolve("validation.jsonl"), "{\"outerStep\":", StandardOpenOption.APPEND);

        try (MetaRun run = MetaRun.resume(killed, validating(3, 0), 2)) {
            assertThat(run.outerStep()).isEqualTo(3);
            advance(run, 5);
            run.finish();
        }

        assertThat(killed.resolve("validation.jsonl")).hasSameTextualContentAs(whole.resolve("validation.jsonl"));
        assertThat(scalars(killed, "validation/score")).as("TensorBoard's").containsExactly(3L, 6L, 8L).isEqualTo(scalars(whole, "validation/score"));
        assertThat(scalars(killed, "validation/problem0")).containsExactly(3L, 6L, 8L);
        assertThat(Packages.load(killed.resolve("tiny.evolo")).sha256OfTheta())
                .isEqualTo(Packages.load(whole.resolve("tiny.evolo")).sha256OfTheta());
    }

    /** The outer steps of the events with that tag. */
    private static List<Long> scalars(Path run, String tag) throws IOException {
        return EventFileTest.read(run.resolve("events.out.tfevents.evolo")).stream()
                .filter(event -> event.getSummary().getValueList().stream().anyMatch(value -> value.getTag().equals(tag)))
                .map(Event::getStep)
                .toList();
    }

    @Test
    void aRunThatOnlyGetsWorseEndsEarlyAndStaysEndedWhenItIsResumed() {
        try (MetaRun run = MetaRun.create(folder, validating(1, 2), 2)) {
            while (!run.finished()) {
                advance(run, 1);
                if (run.outerStep() - run.best().orElseThrow().outerStep() >= 2) {
                    assertThat(run.endedEarly()).isTrue();
                }
            }
            assertThat(run.outerStep()).isEqualTo(Math.min(8, run.best().orElseThrow().outerStep() + 2));
            assertThat(run.outerStep()).as("or this tests nothing").isLessThan(8);
        }
        try (MetaRun run = MetaRun.resume(folder, validating(1, 2), 2)) {
            assertThat(run.finished()).isTrue();
            run.finish();
        }
    }

    @Test
    void aProblemThatEveryThetaDivergesOnCountsAsOneThatGotTenTimesWorse() {
        Validated found;
        Rule wild = new Rule("small_fc", Map.of("hidden", 4.0, "step_mult", 1e6));
        try (MetaValidation validation = new MetaValidation(validating(1, 0).validation(), wild.learned(), 1, 1)) {
            found = validation.of(wild.learned().initTheta(Rng.of(1, "theta")), 0);
        }

        assertThat(found.diverged()).isEqualTo(4);
        assertThat(found.score()).isEqualTo(StrictMath.log(10));
    }

    /** The trials themselves, made here by hand. */
    @Test
    void aScoreIsOfThePartThatTheRecipeNames() {
        LearnedOptimizer rule = new Rule("small_fc", Map.of("hidden", 4.0, "adafactor_start", 1.0)).learned();
        float[] theta = rule.initTheta(Rng.of(1, "theta"));
        List<Trial> trials = IntStream.range(0, 2)
                .mapToObj(index -> Trial.run(
                        heldOut(12).family().sample(Rng.of(1, "meta-validation-task", 0)), rule.bind(theta), 20, 1,
                        Trial.Purpose.META_VALIDATION, index, 50, (step, loss) -> {}))
                .toList();

        for (Validation.Part part : Validation.Part.values()) {
            ToDoubleFunction<Trial> loss = part == Validation.Part.TRAIN ? Trial::trainLoss : Trial::validLoss;
            try (MetaValidation validation = new MetaValidation(validation(1, 0, part), rule, 1, 1)) {
                assertThat(validation.of(theta, 0).problems().getFirst())
                        .isEqualTo(trials.stream()
                                .mapToDouble(trial -> StrictMath.log(loss.applyAsDouble(trial) / trial.initialLoss()))
                                .average()
                                .orElseThrow());
            }
        }
        assertThat(trials.getFirst().trainLoss()).isNotEqualTo(trials.getFirst().validLoss());
    }

    private static void advance(MetaRun run, int steps) {
        for (int i = 0; i < steps; i++) {
            run.advance();
        }
    }

    private static Recipe recipe() {
        return recipe(NO_VALIDATION);
    }

    private static Recipe longer() {
        Recipe usual = recipe();
        return new Recipe(
                usual.name(), usual.seed(), usual.rule(), usual.tasks(), usual.estimation(), usual.horizon(),
                new Outer(9, Outer.Search.GRADIENT, 1e-3, 2, 0.1, 1e-4, 1, List.of()),
                usual.saving(), usual.validation(), usual.evaluation(), "");
    }

    private static Recipe validating(int every, int patience) {
        return recipe(validation(every, patience, Validation.Part.OUTER_VALID));
    }

    private static Validation validation(int every, int patience, Validation.Part part) {
        return new Validation(every, patience, 2, 50, part, 1e-6, List.of(new HeldOut(heldOut(12), 20), new HeldOut(heldOut(6), 30)));
    }

    private static Tasks heldOut(int width) {
        var architecture = new Mlp(IntRange.of(1), List.of(Activation.RELU), Norm.NONE, 0, Loss.CROSS_ENTROPY);
        var networks = new NetworkFamilySpec(
                architecture,
                new Data("strokes-thin", 4, true, true, TextSpec.Unit.CHARACTERS, 0, 0),
                IntRange.of(width),
                IntRange.of(8),
                Parametrization.Kind.MUP,
                4,
                LossScale.NATS);
        return new Tasks(networks, new Augmentation(Augmentation.Level.NONE, 1, 1));
    }

    private static Recipe recipe(Validation validation) {
        var architecture = new Mlp(IntRange.of(1), List.of(Activation.RELU, Activation.TANH), Norm.NONE, 0, Loss.CROSS_ENTROPY);
        var networks = new NetworkFamilySpec(
                architecture,
                new Data("strokes", 4, true, true, TextSpec.Unit.CHARACTERS, 0, 0),
                new IntRange(4, 8),
                IntRange.of(8),
                Parametrization.Kind.MUP,
                4,
                LossScale.CLIPPED);
        Tasks tasks = new Tasks(
                networks,
                new Augmentation(Augmentation.Level.GLOBAL, 0.1, 10),
                new Augment(
                        new Augment.Noise(0.5, new DoubleRange(0.1, 1)),
                        new Augment.Batch(0.5, new DoubleRange(0.25, 1)),
                        new Augment.Directions(0.2, new IntRange(2, 9)),
                        new Augment.Delay(0.5, new IntRange(1, 3)),
                        new Augment.Loss(Augment.Loss.Scale.OWN, 1, 10)));
        return new Recipe(
                "tiny",
                1,
                new Rule("small_fc", Map.of("hidden", 4.0)),
                List.of(tasks),
                new Estimation(Estimator.PES, 0.01, 3, 7, MetaLoss.MEAN, 100),
                new Horizon(10, 20, 10),
                new Outer(8, Outer.Search.GRADIENT, 1e-3, 2, 0.1, 1e-4, 1, List.of()),
                new Saving(1e9, 3, 2),
                validation,
                new EvaluationGrid(List.of(4, 8), List.of(10), 2, 3, List.of(Baseline.Decay.CONSTANT), 1, 1e-3, 0.1, 100), "");
    }
}
