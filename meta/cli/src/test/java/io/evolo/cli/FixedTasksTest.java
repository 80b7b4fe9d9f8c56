package io.evolo.cli;

import static io.evolo.cli.TinyRun.evolo;
import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.cli.EvoloProcess.Outcome;
import io.evolo.meta.FixedTask;
import io.evolo.meta.Tasks;
import io.evolo.schema.Schema;
import io.evolo.schema.YamlReader;
import io.evolo.tasks.BatchKey;
import io.evolo.tasks.Optimizee;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Split;
import io.evolo.tasks.Task;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FixedTasksTest {
    private static final List<FixedTask> ALL = FixedTasks.load().tasks();

    static Stream<FixedTask> small() {
        return ALL.stream().filter(FixedTask.Suite.SMALL::contains);
    }

    @Test
    void thePublishedNamesStayAndNoneIsGivenTwice() {
        assertThat(ALL).extracting(FixedTask::name).doesNotHaveDuplicates().contains(
                "ImageMLP_FashionMnist8_Relu32", "ImageMLP_Cifar10_128x128_Dropout05_Relu_MSE", "Conv_Cifar10_32x64x64_batchnorm");
        assertThat(ALL.stream().filter(task -> !task.name().startsWith("Small_"))).hasSize(26).allSatisfy(task -> {
            assertThat(task.steps()).isEqualTo(10_000);
            assertThat(task.needs()).isNotEmpty();
        });
        assertThat(small()).hasSize(16);
    }

    @ParameterizedTest
    @MethodSource("small")
    void everyTaskOfTheSmallSuiteStarts(FixedTask fixed) {
        Task task = FixedTasks.ready(fixed, "").family().sample(Rng.of(1, "test"));
        Optimizee optimizee = task.open();
        float[] w = new float[task.layout().size()];
        optimizee.init(Rng.of(1, "init"), w);
        float loss = optimizee.lossAndGradient(w, BatchKey.of(Split.TRAIN, 1, "batches"), 0, new float[w.length]);
        assertThat(loss).isBetween(0f, 200f);
    }

    @Test
    void whatShowPrintsIsTheTask() {
        Outcome outcome = evolo("tasks", "show", "Small_MLP_Strokes8_Relu32");
        assertThat(outcome.code()).isZero();
        Tasks printed = Schema.of(Tasks.class).bind(YamlReader.document(outcome.out(), "printed"));
        assertThat(printed).isEqualTo(FixedTasks.load().named("Small_MLP_Strokes8_Relu32").task());
    }

    @Test
    void trainTakesATaskByNameWithItsSteps() {
        Outcome outcome = evolo("train", "adam", "--rate", "0.01", "--task", "Small_MLP_Strokes8_Relu32", "--steps", "20");
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out()).contains("mlp-w32-d1-relu on strokes8", "2410 parameters", "20 steps");
    }

    @Test
    void mistakesAreNamed(@TempDir Path empty) {
        assertThat(evolo("train", "adam", "--rate", "1", "--task", "Small_MLP_Strokes8_Relu3").err())
                .contains("did you mean 'Small_MLP_Strokes8_Relu32'?");
        assertThat(evolo("train", "adam", "--rate", "1", "--task", "ImageMLP_Mnist_128x128x128_Relu").err())
                .contains("needs the data set 'mnist'; give its folder");
        assertThat(evolo("train", "adam", "--rate", "1", "--task", "ImageMLP_Mnist_128x128x128_Relu", "--data", empty.toString()).err())
                .contains("is neither its folder nor holds a folder 'mnist'");
        assertThat(evolo("train", "adam", "--rate", "1", "--task", "Small_MLP_Strokes8_Relu32", "--set", "width=3").err())
                .contains("has its own values");
        assertThat(evolo("tasks", "list", "--suite", "small").out().lines()).hasSize(17);
    }
}
