package io.evolo.cli;

import static io.evolo.cli.TinyRun.arguments;
import static io.evolo.cli.TinyRun.evolo;
import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.cli.EvoloProcess.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetaTrainCommandTest {
    @TempDir
    Path folder;

    private LearnedOptimizerPackage packageOf(String name) {
        return LearnedOptimizerPackage.read(folder.resolve(name).resolve("tiny.evolo"));
    }

    @Test
    void aRunEndsWithATableAndAPackageThatOtherCommandsTake() throws Exception {
        Outcome run = evolo(arguments(folder, "run", "--threads", "2"));

        Path file = folder.resolve("run").resolve("tiny.evolo");
        assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.DONE);
        assertThat(run.out()).contains("package: " + file);
        assertThat(run.out().lines().filter(line -> line.matches("[48] +5 +(adam|tiny) .*"))).hasSize(4);
        assertThat(run.out()).as("what evolution gained comes first").containsPattern(
                "(?s)before +after +after minus before\\n[48] +5 +\\S+ ± \\S+ +\\S+ ± \\S+ +[+-]\\S+ ± .*Against Adam at its best setting");
        assertThat(evolo("report", folder.resolve("run").toString()).out()).contains("tiny is better than its beginning in ");

        Outcome inspected = evolo("inspect", file.toString());
        assertThat(inspected.out())
                .contains("small_fc", "self-test passed", "parametrization mup, base width ", "none but parameters and gradients", packageOf("run").sha256OfTheta(), "strokes4 sha256:", "name: tiny");
        assertThat(evolo("inspect", folder.resolve("run").toString()).out())
                .contains("12 of 12", packageOf("run").sha256OfTheta(), file.toString());

        Outcome evaluated = evolo("evaluate", file.toString(), "--widths", "8,16", "--seeds", "3");
        assertThat(evaluated.code()).as(evaluated.err()).isEqualTo(ExitCode.DONE);
        assertThat(evaluated.out().lines().filter(line -> line.matches("(8|16) +5 +(adam|tiny) .*"))).hasSize(4);
        assertThat(evaluated.out()).contains("mean of 3 seeds");

        Outcome trained = evolo("train", file.toString(), "--steps", "20", "--set", "width=8", "--set", "data.side=4");
        assertThat(trained.code()).as(trained.err()).isEqualTo(ExitCode.DONE);
        assertThat(trained.out()).contains("test accuracy");
    }

    @Test
    void metaValidationIsForecastWatchedAndReported() throws Exception {
        String[] problems = {
            "--set", "validation.every=5", "--set", "validation.problems=[{task: {data: {side: 4}, width: 12, batch: 8}, steps: 6}]"
        };
        Outcome forecast = evolo(arguments(folder, "run", Stream.concat(Stream.of("--forecast"), Stream.of(problems)).toArray(String[]::new)));
        assertThat(forecast.code()).as(forecast.err()).isEqualTo(ExitCode.DONE);
        assertThat(forecast.out().lines().toList())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("12 outer steps of 30 lane-steps, "),
                        line -> assertThat(line).startsWith("3 meta-validations of 12 inner steps, "),
                        line -> assertThat(line).startsWith("in all "));
        assertThat(folder.resolve("run")).doesNotExist();

        Outcome run = evolo(arguments(folder, "run", problems));
        assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.DONE);
        assertThat(run.err())
                .contains("meta-validation at outer step 5: ", ", the best so far", "meta-validation at outer step 12: ")
                .containsPattern("the package has theta of outer step (5|10|12), the best by meta-validation");

        Outcome report = evolo("report", folder.resolve("run").toString());
        assertThat(report.code()).as(report.err()).isEqualTo(ExitCode.DONE);
        assertThat(report.out()).contains("Of 3 meta-validations, the one at outer step");
    }

    @Test
    void everyThreadCountGivesTheSameTheta() throws Exception {
        evolo(arguments(folder, "one", "--threads", "1"));
        evolo(arguments(folder, "three", "--threads", "3"));
        assertThat(packageOf("three").theta()).containsExactly(packageOf("one").theta());
    }

    @Test
    void aRunKilledAtAnyMomentResumesToTheSameBitsAtAnotherThreadCount() throws Exception {
        evolo(arguments(folder, "whole", "--threads", "1"));

        EvoloProcess killed = EvoloProcess.start(folder, List.of(), arguments(folder, "killed", "--threads", "1"));
        killed.awaitCheckpoint(folder.resolve("killed"), 4);
        killed.process().destroyForcibly().waitFor();
        assertThat(folder.resolve("killed").resolve("tiny.evolo")).doesNotExist();

        Outcome resumed = EvoloProcess.run(folder, "meta-train", "--resume", folder.resolve("killed").toString(), "--threads", "2");
        assertThat(resumed.code()).as(resumed.err()).isEqualTo(ExitCode.DONE);
        assertThat(resumed.err()).contains("resumed at outer step");
        assertThat(packageOf("killed").theta()).containsExactly(packageOf("whole").theta());
    }

    @Test
    void aFinishedRunSaysSoAndShowsItsResults() throws Exception {
        evolo(arguments(folder, "run"));
        Path evaluation = folder.resolve("run").resolve("evaluation.json");
        FileTime measured = Files.getLastModifiedTime(evaluation);

        Outcome again = evolo("meta-train", "--resume", folder.resolve("run").toString());

        assertThat(again.code()).as(again.err()).isEqualTo(ExitCode.DONE);
        assertThat(again.err()).contains("already finished at outer step 12");
        assertThat(again.out()).contains("better than tuned Adam", "tiny", "package: " + folder.resolve("run").resolve("tiny.evolo"));
        assertThat(Files.getLastModifiedTime(evaluation)).isEqualTo(measured);
    }

    @Test
    void aFinishedRunTrainsLongerWhereThatIsAskedFor() throws Exception {
        evolo(arguments(folder, "run", "--set", "outer.steps=4"));

        Outcome longer = evolo("meta-train", "--resume", folder.resolve("run").toString(), "--set", "outer.steps=6");

        assertThat(longer.code()).as(longer.err()).isEqualTo(ExitCode.DONE);
        assertThat(longer.err()).contains("resumed at outer step 4", "tiny: 6 outer steps");
        assertThat(packageOf("run").provenance()).containsEntry("changes", "outer step 4: outer.steps=6").containsEntry("outerSteps", "6");
        assertThat(Files.readString(folder.resolve("run").resolve("config.yaml"))).contains("steps: 6");
    }

    @Test
    void aRunWhoseEvaluationWasInterruptedGoesOnWithIt() throws Exception {
        evolo(arguments(folder, "run"));
        Path evaluation = folder.resolve("run").resolve("evaluation.json");
        Files.delete(evaluation);

        Outcome again = evolo("meta-train", "--resume", folder.resolve("run").toString());

        assertThat(again.code()).as(again.err()).isEqualTo(ExitCode.DONE);
        assertThat(again.out()).contains("adam", "tiny");
        assertThat(evaluation).exists();
    }

    @Test
    void aMetaGradientThatIsNotANumberEndsTheRunAndItsLastCheckpointStaysGood() throws Exception {
        Path run = folder.resolve("run");
        Outcome failed = evolo(arguments(folder, "run", "--set", "estimation.divergence=.inf", "--set", "rule.hyper.step_mult=1e30",
                "--set", "tasks.0.lossScale=nats"));

        assertThat(failed.code()).as(failed.err()).isEqualTo(ExitCode.FAILED);
        assertThat(failed.err()).contains("the meta-gradient of outer step", "is not finite");
        assertThat(Files.readString(run.resolve("log.txt"))).contains("failed: the meta-gradient");
        assertThat(evolo("inspect", run.toString()).code()).isEqualTo(ExitCode.DONE);
        assertThat(evolo("meta-train", "--resume", run.toString()).code()).isEqualTo(ExitCode.FAILED);
    }

    @Test
    void lanesThatAllDivergeAreSpokenOfAtOnce() throws Exception {
        Outcome outcome = evolo(arguments(folder, "run", "--set", "rule.hyper.step_mult=1e6"));

        assertThat(outcome.err())
                .contains("the meta-gradient of outer step 1 is exactly 0")
                .containsPattern("[456] of 6 lanes diverged in outer step \\d+;");
    }

    @Test
    void theTableSaysThatOnlyTheFirstTaskIsMeasured() throws Exception {
        Outcome outcome = evolo(arguments(folder, "run", "--set", "tasks=[{data: {side: 4}, width: 4, batch: 8}, {family: quadratic}]"));

        assertThat(outcome.out()).contains("of the recipe's 2 tasks the first alone is measured here");
    }

    @Test
    void aSecondSignalEndsTheRunAtOnceAndTheLastCheckpointStaysGood() throws Exception {
        String[] arguments = arguments(folder, "run", "--set", "outer.steps=1000000", "--set", "saving.every=3600",
                "--set", "horizon.min=2000000", "--set", "horizon.max=2000000", "--set", "estimation.truncation=2000000");
        EvoloProcess running = EvoloProcess.start(folder, List.of(), arguments); // an outer step takes minutes
        running.awaitCheckpoint(folder.resolve("run"), 0);
        Thread.sleep(500); // config.yaml, and into the outer step
        running.process().destroy();
        while (!Files.readString(running.err()).contains("interrupted: finishing the outer step")) {
            assertThat(running.process().isAlive()).isTrue();
            Thread.sleep(10);
        }
        running.process().destroy();

        Outcome stopped = running.await();
        assertThat(stopped.code()).as(stopped.err()).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(evolo("inspect", folder.resolve("run").toString()).out()).contains("outer step      0 of 1000000");
    }

    @Test
    void aSignalFinishesTheStepWritesACheckpointAndSaysHowToGoOn() throws Exception {
        String[] arguments = arguments(folder, "run", "--set", "outer.steps=1000000", "--set", "saving.every=3600");
        EvoloProcess running = EvoloProcess.start(folder, List.of(), arguments);
        Path metrics = folder.resolve("run").resolve("metrics.jsonl");
        while (running.process().isAlive() && (!Files.exists(metrics) || Files.size(metrics) == 0)) {
            Thread.sleep(10);
        }
        running.process().destroy(); // SIGTERM

        Outcome stopped = running.await();
        assertThat(stopped.code()).as(stopped.err()).isEqualTo(ExitCode.INTERRUPTED);
        Matcher said = Pattern.compile("stopped at outer step (\\d+) of 1000000, checkpoint written; continue with: "
                        + "evolo meta-train --resume " + folder.resolve("run"))
                .matcher(stopped.err());
        assertThat(said.find()).as(stopped.err()).isTrue();
        assertThat(EvoloProcess.newestCheckpoint(folder.resolve("run"))).isEqualTo(Integer.parseInt(said.group(1)));
    }
}
