package io.evolo.meta.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evolo.meta.Augmentation;
import io.evolo.meta.Data;
import io.evolo.meta.NetworkFamilySpec;
import io.evolo.meta.Tasks;
import io.evolo.meta.evaluation.Cell;
import io.evolo.meta.evaluation.Entrant;
import io.evolo.meta.evaluation.EvaluationPlan;
import io.evolo.meta.evaluation.EvaluationRun;
import io.evolo.meta.tune.Selection;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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
            "tiny", List.of("adam"), List.of(), List.of(), 1, 2, Selection.TRAIN, 50, 1, List.of(), List.of(), List.of(cell("width 4", 4), cell("width 8", 8)));

    @TempDir
    private Path folder;

    private static Cell cell(String name, int width) {
        var networks = new NetworkFamilySpec(
                Mlp.of(1),
                new Data("strokes", 4, true, true, TextSpec.Unit.CHARACTERS, 0),
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
        List<Entrant> entrants = List.of(entrant("mine", Parametrization.mup(4)), entrant("twin", Parametrization.standard()));
        try (EvaluationRun run = EvaluationRun.open(directory, PLAN, "plan", plan -> "plan", again)) {
            run.run(entrants, List.of(), 2, stop, (phase, count) -> () -> {});
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
                Files.readAllLines(ledger).stream().map(line -> line.replaceAll("\"seconds\":[^,]+,", "")).sorted().forEach(lines::add);
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
        assertThat(report.verdict()).hasSize(3);
        assertThat(report.verdict().getFirst()).startsWith("mine reaches its loss ").contains("over 1 cells", "none of its 2 runs diverged");
        assertThat(report.tables()).hasSize(3);
        assertThat(report.figures()).extracting(Figure::id).contains("speed-up-1", "speed-up-2", "profiles", "curve-width-4");
        assertThat(Reports.page(report)).contains("<summary>1 skipped</summary>");
    }

    @Test
    void anotherPlanIsNotMixedIn() {
        run(folder, false, () -> false);
        assertThatThrownBy(() -> EvaluationRun.open(folder, PLAN, "another", plan -> "plan", true)).hasMessageContaining("another plan");
        assertThatThrownBy(() -> EvaluationRun.open(folder, PLAN, "plan", plan -> "plan", false)).hasMessageContaining("already holds a run");
    }
}
