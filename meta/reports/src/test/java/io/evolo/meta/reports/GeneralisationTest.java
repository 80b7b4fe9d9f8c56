package io.evolo.meta.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evolo.meta.Augmentation;
import io.evolo.meta.Data;
import io.evolo.meta.NetworkFamilySpec;
import io.evolo.meta.Parametrizations;
import io.evolo.meta.Tasks;
import io.evolo.meta.evaluation.Cell;
import io.evolo.meta.evaluation.Entrant;
import io.evolo.meta.evaluation.EvaluationPlan;
import io.evolo.meta.evaluation.EvaluationRun;
import io.evolo.meta.scores.Envelopes;
import io.evolo.meta.tune.Annealing;
import io.evolo.meta.tune.Selection;
import io.evolo.meta.tune.Tier;
import io.evolo.meta.tune.TuningPlan;
import io.evolo.meta.tune.TuningRun;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.tasks.IntRange;
import io.evolo.tasks.LossScale;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.data.TextSpec;
import io.evolo.tasks.families.Mlp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a suite of two cells that takes a second; Adam at a fixed rate stands in for a package. */
class GeneralisationTest {
    private static final int STEPS = 30;
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final EvaluationPlan PLAN = new EvaluationPlan(
            "tiny", List.of("adam"), Tier.LR, List.of(), List.of(), 1, 2, Selection.TRAIN, true, 50, 1, List.of("width 4"), List.of(), List.of(cell("width 4", 4), cell("width 8", 8)));

    @TempDir
    private Path folder;

    private static Cell cell(String name, int width) {
        var networks = new NetworkFamilySpec(
                Mlp.of(1),
                new Data("strokes", 4, true, true, TextSpec.Unit.CHARACTERS, 0, 0),
                IntRange.of(width),
                IntRange.of(8),
                Parametrization.Kind.MUP,
                4,
                LossScale.NATS);
        return new Cell(name, "all", name, "30", new Tasks(networks, new Augmentation(Augmentation.Level.NONE, 1, 1)), STEPS);
    }

    private static Entrant entrant(String name, Parametrization scaling) {
        return Entrant.of(name, HandDesigned.named("adam", Schedules.constant(0.01)), scaling);
    }

    private void run(Path directory, boolean again, BooleanSupplier stop) {
        run(directory, again, stop, List.of(), entrant("mine", Parametrization.mup(4)), entrant("twin", Parametrization.standard()));
    }

    private static List<String> run(Path directory, boolean again, BooleanSupplier stop, List<Path> ledgers, Entrant... entrants) {
        try (EvaluationRun run = EvaluationRun.open(directory, PLAN, List.of(), again)) {
            return run.run(List.of(entrants), ledgers, 2, stop, (phase, count) -> () -> {});
        }
    }

    @Test
    void theSpeedUpIsWhatPlainArithmeticOnTheLedgerGives() throws IOException {
        run(folder, false, () -> false);
        Comparison comparison = Comparison.of(folder);
        Comparison.Place cell = comparison.cells().getFirst();

        assertThat(cell.speedUps("mine")).hasSize(2);
        for (int seed = 0; seed < 2; seed++) {
            assertThat(cell.speedUps("mine")[seed]).isCloseTo(plainSpeedUp(seed), within(0.02));
        }
        assertThat(comparison.optimizers()).containsExactly("mine", "twin", "adam constant", "adam cosine");
    }

    @Test
    void anEntrantMeetsTheCellsNetworksByTheParametrizationThatItHasForTheirFamily() throws IOException {
        var scalings = new Parametrizations(Parametrization.mup(8), Map.of("Mlp", Parametrization.mup(2)));
        var adam = HandDesigned.named("adam", Schedules.constant(0.01));
        run(folder, false, () -> false, List.of(), new Entrant("mine", adam, scalings, new TreeMap<>(), List.of(), Optional.empty()));

        assertThat(Files.readString(folder.resolve("cells/width-4-mup-2/trials.jsonl"))).contains("\"mine\"");
        assertThat(folder.resolve("cells/width-4-mup-8")).doesNotExist();
        JsonNode families = JSON.readTree(folder.resolve("suite.json").toFile()).at("/contenders/0/families");
        assertThat(families.at("/Mlp/baseWidth").asInt()).isEqualTo(2);
    }

    /** From the lines alone: the least of Adam's curves at every point, made non-increasing, searched from the left. */
    private double plainSpeedUp(int seed) throws IOException {
        Map<String, double[]> adam = new TreeMap<>();
        double loss = Double.NaN;
        for (String text : Files.readAllLines(folder.resolve("cells/width-4/trials.jsonl"))) {
            JsonNode line = JSON.readTree(text);
            double[] curve = new double[line.get("curve").size()];
            Arrays.setAll(curve, i -> line.get("curve").get(i).asDouble(Double.NaN));
            boolean judging = line.get("purpose").asText().equals("judging");
            if (line.get("optimizer").asText().equals("mine") && line.get("seed").asInt() == seed) {
                loss = curve[curve.length - 1];
            } else if (line.get("optimizer").asText().equals("adam") && !judging && line.get("schedule").asText().equals("constant")) {
                adam.put(line.get("hyperparameters").toString(), curve);
            }
        }
        double reached = Double.POSITIVE_INFINITY;
        for (int step = 0; step < STEPS; step++) { // as many windows as steps: window i ends at step i + 1
            int at = step;
            double before = reached;
            reached = Math.min(reached, adam.values().stream().mapToDouble(curve -> curve[at]).filter(y -> y == y).min().orElseThrow());
            if (reached <= loss) {
                double into = Double.isInfinite(before) || before == reached ? 1 : (before - loss) / (before - reached);
                return (step + into) / STEPS;
            }
        }
        return 1;
    }

    @Test
    void aKilledEvaluationEndsWithTheSameFigures() throws IOException {
        Path whole = folder.resolve("whole");
        Path broken = folder.resolve("broken");
        run(whole, false, () -> false);
        AtomicInteger left = new AtomicInteger(20);
        assertThatThrownBy(() -> run(broken, false, () -> left.getAndDecrement() <= 0)).isInstanceOf(CancellationException.class);
        assertThatThrownBy(() -> Reports.read(broken)).hasMessageContaining("--resume");
        run(broken, true, () -> false);

        assertThat(timeless(broken)).isEqualTo(timeless(whole));
        assertThat(Files.readString(broken.resolve("suite.json"))).isEqualTo(Files.readString(whole.resolve("suite.json")));
    }

    /** All ledger lines without their seconds, sorted: their order depends on threads. */
    private static List<String> timeless(Path run) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.walk(run)) {
            for (Path ledger : files.filter(file -> file.endsWith("trials.jsonl")).sorted().toList()) {
                Files.readAllLines(ledger).stream().map(line -> line.replaceAll("\"(seconds|updateSeconds)\":[^,]+,", "")).sorted().forEach(lines::add);
            }
        }
        return lines;
    }

    @Test
    void thePageSaysHowManyCellsAreBetterAndACellThatCannotBeReadIsCounted() throws IOException {
        run(folder, false, () -> false);
        Files.writeString(folder.resolve("cells/width-8/trials.jsonl"), "damaged\n");

        Report report = Reports.read(folder);

        assertThat(report.skipped()).singleElement().asString().contains("cell 'width 8'", "line 1");
        assertThat(report.verdict()).hasSize(5);
        assertThat(report.verdict().get(3)).startsWith("By final training loss ").contains(" has the best mean rank of 4, ", "0 are decided");
        assertThat(report.verdict().getFirst()).contains("by mean rank the best of 2 packages", "over 1 cells, 95% interval");
        assertThat(report.verdict().get(1)).contains("mean rank", " of its 2 runs diverged").endsWith(".");
        assertThat(report.verdict().get(2)).contains("over 2 seeds, without correction: of 2 comparisons about 0.1");
        assertThat(report.tables()).extracting(Table::caption).anyMatch(caption -> caption.contains("these are 3 comparisons"));
        assertThat(report.figures())
                .extracting(Figure::id)
                .contains("speed-up-1", "speed-up-2", "profiles", "profiles-seconds", "curve-width-4")
                .contains("rate-width-4", "size-width-4-mine", "cosine-width-4-twin")
                .as("the first cell alone is looked at")
                .doesNotContain("rate-width-8");
        assertThat(Reports.page(report)).contains("<summary>1 skipped</summary>");
    }

    @Test
    void aHalfWrittenLineIsCountedAndTheRestIsReported() throws IOException {
        run(folder, false, () -> false);
        List<List<String>> before = Reports.read(folder).tables().getLast().rows();
        Files.writeString(folder.resolve("cells/width-4/trials.jsonl"), "{\"optimizer\":\"ad", StandardOpenOption.APPEND);

        Report report = Reports.read(folder);

        assertThat(report.skipped()).singleElement().asString().contains("cell 'width 4'", "is only half written");
        assertThat(report.tables().getLast().rows()).isEqualTo(before);
    }

    @Test
    void aPackageWithoutAllItsRunsInACellIsNamedAndCountsThereAsTheLast() throws IOException {
        run(folder, false, () -> false);
        Path ledger = folder.resolve("cells/width-4/trials.jsonl");
        List<String> lines = new ArrayList<>(Files.readAllLines(ledger));
        lines.remove(lines.indexOf(lines.stream().filter(line -> line.startsWith("{\"optimizer\":\"mine\"")).findFirst().orElseThrow()));
        Files.write(ledger, lines);

        Comparison comparison = Comparison.of(folder);

        assertThat(comparison.skipped()).containsExactly("mine has no complete runs in 1 of 2 cells, and counts there as the last and as"
                + " missing the target: width 4");
        assertThat(comparison.optimizers()).contains("mine");
        assertThat(new ScoreTables(comparison).ranks(comparison.cells().subList(0, 1))).containsEntry("mine", 4.0);
        assertThat(new ScoreTables(comparison).speedUp("mine", comparison.cells()).mean()).isPositive();
    }

    @Test
    void aPackageThatDoesNotFitATaskIsSkippedAndSaid() {
        Entrant misfit = Entrant.of("misfit", HandDesigned.named("ngdiff", Schedules.constant(0.01)), Parametrization.mup(4));

        List<String> skipped = run(folder, false, () -> false, List.of(), entrant("mine", Parametrization.mup(4)), misfit);

        assertThat(skipped).hasSize(2).allSatisfy(line -> assertThat(line).contains("misfit does not fit cell 'width", "second objective"));
        Report report = Reports.read(folder);
        assertThat(report.skipped()).containsAll(skipped);
        assertThat(Reports.page(report)).contains("<summary>2 skipped</summary>");
        assertThat(Comparison.of(folder).optimizers()).containsExactly("mine", "adam constant", "adam cosine");
    }

    /** Networks of one hidden layer have no matrix between hidden units. */
    @Test
    void aRuleThatIsReallyAnotherOneIsNamedAndNeitherTunedNorScoredTwice() {
        EvaluationPlan muon = new EvaluationPlan(
                "tiny", List.of("adam", "adamw", "muon"), Tier.LR, List.of(), List.of(), 1, 2, Selection.TRAIN, false, 50, 1, List.of(), List.of(),
                PLAN.cells());
        try (EvaluationRun run = EvaluationRun.open(folder, muon, List.of(), false)) {
            run.run(List.of(entrant("mine", Parametrization.mup(4))), List.of(), 2, () -> false, (phase, count) -> () -> {});
        }
        Comparison comparison = Comparison.of(folder);
        ScoreTables scores = new ScoreTables(comparison);

        assertThat(comparison.skipped()).isEmpty();
        assertThat(comparison.optimizers()).containsExactly("mine", "adam constant", "adam cosine", "adamw cosine", "muon cosine");
        assertThat(comparison.cells()).allSatisfy(cell -> {
            assertThat(cell.runs()).doesNotContainKey("muon cosine");
            assertThat(cell.tuning()).doesNotContainKey("muon cosine");
        });
        assertThat(scores.ranks(comparison.cells())).containsEntry("muon cosine", Double.NaN);
        assertThat(scores.ranks(comparison.cells()).values().stream().filter(rank -> !rank.isNaN()).mapToDouble(rank -> rank).sum())
                .as("ranks of the four that are scored")
                .isCloseTo(10, within(1e-9));
        assertThat(scores.all(Envelopes.NONE).getLast().rows()).filteredOn(row -> row.get(1).equals("muon cosine"))
                .hasSize(2)
                .allSatisfy(row -> assertThat(row.get(2)).isEqualTo("is adamw cosine here"));
    }

    /** The ledger says by which loss each was chosen: least mean over the tuning seeds. */
    @Test
    void bothEndsHaveTheSettingsThatWereChosenByTheirOwnLoss() throws IOException {
        run(folder, false, () -> false);
        JsonNode cell = JSON.readTree(folder.resolve("suite.json").toFile()).at("/cells/0");
        for (Selection by : Selection.values()) {
            double rate = cell.at("/chosen/" + by.name().toLowerCase(Locale.ROOT) + "/adam cosine/rate").asDouble();
            assertThat(rate).isEqualTo(bestRate(by == Selection.TRAIN ? "trainLoss" : "validLoss"));
            Comparison.Place place = Comparison.of(folder).cells().getFirst();
            assertThat(place.runs(by).get("adam cosine")).hasSize(2)
                    .allSatisfy(entry -> assertThat(entry.key().candidate().rate()).isEqualTo(rate));
        }
        EndTables ends = new EndTables(Comparison.of(folder));
        List<Table> tables = ends.decisive();
        assertThat(tables.get(0).caption()).contains("final training loss of settings chosen by training loss");
        assertThat(tables.get(1).caption()).contains("0 of 6 differences", "corrected by Holm");
        assertThat(tables.get(2).caption()).contains("final held-out loss of settings chosen by validation loss");
        assertThat(ends.cells().rows()).hasSize(8).allSatisfy(row -> assertThat(row.get(6)).matches("[0-9.]+ ± [0-9.]+"));
        Table ranks = tables.getFirst();
        assertThat(ranks.rows()).extracting(List::getFirst).containsExactlyInAnyOrder("mine", "twin", "adam constant", "adam cosine");
        assertThat(ranks.rows().getFirst().get(1)).as("the best comes first").startsWith("1");
        assertThat(ends.sentences().getFirst()).contains(ranks.rows().getFirst().getFirst());
    }

    private double bestRate(String loss) throws IOException {
        double least = Double.POSITIVE_INFINITY;
        double best = 0;
        for (String text : Files.readAllLines(folder.resolve("cells/width-4/trials.jsonl"))) {
            JsonNode line = JSON.readTree(text);
            boolean cosine = line.get("schedule").asText().equals("cosine") && line.get("purpose").asText().equals("tuning");
            if (cosine && line.get("optimizer").asText().equals("adam") && line.get(loss).asDouble(Double.POSITIVE_INFINITY) < least
                    && line.get("status").asText().equals("finished")) {
                least = line.get(loss).asDouble();
                best = line.at("/hyperparameters/rate").asDouble();
            }
        }
        return best;
    }

    @Test
    void packagesThatComeLaterStandBesideTheFirst() {
        run(folder, false, () -> false, List.of(), entrant("mine", Parametrization.mup(4)));
        run(folder, true, () -> false, List.of(), entrant("twin", Parametrization.standard()));
        assertThat(Comparison.of(folder).learned()).containsExactly("mine", "twin");
        assertThat(Comparison.of(folder).optimizers()).containsExactly("mine", "twin", "adam constant", "adam cosine");
    }

    @Test
    void theBestOfATuningRunsBoxIsARivalWithTheTrialsThatItTook() {
        Path tuned = folder.resolve("tuned");
        TuningPlan box = new TuningPlan(
                List.of("adam"), Tier.SOBOL, "", 4, List.of(Annealing.COSINE), 1, 2, Selection.TRAIN, false, STEPS, 50, 1,
                PLAN.cells().getFirst().task());
        int trials;
        try (TuningRun run = TuningRun.create(tuned, box)) {
            trials = run.tune(1, () -> false, (phase, count) -> () -> {}).tuned().getFirst().tuning().trials();
        }
        Path other = folder.resolve("other");
        TuningPlan longer = new TuningPlan(
                List.of("sgd"), Tier.DEFAULT, "", 0, List.of(Annealing.COSINE), 1, 2, Selection.TRAIN, false, STEPS + 1, 50, 1,
                PLAN.cells().getFirst().task());
        try (TuningRun run = TuningRun.create(other, longer)) {
            run.tune(1, () -> false, (phase, count) -> () -> {});
        }
        Path missing = folder.resolve("missing");

        List<String> skipped =
                run(folder.resolve("run"), false, () -> false, List.of(tuned, other, missing), entrant("mine", Parametrization.mup(4)));

        assertThat(skipped).hasSize(2);
        assertThat(skipped.get(0)).contains("missing", "cannot be read", "evolo tune makes one");
        assertThat(skipped.get(1)).contains(other + " is of a task that no cell has", "steps=31");
        Comparison comparison = Comparison.of(folder.resolve("run"));
        assertThat(comparison.optimizers()).containsExactly("mine", "adam constant", "adam cosine", "adam cosine sobol");
        assertThat(comparison.cells().getFirst().tuning().get("adam cosine sobol")).hasSize(trials);
        assertThat(Reports.read(folder.resolve("run")).skipped()).hasSize(3).containsAll(skipped).anyMatch(line -> line.contains(
                "adam cosine sobol has no complete runs in 1 of 2 cells"));
    }

    @Test
    void publishedEnvelopesAreAUnitToo() throws IOException {
        run(folder, false, () -> false);
        Path file = Files.writeString(folder.resolve("envelopes.json"), """
                {"width 8": {"steps": [0, 1000], "losses": [100, 0]}, "other": {"steps": [0, 1], "losses": [1, 0]}}
                """);

        Report report = Reports.read(folder, Envelopes.read(file));

        assertThat(report.skipped()).containsExactly("1 of 2 envelopes are of tasks that no cell has the name of");
        Table table = report.tables().stream().filter(one -> one.caption().startsWith("By published envelopes")).findFirst().orElseThrow();
        double loss = Arrays.stream(Comparison.of(folder).cells().get(1).trainLosses("mine")).average().orElseThrow();
        assertThat(table.rows().getFirst().subList(0, 3)).containsExactly("width 8", "mine", String.valueOf(Math.round(1000 - 10 * loss)));
    }

    @Test
    void whatIsNeededToRepeatItStandsOnThePage() {
        run(folder, false, () -> false);
        List<Report.Fact> facts = Reports.read(folder).facts();
        assertThat(facts).extracting(Report.Fact::name)
                .contains("to make it again", "machine", "compute spent on tuning", "compute spent on judging", "mine", "twin", "config.yaml");
        assertThat(facts.get(0).text()).startsWith("evolo evaluate mine.evolo twin.evolo --suite config.yaml");
        // Two cells, 30 settings at least with one seed each; two packages and two rivals with two seeds each.
        assertThat(facts.get(2).text()).matches("\\d+ training runs, [\\d,]+ steps, .*");
        assertThat(facts.get(3).text()).startsWith("16 training runs, 480 steps, ");
    }

    @Test
    void anotherPlanIsNotMixedIn() {
        run(folder, false, () -> false);
        EvaluationPlan another = new EvaluationPlan(
                "tiny", List.of("adam"), Tier.LR, List.of(), List.of(), 1, 3, Selection.TRAIN, true, 50, 1, List.of(), List.of(), PLAN.cells());
        assertThatThrownBy(() -> EvaluationRun.open(folder, another, List.of(), true)).hasMessageContaining("another plan");
        assertThatThrownBy(() -> EvaluationRun.open(folder, PLAN, List.of(), false)).hasMessageContaining("already holds a run");
    }
}
