package io.evolo.cli;

import static io.evolo.cli.TinyRun.arguments;
import static io.evolo.cli.TinyRun.evolo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evolo.cli.EvoloProcess.Outcome;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.LearnedOptimizers;
import io.evolo.optimizers.learned.Packages;
import io.evolo.tasks.Rng;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One clear line on standard error, the right exit code, and the last good checkpoint as it was. */
class BadInputTest {
    private static final int IMAGES = 40;

    @TempDir
    Path folder;

    private static void assertOneLine(Outcome outcome, int code, String... parts) {
        assertThat(outcome.code()).as(outcome.err()).isEqualTo(code);
        List<String> said = outcome.err().lines().filter(line -> line.startsWith("evolo: ")).toList();
        assertThat(said).as(outcome.err()).hasSize(1);
        assertThat(said.getFirst()).contains(parts);
        assertThat(outcome.err()).doesNotContain("\tat ");
        assertThat(outcome.out()).doesNotContain("package:");
    }

    // --- options, recipes, names

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "meta-train --recipe quickstrat --run r|did you mean 'quickstart'?",
                "meta-train --recipe quickstart|--run DIR is missing",
                "meta-train --run r|expected one recipe",
                "meta-train quickstart --run r --threads 0|--threads is 0, expected at least 1",
                "meta-train quickstart --run r --set outer.stesp=3|--set outer.stesp: no key is named 'stesp'; did you mean 'steps'?",
                "meta-train quickstart --run r --set outer.steps=many|--set outer.steps: got 'many', expected an integer",
                "meta-train quickstart --run r --set estimation.sigma=-1|--set estimation.sigma: sigma is -1.0, expected a positive number",
                "meta-train quickstart --run r --set rule.name=smal_fc|no learned optimizer is named 'smal_fc'; did you mean 'small_fc'?",
                "meta-train quickstart --run r --set estimation.estimator=pse|no choice is named 'pse'; did you mean 'pes'?",
                "meta-train mulo-m-sp --run r --set validation.problems=[{\"task\":{\"width\":12}}]"
                        + "|validation.problems[0].task.parametrization is mup, expected sp as the first task has it",
                "meta-train quickstart --run r --data nowhere|there is no folder",
                "bench --executor cuba|no executor is named 'cuba'; did you mean 'cuda'?",
                "bench --executor cuda:one|--executor cuda:one: expected the number of a GPU",
                "meta-train quickstart --run r --executor clowd|no executor is named 'clowd'",
                "meta-train --resume r --data x|--resume takes only --threads, --executor and --set beside it",
                "meta-train quickstart --run r --master local[2]|--master, --cluster and --cluster-file are of executors that are not local",
                "tune adam --run r --executor spork|no executor is named 'spork'",
                "evaluate p.evolo --cluster spark.ui.enabled=false|--master, --cluster and --cluster-file are of executors",
                "train adm --rate 1|no optimizer is named 'adm'; did you mean 'adam'?",
                "train adam|--rate is missing, or no number, expected a positive number",
                "train adam --rate NaN|--rate is missing, or no number, expected a positive number",
                "train adam --rate 1 --every -1|--every is -1, expected at least 1",
                "train adam --rate 1 --steps 2 --state bfloat16 --exact 99|accumulators that stay float32 are [99], expected numbers from 0 to 1",
                "train adam --rate 1 --rails foo=1|--rails foo: no key is named 'foo'",
                "train adam --rate 1 --rails foo|--rails foo: expected KEY=VALUE",
                "tune adam --run r --tier sobol --trials 0|--trials is 0, expected at least 1",
                "tune adam --run r --tuning-seeds 0|--tuning-seeds is 0, expected at least 1",
                "evaluate evolo-mulo --widths 8,8|widths is [8, 8], expected each once",
                "evaluate evolo-mulo --horizons 8,8|horizons is [8, 8], expected each once",
                "check-mup adamw@abc|got 'abc', expected a number behind the '@'",
                "export nosuch|no package is named 'nosuch'; there are evolo-",
                "train adam:beat2=0.9 --rate 1|no hyperparameter of adam is named 'beat2'; did you mean 'beta2'?",
                "train adam:beta2=2 --rate 1|adam: beta2 is 2.0, expected a number in [0, 1)",
                "train adam:beta2 --rate 1|got 'beta2', expected NAME=NUMBER",
                "train adam --rate 1 --schedule cosin|no schedule is named 'cosin'; did you mean 'cosine'?",
                "train adam --rate 1 --decay decoupled|expected KIND:STRENGTH",
                "train adam --rate 1 --decay copled:1|no kind is named 'copled'; did you mean 'coupled'?",
                "report a ./a --out both|a run is named twice",
                "train adam --rate 1 --decay coupled:1 --exempt vectors|no role is named 'vectors'; did you mean 'vector'?",
                "train adam --rate 1 --accumulate 0|gradients per step are 0",
                "train adam --rate 1 --clip -1|norm bound is -1.0",
                "train adam:beta2=x --rate 1|got 'beta2=x', expected a number",
                "train adam --rate 1 --steps 0|--steps is 0, expected at least 1",
                "train adam --rate 1 --set wdith=3|no key is named 'wdith'; did you mean 'width'?",
                "train adam --rate 1 --set depth=2 --set width=1000000|a tensor of shape [1000000×1000000] would have 1.00e+12 values",
                "train adam --rate 1 --set depth=2 --set width=100000|a tensor of shape [100000×100000] would have 1.00e+10 values",
                "train adam --rate 1 --set width=20000000|the values between the layers for a batch of 64 would be 2560005376",
                "train adam --rate 1 --set batch=100000000|the values between the layers for a batch of 100000000 would be 6400000000",
                "check-mup adamw --set depth=2 --widths 64,1000000|a tensor of shape [1000000×1000000]",
                "recipes show mulo|did you mean 'mulo-",
                "bench --jsno|Unknown option: '--jsno'",
                "evaluate|PACKAGE is missing",
            })
    void aMistakeOfTheUserIsNamedWithTheWayOut(String commandLine, String message) {
        assertOneLine(evolo(commandLine.split(" ")), ExitCode.USER_MISTAKE, message);
        assertThat(Path.of("r")).doesNotExist();
    }

    @Test
    void dataBesideAFixedTaskThatNeedsNoneIsRefused() {
        String task = FixedTasks.load().tasks().stream().filter(fixed -> fixed.needs().isEmpty()).findFirst().orElseThrow().name();
        assertOneLine(evolo("train", "adam", "--rate", "1", "--task", task, "--data", "."), ExitCode.USER_MISTAKE, "needs no data");
    }

    @Test
    void anEmptyPathOfDataIsRefused() {
        assertOneLine(evolo("data", "check", ""), ExitCode.USER_MISTAKE, "PATH is empty");
        assertOneLine(evolo("data", "list", ""), ExitCode.USER_MISTAKE, "PATH is empty");
    }

    @Test
    void aFileIsNoPlaceForARunNorForImages() throws Exception {
        String file = Files.writeString(folder.resolve("mine.txt"), "To be, or not to be").toString();
        assertOneLine(evolo("meta-train", "quickstart", "--run", file), ExitCode.FAILED, file + " is a file, expected a directory");
        assertOneLine(evolo("train", "adam", "--rate", "1", "--data", file), ExitCode.FAILED, file + " is a file, expected a folder", "transformer_lm");
    }

    @Test
    void everyProblemOfARecipeIsReportedAtOnce() throws Exception {
        Path recipe = folder.resolve("mine.yaml");
        Files.writeString(recipe, Recipes.SHIPPED.text("quickstart").replace("pairs: 16", "pairs: 0").replace("width: ", "widht: "));
        Outcome outcome = evolo("meta-train", recipe.toString(), "--run", folder.resolve("run").toString());
        assertThat(outcome.code()).isEqualTo(ExitCode.USER_MISTAKE);
        assertThat(outcome.err())
                .containsPattern("mine.yaml:\\d+:\\d+: pairs is 0, expected at least 1")
                .containsPattern("mine.yaml:\\d+:\\d+: no key is named 'widht'; did you mean 'width'\\?");
    }

    // --- data

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "missing|train-images-idx3-ubyte",
                "truncated|train-images-idx3-ubyte",
                "lying|train-images-idx3-ubyte",
                "fewer labels|belong together",
                "foreign|train-images-idx3-ubyte",
            })
    void dataThatIsNotWhatItSaysIsRefused(String damage, String message) throws Exception {
        Path data = idx(folder.resolve("data"));
        Path images = data.resolve("train-images-idx3-ubyte");
        switch (damage) {
            case "missing" -> Files.delete(images);
            case "truncated" -> Files.write(images, Arrays.copyOf(Files.readAllBytes(images), 300));
            case "lying" -> patch(images, 4, new byte[] {0x7f, 0x7f, 0x7f, 0x7f});
            case "fewer labels" -> Files.write(data.resolve("train-labels-idx1-ubyte"), labels(IMAGES - 1));
            default -> Files.writeString(images, "<html>not found</html>");
        }
        Outcome outcome = evolo(arguments(folder, "run", "--data", data.toString()));
        assertOneLine(outcome, ExitCode.FAILED, message);
    }

    @Test
    void goodDataIsTaken() throws Exception {
        Outcome outcome = evolo(arguments(folder, "run", "--data", idx(folder.resolve("data")).toString(), "--set", "outer.steps=2"));
        assertThat(outcome.code()).as(outcome.err()).isEqualTo(ExitCode.DONE);
    }

    /** Images of 6×6 pixels under MNIST's names. */
    private static Path idx(Path data) throws IOException {
        Files.createDirectories(data);
        for (String part : List.of("train", "t10k")) {
            ByteBuffer images = ByteBuffer.allocate(16 + IMAGES * 36);
            images.putInt(0x803).putInt(IMAGES).putInt(6).putInt(6);
            for (int i = 0; images.hasRemaining(); i++) {
                images.put((byte) (i * 37));
            }
            Files.write(data.resolve(part + "-images-idx3-ubyte"), images.array());
            Files.write(data.resolve(part + "-labels-idx1-ubyte"), labels(IMAGES));
        }
        return data;
    }

    private static byte[] labels(int count) {
        ByteBuffer labels = ByteBuffer.allocate(8 + count);
        labels.putInt(0x801).putInt(count);
        for (int i = 0; labels.hasRemaining(); i++) {
            labels.put((byte) (i % 10));
        }
        return labels.array();
    }

    private static void patch(Path file, int at, byte[] bytes) throws IOException {
        byte[] content = Files.readAllBytes(file);
        System.arraycopy(bytes, 0, content, at, bytes.length);
        Files.write(file, content);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "rule.hyper.hidden=20000|meta-training 400,860,009 values of theta on 16 particles needs 105 GB of heap",
        "estimation.pairs=100000000|on 100,000,000 particles needs 621 GB of heap, which is at most"
    })
    void aRunThatIsTooLargeForTheHeapIsRefusedBeforeItAllocates(String setting, String message) {
        Outcome outcome = evolo("meta-train", "quickstart", "--run", folder.resolve("run").toString(), "--set", setting);
        assertOneLine(outcome, ExitCode.USER_MISTAKE, message, "EVOLO_JAVA_OPTS=-Xmx");
    }

    @Test
    void aHeapThatIsTooSmallIsNamedWithTheOneThatWouldDo() throws Exception {
        List<String> small = List.of("env", "JDK_JAVA_OPTIONS=-Xmx16m");
        Outcome outcome = EvoloProcess.start(folder, small, "train", "adam", "--rate", "0.01", "--steps", "5").await();
        assertOneLine(outcome, ExitCode.USER_MISTAKE, " of heap, which is at most 15.5 MB here; EVOLO_JAVA_OPTS=-Xmx37m would do");

        List<String> enough = List.of("env", "JDK_JAVA_OPTIONS=-Xmx37m");
        assertThat(EvoloProcess.start(folder, enough, "train", "adam", "--rate", "0.01", "--steps", "5").await().code()).isEqualTo(ExitCode.DONE);
    }

    // --- checkpoints

    /** A run that was killed after outer step 6, with the checkpoints of its last three steps. */
    private Path killedRun() throws Exception {
        EvoloProcess process = EvoloProcess.start(
                folder, List.of(), arguments(folder, "run", "--threads", "1", "--set", "outer.steps=100000"));
        process.awaitCheckpoint(folder.resolve("run"), 6);
        process.process().destroyForcibly().waitFor();
        return folder.resolve("run");
    }

    /** The arguments that continue a run and end it two outer steps later. */
    private static String[] resume(Path run) throws IOException {
        int last = EvoloProcess.newestCheckpoint(run) + 2;
        return new String[] {"meta-train", "--resume", run.toString(), "--set", "outer.steps=" + last};
    }

    private static Path newest(Path run) throws IOException {
        return run.resolve("checkpoints").resolve("step-%09d.ckpt".formatted(EvoloProcess.newestCheckpoint(run)));
    }

    private static void flip(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        content[content.length / 2] ^= 0x10;
        Files.write(file, content);
    }

    @ParameterizedTest
    @CsvSource({"flipped", "cut short", "of another kind"})
    void aBadNewestCheckpointIsNamedAndTheOneBeforeItTaken(String damage) throws Exception {
        Path run = killedRun();
        Path bad = newest(run);
        int step = EvoloProcess.newestCheckpoint(run);
        switch (damage) {
            case "flipped" -> flip(bad);
            case "cut short" -> Files.write(bad, Arrays.copyOf(Files.readAllBytes(bad), 1000));
            default -> writePackage(bad);
        }
        Outcome resumed = evolo(resume(run));
        assertThat(resumed.code()).as(resumed.err()).isEqualTo(ExitCode.DONE);
        assertThat(resumed.err())
                .contains("resumed at outer step " + (step - 1))
                .contains("evolo: skipped a checkpoint: " + bad);
    }

    private static void writePackage(Path file) {
        LearnedOptimizer rule = LearnedOptimizers.of("small_fc", Map.of());
        float[] theta = rule.initTheta(Rng.of(1, "test"));
        Packages.pack("other", rule, theta, new TreeMap<>(), "Apache-2.0").write(file);
    }

    @Test
    void aRunWithoutAGoodCheckpointIsNotBegunAnew() throws Exception {
        Path run = killedRun();
        try (var files = Files.list(run.resolve("checkpoints"))) {
            for (Path file : files.toList()) {
                flip(file);
            }
        }
        assertOneLine(evolo("meta-train", "--resume", run.toString()), ExitCode.FAILED, "no good checkpoint in");
    }

    @ParameterizedTest
    @CsvSource({"flipped", "cut short", "a checkpoint"})
    void aBadPackageIsRefusedByEveryCommandThatTakesOne(String damage) throws Exception {
        Path run = killedRun();
        Path file = folder.resolve("bad.evolo");
        if (damage.equals("a checkpoint")) {
            Files.copy(newest(run), file);
        } else {
            evolo(resume(run));
            Files.copy(run.resolve("tiny.evolo"), file);
            if (damage.equals("flipped")) {
                flip(file);
            } else {
                Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 700));
            }
        }
        for (String command : List.of("inspect", "evaluate", "train")) {
            assertOneLine(evolo(command, file.toString()), ExitCode.FAILED, file.toString());
        }
    }

    @Test
    void aFullDiskStopsTheRunAndLeavesTheLastGoodCheckpoint() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "needs bash for a limit on the size of files");
        Path run = killedRun();
        int before = EvoloProcess.newestCheckpoint(run);
        byte[] good = Files.readAllBytes(newest(run));
        int limit = good.length / 1024 / 2; // KiB: less than a checkpoint, more than anything else that is written

        List<String> onFullDisk = List.of("/bin/bash", "-c", "ulimit -f " + limit + " && exec \"$@\"", "bash");
        Outcome failed = EvoloProcess.start(folder, onFullDisk, resume(run))
                .await();
        assertOneLine(failed, ExitCode.FAILED, "checkpoints", "cannot be written");

        assertThat(EvoloProcess.newestCheckpoint(run)).isEqualTo(before);
        assertThat(Files.readAllBytes(newest(run))).isEqualTo(good);
        Outcome resumed = evolo(resume(run));
        assertThat(resumed.code()).as(resumed.err()).isEqualTo(ExitCode.DONE);
    }

    // --- where results go

    @Test
    void resultsThatCannotBeWrittenAreAFailure() throws Exception {
        assumeTrue(Files.isWritable(Path.of("/dev/full")) && Files.isExecutable(Path.of("/bin/bash")), "needs /dev/full and bash");
        List<String> full = List.of("/bin/bash", "-c", "exec \"$@\" > /dev/full", "bash");
        Outcome outcome = EvoloProcess.start(folder, full, "recipes", "show", "quickstart").await();
        assertOneLine(outcome, ExitCode.FAILED, "results could not be written to standard output: No space left on device");
    }

    @Test
    void aReaderThatHasEnoughIsNoFailureToSpeakOf() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "needs bash for a closed pipe");
        List<String> piped = List.of("/bin/bash", "-c", "\"$@\" | true; exit ${PIPESTATUS[0]}", "bash");
        Outcome outcome = EvoloProcess.start(folder, piped, "recipes", "show", "quickstart").await();
        assertThat(outcome.code()).isEqualTo(ExitCode.CLOSED_PIPE);
        assertThat(outcome.err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "evaluate evolo-mulo --json nowhere/x.json",
        "tune adam --run r --json nowhere/x.json",
        "check-mup adamw small_fc --html nowhere/x.html",
        "export evolo-mulo --output nowhere/x.safetensors"
    })
    void aFileThatCannotBeWrittenIsRefusedBeforeTheWork(String line) {
        assertOneLine(evolo(line.split(" ")), ExitCode.USER_MISTAKE, "nowhere/x", "cannot be written");
    }

    @Test
    void aNameThatIsNoFileNameIsRefusedBeforeTheWork() {
        String run = folder.resolve("run").toString();
        assertOneLine(evolo("meta-train", "quickstart", "--run", run, "--set", "name=" + "x".repeat(300)), ExitCode.USER_MISTAKE, "at most 100 letters");
        assertOneLine(evolo("meta-train", "quickstart", "--run", run, "--set", "name=best"), ExitCode.USER_MISTAKE, "not 'best'");
    }

    // --- run directories

    @Test
    void aRunDirectoryInUseIsRefusedWithItsOwner() throws Exception {
        EvoloProcess owner = EvoloProcess.start(
                folder, List.of(), arguments(folder, "run", "--set", "outer.steps=1000000"));
        owner.awaitCheckpoint(folder.resolve("run"), 1);
        try {
            Outcome second = EvoloProcess.run(folder, "meta-train", "--resume", folder.resolve("run").toString());
            assertOneLine(second, ExitCode.FAILED, "in use by", String.valueOf(owner.process().pid()));
            assertThat(owner.process().isAlive()).isTrue();
        } finally {
            owner.process().destroyForcibly().waitFor();
        }
    }

    @Test
    void aDirectoryThatHoldsARunIsNotBegunAnew() throws Exception {
        Path run = killedRun();
        assertOneLine(evolo(arguments(folder, "run")), ExitCode.FAILED, "--resume " + run);
        assertThat(EvoloProcess.newestCheckpoint(run)).isGreaterThanOrEqualTo(6);
    }

    @Test
    void aDirectoryWithoutARunIsNotResumed() {
        assertOneLine(evolo("meta-train", "--resume", folder.toString()), ExitCode.FAILED, "holds no run");
        assertOneLine(evolo("inspect", folder.toString()), ExitCode.FAILED, "holds no run");
    }

    // --- trajectories

    @Test
    void aTrajectoryOutOfToleranceFailsAndABrokenOneIsNamed() throws Exception {
        Path shared = Path.of(System.getProperty("evolo.shared", "../shared"), "golden", "learned", "small_fc_h4_b.json");
        assumeTrue(Files.exists(shared), "no reference trajectories at " + shared);
        assertThat(evolo("verify", shared.toString()).code()).isEqualTo(ExitCode.DONE);

        Path off = folder.resolve("off.json");
        Files.writeString(off, Files.readString(shared).replaceFirst("\"step_mult\": *[0-9.e-]+", "\"step_mult\": 0.5"));
        Outcome failed = evolo("verify", off.toString());
        assertThat(failed.code()).isEqualTo(ExitCode.FAILED);
        assertThat(failed.out()).contains("FAILED");

        Path broken = folder.resolve("broken.json");
        Files.writeString(broken, Files.readString(shared).substring(0, 5000));
        assertOneLine(evolo("verify", broken.toString()), ExitCode.FAILED, broken.toString());
        assertOneLine(evolo("verify", folder.resolve("none.json").toString()), ExitCode.FAILED, "none.json");
        Path both = Files.createDirectory(folder.resolve("both"));
        Files.copy(shared, both.resolve("good.json"));
        Files.writeString(both.resolve("unknown.json"), """
                {"optimizer": "SGD", "dtype": "float32", "hyperparameters": {"lr": 0.5, "weigth_decay": 0},
                 "shapes": {"w": [1]}, "initial": {"w": [1]}, "gradients": [{"w": [1]}], "params": {"1": {"w": [0.5]}}}
                """);
        Outcome mixed = evolo("verify", both.toString());
        assertThat(mixed.code()).isEqualTo(ExitCode.FAILED);
        assertThat(mixed.out()).contains("ok").contains("ERROR");
        assertThat(mixed.err()).contains("unknown.json").contains("no hyperparameter is named 'weigth_decay'; did you mean 'weight_decay'?");
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertOneLine(evolo("verify", empty.toString()), ExitCode.USER_MISTAKE, "no trajectory in this folder");
    }

    // --- what is printed

    @Test
    void aStackTraceComesOnDemandOnly() {
        String[] wrong = {"inspect", folder.toString()};
        assertThat(evolo(wrong).err()).doesNotContain("\tat ");
        assertThat(evolo(wrong[0], wrong[1], "--stacktrace").err()).contains("\tat io.evolo");
    }
}
