package io.evolo.cli;

import static io.evolo.cli.TinyRun.evolo;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evolo.cli.EvoloProcess.Outcome;
import io.evolo.meta.evaluation.Cell;
import io.evolo.meta.evaluation.EvaluationPlan;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.Packages;
import io.evolo.optimizers.learned.SmallFc;
import io.evolo.tasks.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuiteEvaluationTest {
    @TempDir
    private Path folder;

    private Path made;
    private Path suite;

    @BeforeEach
    void write() throws IOException {
        LearnedOptimizer rule = SmallFc.of(4);
        made = folder.resolve("made.evolo");
        Packages.pack("made", rule, rule.initTheta(Rng.of(1, "theta")), new TreeMap<>(), "MIT").write(made);
        suite = Files.writeString(folder.resolve("tiny.yaml"), """
                name: tiny
                tuned: [adam, muon]
                seeds: 2
                tuningSeeds: 1
                examples: 40
                observed: [one]
                cells:
                  - {name: one, steps: 20, task: {data: {side: 4}, width: 4, depth: 1, batch: 8}}
                  - {name: two, steps: 20, task: {data: {side: 4}, width: 8, depth: 1, batch: 8}}
                """);
    }

    private String[] evaluate(String run, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "evaluate", made.toString(), "--suite", suite.toString(), "--run", folder.resolve(run).toString(), "--threads", "1"));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    /** Every file that an evaluation makes and a report reads, without the seconds. */
    private List<String> bytes(String run) throws IOException {
        List<String> all = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder.resolve(run))) {
            for (Path file : files.filter(file -> file.toString().matches(".*\\.(jsonl|yaml)|.*suite\\.json")).sorted().toList()) {
                all.add(folder.resolve(run).relativize(file) + "\n"
                        + Files.readString(file).replaceAll("\"(seconds|updateSeconds)\":[^,]+,", ""));
            }
        }
        return all;
    }

    /** Adam 2 × 17, Muon 17, Prodigy and Schedule-Free 3 each, in two cells. */
    @Test
    void aForecastCountsTheTrialsThatAreLeftAndWritesNothing() throws Exception {
        Outcome before = evolo(evaluate("whole", "--forecast"));
        assertThat(before.out()).contains("114 trials left");
        assertThat(folder.resolve("whole")).doesNotExist();
        evolo(evaluate("whole"));
        Path ledger = folder.resolve("whole/cells/one/trials.jsonl");
        List<String> lines = Files.readAllLines(ledger);
        assertThat(evolo(evaluate("whole", "--forecast")).out()).contains("0 trials left: 0.00 hours");
        Files.write(ledger, lines.stream().filter(line -> !line.startsWith("{\"optimizer\":\"prodigy\"")).toList());
        assertThat(evolo(evaluate("whole", "--forecast")).out()).contains("\n3 trials left");
    }

    @Test
    void aKilledEvaluationResumesToTheSameBytes() throws Exception {
        assertThat(evolo(evaluate("whole")).code()).isEqualTo(ExitCode.DONE);

        EvoloProcess killed = EvoloProcess.start(folder, List.of(), evaluate("killed"));
        Path ledger = folder.resolve("killed/cells/one/trials.jsonl");
        while (killed.process().isAlive() && (!Files.exists(ledger) || Files.readAllLines(ledger).size() < 10)) {
            Thread.sleep(2);
        }
        killed.process().destroyForcibly().waitFor();
        assertThat(folder.resolve("killed/suite.json")).doesNotExist();

        Outcome resumed = evolo(evaluate("killed", "--resume"));
        assertThat(resumed.code()).as(resumed.err()).isEqualTo(ExitCode.DONE);
        assertThat(bytes("killed")).isEqualTo(bytes("whole"));
        assertThat(folder.resolve("killed/report.html")).exists();
    }

    /** Killed or ended: the ledgers have trials by the name alone. */
    @Test
    void anotherPackageOfTheSameNameDoesNotGetItsTrials() throws Exception {
        assertThat(evolo(evaluate("run")).code()).isEqualTo(ExitCode.DONE);
        Files.delete(folder.resolve("run/suite.json"));
        LearnedOptimizer rule = SmallFc.of(4);
        Packages.pack("made", rule, rule.initTheta(Rng.of(2, "theta")), new TreeMap<>(), "MIT").write(made);

        Outcome refused = evolo(evaluate("run", "--resume"));

        assertThat(refused.code()).isEqualTo(ExitCode.FAILED);
        assertThat(refused.err()).contains("holds trials of another 'made'", "file sha256", "choose another directory");
    }

    @Test
    void thePageHasTheRivalsTheInputsAndWhereThePackageComesFrom() throws Exception {
        Outcome outcome = evolo(evaluate("run", "--ledger", folder.resolve("nowhere").toString()));

        assertThat(outcome.code()).as(outcome.err()).isEqualTo(ExitCode.DONE);
        assertThat(outcome.err()).contains("evolo: skipped: ledger " + folder.resolve("nowhere"));
        assertThat(outcome.out()).contains("schedule-free-adamw constant", "prodigy cosine", "muon cosine", "optimizer's share %");
        String page = Files.readString(folder.resolve("run/report.html"));
        assertThat(page)
                .contains("<summary>1 skipped</summary>", "<td>m/√v</td>", "theta sha256: ", "id=\"inputs-one\"", "id=\"cosine-one-made\"")
                .doesNotContain("id=\"inputs-two\"");
    }

    @Test
    void aPackagesRateIsTunedInEveryCellAsTheRivalsAreAndItStandsBesideThePackageAsItIs() throws Exception {
        Outcome outcome = evolo(evaluate("run", "--tuned", made.toString()));

        assertThat(outcome.code()).as(outcome.err()).isEqualTo(ExitCode.DONE);
        assertThat(outcome.out()).contains("made tuned");
        for (String cell : List.of("one-sp", "two-sp")) {
            List<JsonNode> trials = new ArrayList<>();
            for (String line : Files.readAllLines(folder.resolve("run/cells/" + cell + "/trials.jsonl"))) {
                trials.add(new ObjectMapper().readTree(line));
            }
            trials.removeIf(trial -> !trial.path("optimizer").asText().equals("made tuned"));
            List<JsonNode> tuning = trials.stream().filter(trial -> trial.path("purpose").asText().equals("tuning")).toList();
            List<JsonNode> judging = trials.stream().filter(trial -> trial.path("purpose").asText().equals("judging")).toList();
            assertThat(tuning.stream().map(SuiteEvaluationTest::rate).distinct()).hasSizeGreaterThanOrEqualTo(15);
            JsonNode best = tuning.stream()
                    .filter(trial -> trial.path("status").asText().equals("finished"))
                    .min(Comparator.comparingDouble(trial -> trial.path("trainLoss").asDouble()))
                    .orElseThrow();
            assertThat(judging).hasSize(2).allSatisfy(trial -> assertThat(rate(trial)).isEqualTo(rate(best)));
        }
        assertThat(Files.readString(folder.resolve("run/suite.json"))).contains("the best of those that the rivals' are chosen from");
    }

    @Test
    void aRuleWithFixedValuesRunsAtTheseWithTheCosineAndCanBeAddedLater() throws Exception {
        String[] suites = {"--set", "tuned=[adam]", "--set", "untuned=[muon:rate=0.02]", "--set", "untunedConstant=[]", "--set", "observed=[]"};
        List<String> first = new ArrayList<>(List.of("soap:rate=0.01"));
        first.addAll(List.of(suites));
        Outcome outcome = evolo(evaluate("run", first.toArray(String[]::new)));
        assertThat(outcome.code()).as(outcome.err()).isEqualTo(ExitCode.DONE);
        assertThat(outcome.out()).contains("soap:rate=0.01 cosine", "muon:rate=0.02 cosine");

        List<String> second = new ArrayList<>(List.of("adamw:rate=0.003,weight_decay=0.1", "--resume"));
        second.addAll(List.of(suites));
        Outcome added = evolo(evaluate("run", second.toArray(String[]::new)));
        assertThat(added.code()).as(added.err()).isEqualTo(ExitCode.DONE);
        assertThat(added.out()).contains("soap:rate=0.01 cosine", "adamw:rate=0.003,weight_decay=0.1 cosine");
        assertThat(Files.readString(folder.resolve("run/report.html")))
                .contains("made.evolo adamw:rate=0.003,weight_decay=0.1 muon:rate=0.02 soap:rate=0.01 --suite");

        List<JsonNode> trials = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("run/cells/one/trials.jsonl"))) {
            trials.add(new ObjectMapper().readTree(line));
        }
        trials.removeIf(trial -> !trial.path("optimizer").asText().startsWith("adamw:"));
        assertThat(trials).hasSize(1 + 2).allSatisfy(trial -> {
            assertThat(trial.path("schedule").asText()).isEqualTo("cosine");
            assertThat(rate(trial)).isEqualTo(0.003);
            assertThat(trial.path("hyperparameters").path("weight_decay").asDouble()).isEqualTo(0.1);
            assertThat(trial.path("hyperparameters").path("beta1").asDouble()).isEqualTo(0.9);
        });
    }

    @Test
    void aRuleWithFixedValuesStandsInTheGridToo() {
        Outcome outcome = evolo("evaluate", "soap:rate=0.01", "--recipe", "quickstart", "--widths", "4", "--horizons", "20", "--seeds", "2",
                "--baseline-rates", "1", "--threads", "1");
        assertThat(outcome.code()).as(outcome.err()).isEqualTo(ExitCode.DONE);
        assertThat(outcome.out()).contains("soap:rate=0.01");
        assertThat(evolo("evaluate", "soap:rate=0.01").err()).contains("--recipe is missing");
    }

    private static double rate(JsonNode trial) {
        return trial.path("hyperparameters").path("rate").asDouble();
    }

    @Test
    void theSmallSuiteIsAllThatNeedsNoDataAndOfTheFullOneWhatIsLeftOutIsSaid() {
        EvaluationPlan small = new Suites(List.of("seeds=3"), "", 7).plan("small");
        assertThat(small.cells()).hasSize(16).allSatisfy(cell -> assertThat(cell.steps()).isEqualTo(7));
        assertThat(small.leftOut()).isEmpty();
        assertThat(small.seeds()).isEqualTo(3);
        assertThat(small.observed()).containsExactly(small.cells().getFirst().name());

        EvaluationPlan full = new Suites(List.of(), "", 0).plan("full");
        assertThat(full.cells()).extracting(Cell::name).isEqualTo(small.cells().stream().map(Cell::name).toList());
        assertThat(full.leftOut()).hasSize(FixedTasks.load().tasks().size() - 16);
        assertThat(full.leftOut().getFirst()).contains("needs the data set 'fashion_mnist'", "--data");
    }

    @Test
    void severalSuitesBecomeOneUnderTheFirstOnesRules() {
        EvaluationPlan both = new Suites(List.of(), "", 0).plan(suite + ",width");
        assertThat(both.name()).isEqualTo("tiny and width");
        assertThat(both.cells()).hasSize(2 + 8);
        assertThat(both.tuned()).containsExactly("adam", "muon");
        assertThat(both.observed()).containsExactly("one", "width 32 steps 200");
    }

    /** Taking every input away once is most of the work at large widths. */
    @Test
    void nothingIsObservedWhereNoCellIsNamed() throws Exception {
        assertThat(new Suites(List.of("observed=[]"), "", 0).plan("width,small").observed()).isEmpty();

        Outcome outcome = evolo(evaluate("run", "--set", "observed=[]", "--set", "tuned=[adam]"));

        assertThat(outcome.code()).as(outcome.err()).isEqualTo(ExitCode.DONE);
        try (Stream<Path> files = Files.walk(folder.resolve("run"))) {
            assertThat(files.map(file -> file.getFileName().toString())).contains("trials.jsonl").doesNotContain("observations.jsonl");
        }
        assertThat(Files.readString(folder.resolve("run/report.html"))).doesNotContain("id=\"inputs-");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--suite widht --run r|no suite is named 'widht'; did you mean 'width'?",
                "--suite width,width --run r|stands twice, expected each name once",
                "--suite width|--run DIR is missing",
                "--suite small --steps -1 --run r|--steps is -1, expected at least 1",
                "--suite width --run r --set tuned=[adam,sopa]|no optimizer is named 'sopa'; did you mean 'soap'?",
                "--suite width --run r --set observed=[width]|observed: no cell is named 'width'",
                "soap:rat=0.01 --suite width --run r|no hyperparameter of soap is named 'rat'",
                "soap:rate=-1 --suite width --run r|rate of soap:rate=-1 is -1.0, expected a positive number",
                "--suite width --run r --set tuned=[adam,soap:rate=0.01]|tuned has 'soap:rate=0.01', expected rules without values",
                "--ledger l|belong to --suite NAME",
            })
    void aMistakeOfTheUserIsNamedWithTheWayOut(String options, String message) {
        Outcome refused = evolo(("evaluate " + made + " " + options).split(" "));
        assertThat(refused.code()).as(refused.err()).isEqualTo(ExitCode.USER_MISTAKE);
        assertThat(refused.err()).contains(message);
        assertThat(Path.of("r")).doesNotExist();
    }
}
