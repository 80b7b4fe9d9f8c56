package io.evolo.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.checkpoints.CheckpointException;
import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.optimizers.learned.Packages;
import io.evolo.tasks.DoubleRange;
import io.evolo.tasks.IntRange;
import io.evolo.tasks.LossScale;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.data.TextSpec;
import io.evolo.tasks.families.Loss;
import io.evolo.tasks.families.Mlp;
import io.evolo.tasks.families.Norm;
import io.evolo.tasks.kernels.Activation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.util.Event;

class MetaRunTest {
    @TempDir
    private Path folder;

    @Test
    void aRunThatStoppedWithoutSavingContinuesFromItsLastCheckpointWithTheSameBits() {
        Path whole = folder.resolve("whole");
        Path killed = folder.resolve("killed");
        try (MetaRun run = MetaRun.create(whole, recipe(), "config", 1)) {
            advance(run, 8);
            run.finish();
        }
        try (MetaRun run = MetaRun.create(killed, recipe(), "config", 2)) {
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
        assertThat(two.provenance().get("laneSteps")).isEqualTo(one.provenance().get("laneSteps"));
        assertThat(one.featureStatistics().keySet()).contains("gradient", "parameter", "loss", "accumulator_3");
        assertThat(two.featureStatistics()).usingRecursiveComparison().isEqualTo(one.featureStatistics());
    }

    @Test
    void metricsOfStepsThatWereLostAreWrittenOnce() throws IOException {
        try (MetaRun run = MetaRun.create(folder, recipe(), "config", 2)) {
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
        try (MetaRun run = MetaRun.create(folder, recipe(), "config", 2)) {
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
        try (MetaRun run = MetaRun.create(folder, recipe(), "config", 1)) {
            assertThatThrownBy(() -> MetaRun.resume(folder, recipe(), 1))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining(run.directory() + " is in use");
        }
        assertThatThrownBy(() -> MetaRun.create(folder, recipe(), "config", 1))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("already holds a run; continue it with --resume");
    }

    @Test
    void aCheckpointOfAnotherRecipeIsRefused() {
        try (MetaRun run = MetaRun.create(folder, recipe(), "config", 1)) {
            advance(run, 1);
            run.checkpoint();
        }
        Recipe other = new Recipe(
                "tiny", 1, new Rule("small_fc", Map.of("hidden", 3.0)), recipe().tasks(), recipe().estimation(),
                recipe().horizon(), recipe().outer(), recipe().saving(), recipe().evaluation(), "");

        assertThatThrownBy(() -> MetaRun.resume(folder, other, 1))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("is not of this run's recipe");
    }

    private static void advance(MetaRun run, int steps) {
        for (int i = 0; i < steps; i++) {
            run.advance();
        }
    }

    private static Recipe recipe() {
        var architecture = new Mlp(IntRange.of(1), List.of(Activation.RELU, Activation.TANH), Norm.NONE, 0, Loss.CROSS_ENTROPY);
        var networks = new NetworkFamilySpec(
                architecture,
                new Data("strokes", 4, true, true, TextSpec.Unit.CHARACTERS, 0),
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
                new EvaluationGrid(List.of(4, 8), List.of(10), 2, 3, List.of(Baseline.Decay.CONSTANT), 1, 1e-3, 0.1, 100), "");
    }
}
