package io.evolo.cli;

import static io.evolo.cli.TinyRun.evolo;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evolo.cli.EvoloProcess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TuneCommandTest {
    private static final Map<String, String> TINY = Map.of(
            "--steps", "10", "--examples", "40", "--tuning-seeds", "1", "--seeds", "5", "--schedules", "constant");
    private static final List<String> TASK = List.of("--set", "width=4", "--set", "batch=8", "--set", "data.side=4");

    @TempDir
    Path folder;

    /** The arguments of a run in {@code folder/NAME}, with the tiny options that are not among the others. */
    private String[] tune(String name, String... more) {
        List<String> arguments = new ArrayList<>(List.of("tune", "--run", folder.resolve(name).toString()));
        TINY.forEach((option, value) -> {
            if (!List.of(more).contains(option)) {
                arguments.addAll(List.of(option, value));
            }
        });
        arguments.addAll(TASK);
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    private JsonNode result(String name) throws IOException {
        ObjectNode root = (ObjectNode) new ObjectMapper().readTree(folder.resolve(name).resolve("tuning.json").toFile());
        root.findParents("seconds").forEach(spent -> ((ObjectNode) spent).remove("seconds"));
        return root;
    }

    private List<String> ledger(String name) throws IOException {
        Path file = folder.resolve(name).resolve("trials.jsonl");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    @Test
    void augmentationIsAppliedAndPartOfTheLedgersTask() throws Exception {
        assertThat(evolo(tune("plain", "sgd", "--tier", "default")).code()).isEqualTo(ExitCode.DONE);
        Outcome outcome = evolo(tune("noisy", "sgd", "--tier", "default", "--set",
                "augment={gradientNoise: {probability: 1, std: [10, 10]}}"));
        assertThat(outcome.code()).as(outcome.err()).isEqualTo(ExitCode.DONE);

        JsonNode noisy = new ObjectMapper().readTree(ledger("noisy").getFirst());
        assertThat(noisy.path("trainLoss")).isNotEqualTo(new ObjectMapper().readTree(ledger("plain").getFirst()).path("trainLoss"));
        assertThat(noisy.path("task").path("augmentation").asText()).contains("probability=1.0");
    }

    @Test
    void aTaskThatClassifiesNothingHasNoAccuracy() {
        assertThat(evolo("tune", "--run", folder.resolve("run").toString(), "sgd", "--tier", "default", "--steps", "10", "--set",
                        "family=quadratic").out())
                .contains("–")
                .doesNotContain("NaN");
    }

    @Test
    void everyRuleGetsTheSameEffortAndIsJudgedOnFreshSeeds() throws Exception {
        Path json = folder.resolve("out.json");
        Outcome outcome = evolo(tune("run", "sgd", "adam", "--schedules", "constant,cosine", "--tuning-seeds", "2",
                "--json", json.toString()));

        assertThat(outcome.code()).as(outcome.err()).isEqualTo(ExitCode.DONE);
        assertThat(outcome.out().lines().filter(line -> line.matches("(sgd|adam) +(constant|cosine) +rate .*"))).hasSize(4);
        JsonNode result = result("run");
        assertThat(result.get("results")).hasSize(4).allSatisfy(one -> {
            assertThat(one.get("settings").asInt()).isGreaterThanOrEqualTo(15);
            assertThat(one.get("bestOf")).hasSize(one.get("settings").asInt());
            assertThat(one.get("spentTuning").get("trials").asInt()).isEqualTo(2 * one.get("settings").asInt());
            assertThat(one.get("spentJudging").get("trials").asInt()).isEqualTo(5);
            assertThat(one.get("bestOf").get(0).asDouble()).isGreaterThan(one.get("tuningLoss").asDouble());
        });
        assertThat(ledger("run")).hasSize(result.get("spent").get("trials").asInt());
        assertThat(Files.readString(json)).isEqualTo(Files.readString(folder.resolve("run").resolve("tuning.json")));
    }

    @Test
    void everyThreadCountGivesTheSameResult() throws Exception {
        evolo(tune("one", "momentum", "--stability", "--tuning-seeds", "2", "--threads", "1"));
        evolo(tune("three", "momentum", "--stability", "--tuning-seeds", "2", "--threads", "3"));
        assertThat(result("three")).isEqualTo(result("one"));
        assertThat(result("one").get("stability")).hasSizeGreaterThanOrEqualTo(2).allSatisfy(curve -> {
            assertThat(curve.get("points")).hasSizeGreaterThanOrEqualTo(7);
            assertThat(curve.get("points").get(0).get("validLosses")).hasSize(2);
        });
    }

    @Test
    void theBestFiveOfABoxAreTriedAgainWithThreeSeeds() throws Exception {
        String[] arguments = tune("run", "adam", "--tier", "sobol", "--trials", "8");
        assertThat(evolo(arguments).code()).isEqualTo(ExitCode.DONE);
        JsonNode spent = result("run").get("results").get(0);
        assertThat(spent.get("spentTuning").get("trials").asInt()).isEqualTo(spent.get("settings").asInt() + 5 * 2);
    }

    @Test
    void rulesAreTunedUnderTheStandardParametrizationUnlessTheTaskSaysAnother() throws Exception {
        Outcome standard = evolo(tune("sp", "sgd", "--tier", "default"));
        Outcome scaled = evolo(tune("mup", "sgd", "--tier", "default", "--set", "baseWidth=4"));

        assertThat(standard.err()).contains("parametrization=sp");
        assertThat(scaled.err()).contains("parametrization=mup baseWidth=4");
        assertThat(Files.readString(folder.resolve("sp/config.yaml"))).contains("parametrization: sp");
        assertThat(evolo("tune", "--resume", "--run", folder.resolve("mup").toString()).err()).contains("parametrization=mup baseWidth=4");
    }

    @Test
    void theDefaultSettingIsOneTrial() throws Exception {
        evolo(tune("run", "sgd", "--tier", "default"));
        assertThat(result("run").get("results").get(0).get("spentTuning").get("trials").asInt()).isEqualTo(1);
    }

    private static final String LISTED =
            """
            {"learning_rate": 0.02, "beta1": 0.9, "beta2": 0.99, "epsilon": 0.01, "use_nesterov": true, "adamw_weight_decay": 0.001,
             "l2_weight_decay": 0.0002, "warmup_fraction": 0.0, "constant_fraction": 0.25, "min_learning_rate_mult": 0.1}
            """;

    @Test
    void aPublishedListIsTriedWithItsOwnSchedules() throws Exception {
        Path list = folder.resolve("list.json");
        Files.writeString(list, "[" + LISTED + "," + LISTED.replace("0.02", "0.2") + "," + LISTED.replace("0.02", "2") + "]");
        Outcome outcome = evolo(tune("run", "nadamw-velo", "--tier", "list:" + list, "--trials", "2"));
        assertThat(outcome.code()).as(outcome.err()).isEqualTo(ExitCode.DONE);
        JsonNode results = result("run").get("results");
        assertThat(results).hasSize(1);
        assertThat(results.get(0).get("schedule").asText()).isEqualTo("listed");
        assertThat(results.get(0).get("settings").asInt()).isEqualTo(2);
    }

    @Test
    void aBrokenListIsNamedWithItsEntry() throws Exception {
        Path list = folder.resolve("list.json");
        Files.writeString(list, "[" + LISTED + "," + LISTED.replace("0.9,", "9,") + "]");
        Outcome outcome = evolo(tune("run", "nadamw-velo", "--tier", "list:" + list));
        assertOneLine(outcome, ExitCode.USER_MISTAKE, list + ": entry 1: beta1 is 9, expected a number within 0 and 1");
    }

    @Test
    void aRunKilledAtAnyMomentResumesToTheSameResultWithoutTheFinishedTrials() throws Exception {
        evolo(tune("whole", "sgd", "adam", "--threads", "1"));

        EvoloProcess killed = EvoloProcess.start(folder, List.of(), tune("killed", "sgd", "adam", "--threads", "1"));
        while (killed.process().isAlive() && ledger("killed").size() < 10) {
            Thread.sleep(2);
        }
        killed.process().destroyForcibly().waitFor();
        assertThat(folder.resolve("killed").resolve("tuning.json")).doesNotExist();
        Path file = folder.resolve("killed").resolve("trials.jsonl");
        List<String> finished = ledger("killed");
        Files.writeString(file, "{\"optimizer\":\"sg", StandardOpenOption.APPEND);

        Outcome resumed = evolo("tune", "--run", folder.resolve("killed").toString(), "--resume", "--threads", "2");
        assertThat(resumed.code()).as(resumed.err()).isEqualTo(ExitCode.DONE);
        assertThat(resumed.err()).contains("dropped a last line", "resumed with");
        assertThat(result("killed")).isEqualTo(result("whole"));
        assertThat(ledger("killed")).hasSameSizeAs(ledger("whole")).containsAll(finished.subList(0, 9));
    }

    @Test
    void aRunTakesMoreOptimizersOnItsTaskAndKeepsItsTrials() throws Exception {
        evolo(tune("run", "sgd"));
        List<String> before = ledger("run");
        Outcome more = evolo("tune", "adam", "sgd", "--run", folder.resolve("run").toString(), "--resume");
        assertThat(more.code()).as(more.err()).isEqualTo(ExitCode.DONE);
        assertThat(ledger("run")).startsWith(before.toArray(String[]::new));
        assertThat(result("run").get("results")).hasSize(2);
        assertThat(evolo("tune", "--run", folder.resolve("run").toString(), "--resume").out()).contains("adam");
        assertThat(ledger("run")).hasSizeLessThan(3 * before.size());
    }

    @Test
    void aSignalFinishesTheRunningTrialsAndSaysHowToGoOn() throws Exception {
        EvoloProcess running = EvoloProcess.start(folder, List.of(), tune("run", "sgd", "adam", "--steps", "1000"));
        while (running.process().isAlive() && ledger("run").isEmpty()) {
            Thread.sleep(5);
        }
        running.process().destroy(); // SIGTERM
        Outcome stopped = running.await();
        assertThat(stopped.code()).as(stopped.err()).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(stopped.err()).contains("continue with: evolo tune --run " + folder.resolve("run") + " --resume");
    }

    // --- what is refused

    private static void assertOneLine(Outcome outcome, int code, String... parts) {
        assertThat(outcome.code()).as(outcome.err()).isEqualTo(code);
        List<String> said = outcome.err().lines().filter(line -> line.startsWith("evolo: ")).toList();
        assertThat(said).as(outcome.err()).hasSize(1);
        assertThat(said.getFirst()).contains(parts);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tune adm --run r|no optimizer is named 'adm'; did you mean 'adam'?",
                "tune --run r|expected at least one optimizer",
                "tune adam|--run DIR is missing",
                "tune adam --run r --tier lrr|no choice is named 'lrr'; did you mean 'lr'?",
                "tune adam --run r --trials 5|trials is 5, expected 0 for tier LR",
                "tune adam --run r --seeds 0|--seeds: seeds is 0, expected at least 1",
                "tune adam --run r --schedules linear|no choice is named 'linear'",
                "tune adam --run r --schedules listed|expected constant, cosine or both",
                "tune adam adam --run r|expected each once",
                "tune adam --run r --threads 0|--threads is 0, expected at least 1",
                "tune adam --run r --set wdith=3|no key is named 'wdith'; did you mean 'width'?",
                "tune adam --run r --tier list:some.json|which the list's settings are of",
            })
    void aMistakeOfTheUserIsNamedWithTheWayOut(String commandLine, String message) {
        assertOneLine(evolo(commandLine.split(" ")), ExitCode.USER_MISTAKE, message);
        assertThat(Path.of("r")).doesNotExist();
    }

    @Test
    void aDirectoryThatHoldsARunIsNotBegunAnewAndOneWithoutIsNotResumed() {
        evolo(tune("run", "sgd", "--tier", "default"));
        assertOneLine(evolo(tune("run", "sgd")), ExitCode.FAILED, "already holds a run; continue it with --resume");
        assertOneLine(evolo("tune", "sgd", "--run", folder.toString(), "--resume"), ExitCode.FAILED, "holds no run");
    }

    @Test
    void aLedgerOfAnotherTaskIsRefusedWithWhatDiffers() {
        evolo(tune("run", "sgd", "--tier", "default"));
        Outcome refused = evolo(tune("run", "sgd", "--resume", "--steps", "11", "--set", "depth=2"));
        assertOneLine(refused, ExitCode.FAILED, "steps is 10 there, 11 here", "mlp-w4-d1-relu on strokes4 there");
    }

    @Test
    void aRuleThatReadsWhatTheTaskDoesNotOfferIsRefused() {
        assertOneLine(evolo(tune("run", "ngdiff")), ExitCode.USER_MISTAKE, "needs the gradient of a second objective");
        assertThat(folder.resolve("run").resolve("config.yaml")).doesNotExist();
    }

    @Test
    void aRunDirectoryInUseIsRefusedWithItsOwner() throws Exception {
        EvoloProcess owner = EvoloProcess.start(folder, List.of(), tune("run", "sgd", "--steps", "100000"));
        Path config = folder.resolve("run").resolve("config.yaml");
        while (owner.process().isAlive() && !Files.exists(config)) {
            Thread.sleep(5);
        }
        try {
            Outcome second = EvoloProcess.run(folder, tune("run", "sgd", "--resume", "--steps", "100000"));
            assertOneLine(second, ExitCode.FAILED, "in use by", String.valueOf(owner.process().pid()));
        } finally {
            owner.process().destroyForcibly().waitFor();
        }
    }
}
