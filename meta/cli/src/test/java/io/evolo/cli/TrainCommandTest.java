package io.evolo.cli;

import static io.evolo.cli.TinyRun.evolo;
import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.checkpoints.StoredTensor;
import io.evolo.checkpoints.TensorFile;
import io.evolo.cli.EvoloProcess.Outcome;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.LearnedOptimizers;
import io.evolo.optimizers.learned.Packages;
import io.evolo.tasks.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainCommandTest {
    @TempDir
    Path folder;

    private static Outcome train(String optimizer, String... more) {
        List<String> arguments = new ArrayList<>(List.of("train", optimizer, "--steps", "60", "--set", "width=8", "--set", "data.side=4"));
        arguments.addAll(List.of(more));
        return evolo(arguments.toArray(String[]::new));
    }

    private String packaged(Map<String, float[]> statistics) {
        LearnedOptimizer rule = LearnedOptimizers.of("small_fc", Map.of());
        LearnedOptimizerPackage made = Packages.pack("made", rule, rule.initTheta(Rng.of(1, "theta")), new TreeMap<>(), "MIT")
                .withFeatureStatistics(statistics);
        Path file = folder.resolve("made.evolo");
        made.write(file);
        return file.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "muon@0.02", "soap@0.003", "kfac@0.1", "kfac:inverse=1@0.1", "mkor@0.05", "mkor:exact=1@0.05", "mkor-h@0.1", "zo-signsgd@0.003"
    })
    void rulesThatReadMoreThanAGradientTrainAnMlp(String ruleAndRate) {
        String[] parts = ruleAndRate.split("@");

        Outcome outcome = train(parts[0], "--rate", parts[1], "--set", "depth=2");

        assertThat(outcome.code()).as(outcome.err()).isEqualTo(ExitCode.DONE);
        assertThat(outcome.out()).containsPattern("train loss [12]\\.\\d+ ").doesNotContain("DIVERGED");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "augment={gradientNoise: {probability: 1, std: [10, 10]}}",
        "augment={reducedBatch: {probability: 1, share: [0.1, 0.1]}}",
        "augment={subspace: {probability: 1, directions: [2, 2]}}",
        "augment={delay: {probability: 1, steps: [4, 4]}}",
        "reparametrize={level: global, low: 30, high: 30}"
    })
    void everyAugmentationChangesTheTraining(String augmentation) {
        String plain = train("sgd", "--rate", "0.1").out();
        Outcome augmented = train("sgd", "--rate", "0.1", "--set", augmentation);

        assertThat(augmented.code()).as(augmented.err()).isEqualTo(ExitCode.DONE);
        assertThat(losses(augmented.out())).isNotEqualTo(losses(plain));
    }

    private static String losses(String out) {
        return out.lines().filter(line -> line.startsWith("step")).toList().toString();
    }

    private String[] kept(String run, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "train", "adam", "--rate", "0.01", "--schedule", "cosine", "--steps", "20000", "--every", "700", "--set", "width=8", "--set",
                "data.side=4", "--run", folder.resolve(run).toString()));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "KILL"})
    void aTrainingThatWasStoppedOrKilledGoesOnToTheSameBits(String signal) throws Exception {
        Outcome whole = evolo(kept("whole"));
        EvoloProcess running = EvoloProcess.start(folder, List.of(), kept("cut"));
        Path first = folder.resolve("cut/checkpoints/step-000000700.ckpt");
        for (int i = 0; i < 6000 && !Files.exists(first); i++) {
            Thread.sleep(5);
        }
        if (signal.equals("TERM")) {
            running.process().destroy();
            Outcome stopped = running.await();
            assertThat(stopped.code()).as(stopped.err()).isEqualTo(ExitCode.INTERRUPTED);
            assertThat(stopped.err()).contains("continue with: evolo train --resume " + folder.resolve("cut"));
        } else {
            running.process().destroyForcibly().waitFor();
        }
        assertThat(folder.resolve("cut/result.json")).as("it was stopped in time").doesNotExist();

        Outcome resumed = evolo("train", "--resume", folder.resolve("cut").toString(), "--threads", "1");

        assertThat(resumed.code()).as(resumed.err()).isEqualTo(ExitCode.DONE);
        assertThat(resumed.err()).contains("resumed after step");
        assertThat(folder.resolve("cut/weights.safetensors")).hasSameBinaryContentAs(folder.resolve("whole/weights.safetensors"));
        assertThat(batchLosses("cut")).isEqualTo(batchLosses("whole")).hasSize(29);
        assertThat(trainLoss(resumed.out())).isEqualTo(trainLoss(whole.out()));
        Outcome again = evolo("train", "--resume", folder.resolve("cut").toString());
        assertThat(again.err()).contains("already finished");
        assertThat(trainLoss(again.out())).isEqualTo(trainLoss(whole.out()));
    }

    private List<String> batchLosses(String run) throws IOException {
        return Files.readAllLines(folder.resolve(run).resolve("metrics.jsonl")).stream().map(line -> line.replaceAll("\"seconds\":[^,}]*", "")).toList();
    }

    @Test
    void aRunThatWasChangedOrIsNoneOrHasOtherOptionsIsRefusedInOneLine() throws Exception {
        String run = folder.resolve("run").toString();
        evolo(kept("run"));
        Files.delete(folder.resolve("run/result.json"));
        Path command = folder.resolve("run/command.json");
        Files.writeString(command, Files.readString(command).replace("0.01", "0.02"));

        assertThat(evolo("train", "--resume", run).err()).contains("was begun with another command", "--rate 0.01", "--rate 0.02");
        assertThat(evolo("train", "--resume", run, "--seed", "2").err()).contains("takes only --threads beside it, got --seed");
        assertThat(evolo("train", "--resume", folder.toString()).err()).contains("holds no training");
        assertThat(evolo(kept("run")).err()).contains("already holds a run; continue it with evolo train --resume");
        assertThat(evolo(kept("other", "--out", "w.safetensors")).err()).contains("--out beside --run");
        assertThat(evolo(kept("other", "--accumulate", "0")).code()).isEqualTo(ExitCode.USER_MISTAKE);
        assertThat(folder.resolve("other")).as("mistakes come before the directory").doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "                    | parametrization=sp, sgd",
        "baseWidth=4         | parametrization=mup baseWidth=4, sgd",
        "parametrization=mup | parametrization=mup baseWidth=1, sgd",
    })
    void aDesignedRuleTrainsUnderTheStandardParametrizationUnlessTheTaskSaysAnother(String setting, String expected) {
        String[] more = setting == null ? new String[] {"--rate", "0.1"} : new String[] {"--rate", "0.1", "--set", setting};

        assertThat(train("sgd", more).out()).contains(expected);
    }

    @Test
    void aPackagesParametrizationIsPrinted() {
        Outcome outcome = evolo("train", "evolo-start", "--steps", "1", "--set", "width=8", "--set", "data.side=4");

        assertThat(outcome.out()).contains("parametrization=mup baseWidth=32, evolo-start");
    }

    @Test
    void aRolesFactorChangesTheTraining() {
        String plain = losses(train("sgd", "--rate", "0.1").out());
        String[][] groups = {
            {"--role", "output:rate=0.1"}, {"--role", "vector:rate=0"}, {"--decay", "decoupled:0.5", "--role", "vector:rate=2,decay=0"},
            {"--decay", "decoupled:0.5"}
        };
        List<String> all = new ArrayList<>(List.of(plain));
        for (String[] group : groups) {
            all.add(losses(train("sgd", Stream.concat(Stream.of("--rate", "0.1"), Stream.of(group)).toArray(String[]::new)).out()));
        }

        assertThat(all).doesNotHaveDuplicates();
    }

    @Test
    void aRunThatIsAllWarmUpTrainsFromItsFirstStep() {
        List<String> oneStep = List.of("train", "sgd", "--steps", "1", "--set", "width=8", "--set", "data.side=4");
        String still = evolo(Stream.concat(oneStep.stream(), Stream.of("--rate", "1e-30")).toArray(String[]::new)).out();
        Outcome warming = evolo(Stream.concat(oneStep.stream(), Stream.of("--rate", "0.5", "--schedule", "cosine", "--warmup", "1"))
                .toArray(String[]::new));

        assertThat(warming.code()).as(warming.err()).isEqualTo(ExitCode.DONE);
        assertThat(trainLoss(warming.out())).isLessThan(trainLoss(still));
    }

    private static double trainLoss(String out) {
        return Double.parseDouble(out.replaceAll("(?s).*train loss (\\S+) .*", "$1"));
    }

    @Test
    void railsHoldATrainingWhoseGradientsAreLate() {
        Outcome outcome = train("sgd", "--rate", "1000", "--rails", "rollBack=true,spike=3,keep=5,fallback=0.01",
                "--set", "augment={delay: {probability: 1, steps: [2, 2]}}");
        assertThat(outcome.code()).as(outcome.err() + outcome.out()).isEqualTo(ExitCode.DONE);
        assertThat(outcome.out()).containsPattern("\\d+ roll-backs .*Adam took over at step \\d+");
    }

    @Test
    void aTaskThatClassifiesNothingHasNoAccuracy() {
        assertThat(evolo("train", "adam", "--rate", "0.01", "--steps", "10", "--set", "family=quadratic").out())
                .contains("test accuracy –  ")
                .doesNotContain("NaN");
    }

    @Test
    void moreGradientsPerStepThanThereAreStepsAreRefused() {
        Outcome outcome = train("adam", "--rate", "0.01", "--accumulate", "61");
        assertThat(outcome.code()).isEqualTo(ExitCode.USER_MISTAKE);
        assertThat(outcome.err()).contains("gradients per step are 61, expected at most the 60 that are planned");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--warmup 0.5 | but the rate is constant",
        "--exempt vector | leaves tensors out of --decay, which is not given",
        "--role vector:decay=0 | changes --decay, which is not given",
        "--role vectors:rate=2 | no role is named 'vectors'",
        "--role vector:speed=2 | no key is named 'speed'",
        "--role vector:rate=-1 | rate is no factor of at least 0",
        "--role vector | expected ROLE:KEY=F",
        "--exact 3 | --state"
    })
    void anOptionThatWouldChangeNothingIsRefused(String option, String reason) {
        Outcome outcome = train("adam", Stream.concat(Stream.of("--rate", "0.01"), Stream.of(option.split(" "))).toArray(String[]::new));
        assertThat(outcome.code()).isEqualTo(ExitCode.USER_MISTAKE);
        assertThat(outcome.err()).contains(reason);
    }

    @Test
    void aTrainingThatIsFiniteGoesOnHoweverLargeItsLossesAre() {
        Outcome outcome = train("sgd", "--rate", "1000");
        assertThat(outcome.code()).as(outcome.err()).isEqualTo(ExitCode.DONE);
        assertThat(outcome.out()).contains("step     60").doesNotContain("DIVERGED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cosine", "linear", "wsd"})
    void everyScheduleIsOneOfItsOwn(String schedule) {
        Outcome outcome = train("adam", "--rate", "0.01", "--schedule", schedule);
        assertThat(outcome.code()).as(outcome.err()).isEqualTo(ExitCode.DONE);
        Stream.of("constant", "cosine", "linear", "wsd").filter(other -> !other.equals(schedule)).forEach(other ->
                assertThat(losses(train("adam", "--rate", "0.01", "--schedule", other).out())).isNotEqualTo(losses(outcome.out())));
    }

    @Test
    void theWeightsAreWrittenUnderTheirNames() {
        Path file = folder.resolve("weights.safetensors");
        Outcome outcome = train("adam", "--rate", "0.01", "--out", file.toString());

        assertThat(outcome.code()).as(outcome.err()).isEqualTo(ExitCode.DONE);
        TensorFile read = TensorFile.read(file);
        assertThat(read.tensors()).extracting(StoredTensor::describe).containsExactly("f32 [16, 8]", "f32 [8]", "f32 [8, 10]", "f32 [10]");
        assertThat(read.metadata()).containsEntry("optimizer", "adam").containsEntry("steps", "60");
        assertThat(read.tensors().get(1).value(0)).as("trained, so not its initial 0").isNotZero();
    }

    @Test
    void lossesAreKeptAsTheNameOfTheFileSays() throws Exception {
        Path lines = folder.resolve("losses.jsonl");
        Path table = folder.resolve("losses.csv");
        Path events = folder.resolve("events.out.tfevents.test");
        for (Path file : List.of(lines, table, events)) {
            assertThat(train("adam", "--rate", "0.01", "--every", "20", "--metrics", file.toString()).code()).isEqualTo(ExitCode.DONE);
        }
        assertThat(Files.readAllLines(lines)).hasSize(4).first().asString().startsWith("{\"step\":20,").contains("\"batchLoss\":2.");
        assertThat(Files.readAllLines(lines)).last().asString().contains("\"trainLoss\":", "\"testAccuracy\":0.");
        assertThat(Files.readAllLines(table)).hasSize(5).first().isEqualTo("step,batchLoss,seconds,trainLoss,validLoss,testLoss,testAccuracy");
        assertThat(Files.readAllLines(table).get(3)).matches("60,\\d\\.\\d+,[^,]+,,,,");
        assertThat(Files.size(events)).isGreaterThan(200);
        assertThat(train("adam", "--rate", "0.01", "--metrics", "losses.txt").err()).contains("expected a name that says the format");
    }

    @Test
    void whatARuleDoesInsteadOfItsOwnTreatmentIsPrinted() {
        assertThat(train("muon", "--rate", "0.02", "--set", "depth=2").out()).contains("muon: AdamW instead", "dense1/w");
    }

    @Test
    void aRuleThatNeedsASecondObjectiveSaysSoBeforeTheFirstStep() {
        Outcome outcome = train("ngdiff", "--rate", "0.1");

        assertThat(outcome.code()).isEqualTo(ExitCode.USER_MISTAKE);
        assertThat(outcome.err()).contains("second objective", "mlp-w8");
    }

    @Test
    void aRunThatDivergesIsTakenBackByRailsAndCounted() {
        Outcome alone = train("sgd", "--rate", "1e30");
        assertThat(alone.code()).isEqualTo(ExitCode.FAILED);
        assertThat(alone.out()).contains("DIVERGED: the batch's loss at step", "is not finite");
        Outcome railed = train("sgd", "--rate", "1e30", "--rails", "rollBack=true,spike=3,keep=5,fallback=0.01");
        assertThat(railed.code()).as(railed.err() + railed.out()).isEqualTo(ExitCode.DONE);
        assertThat(railed.out()).containsPattern("rails: 0 updates capped, \\d+ roll-backs .*Adam took over at step \\d+");
    }

    @Test
    void railsThatAreNotKnownAreNamed() {
        assertThat(train("sgd", "--rate", "1", "--rails", "spikes=3").err()).contains("did you mean 'spike'?");
        assertThat(train("sgd", "--rate", "1", "--rails", "spike=3").err()).contains("spike is 3.0, expected .inf where rollBack is off");
    }

    @Test
    void theStateMayBeKeptInBFloat16() {
        Outcome rounded = train("adam", "--rate", "0.01", "--state", "bfloat16");
        assertThat(rounded.code()).as(rounded.err()).isEqualTo(ExitCode.DONE);
        assertThat(rounded.out()).contains("state in bfloat16, float32 for one tensor of each size");
        String plain = train("adam", "--rate", "0.01").out();
        assertThat(lastLoss(rounded.out())).isNotEqualTo(lastLoss(plain));
        assertThat(lastLoss(train("adam", "--rate", "0.01", "--state", "bfloat16", "--exact", "0,1").out())).isEqualTo(lastLoss(plain));
        assertThat(train("adam", "--rate", "0.01", "--exact", "1").code()).isEqualTo(ExitCode.USER_MISTAKE);
    }

    private static String lastLoss(String out) {
        return out.lines().filter(line -> line.startsWith("step ")).reduce((first, last) -> last).orElseThrow();
    }

    @Test
    void aPackageWithoutStatisticsSaysThatTheGuardCannotJudge() {
        assertThat(train(packaged(Map.of())).err()).contains("the guard cannot say");
    }

    @Test
    void whatAPackageHasNeverSeenIsSaidOncePerTensor() {
        Outcome outcome = train(packaged(Map.of("gradient", new float[] {100, -20, 1, -22, -18})));
        assertThat(outcome.err().lines().filter(line -> line.startsWith("guard: tensor"))).hasSize(4).allMatch(line ->
                line.contains("standard deviations from anything seen in meta-training"));
        assertThat(outcome.out()).contains("guard: 4 of 4 tensors");
        assertThat(train(packaged(Map.of("gradient", new float[] {100, -2, 1, -9, 3}))).err()).doesNotContain("guard");
    }
}
