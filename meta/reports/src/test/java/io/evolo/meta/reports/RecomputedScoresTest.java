package io.evolo.meta.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The numbers of a page from files whose scores are worked out by hand, in the comments. Two cells of four steps, two seeds. Adam's
 * best constant rate has batch losses 8, 4, 2, 1 in both; windows are steps, so its envelope has loss 8 from step 1, 4 at 2, 2 at 3, 1 at 4.
 */
class RecomputedScoresTest {
    @TempDir
    private Path run;

    private Report report;

    @BeforeEach
    void write() throws IOException {
        // Cell one. The package ends its curves at 2 and 1.5: worth 3 and 3.5 steps of Adam, speed-ups .75 and .875.
        cell("one", List.of(
                judged("mine", "constant", 0, 1.0, 8, 4, 3, 2), judged("mine", "constant", 1, 1.2, 8, 3, 2, 1.5),
                judged("adam", "cosine", 0, 2.0, 8, 5, 4, 1), judged("adam", "cosine", 1, 2.2, 8, 5, 4, 1)));
        // Cell two. One run diverged, which is worth 0; the other ends at 4: 2 steps, speed-up .5.
        cell("two", List.of(
                judged("mine", "constant", 0, 3.0, 8, 7, 5, 4), diverged("mine", 1),
                judged("adam", "cosine", 0, 1.0, 8, 3, 2, 1), judged("adam", "cosine", 1, 1.1, 8, 3, 2, 1)));
        Files.writeString(run.resolve("suite.json"), """
                {"suite": "by hand", "seeds": 2, "contenders": [{"name": "mine", "facts": {"seconds": "7"}}], "cells": [
                  {"name": "one", "bucket": "a", "row": "1", "column": "4", "steps": 4, "parameters": 500, "ledgers": ["one"]},
                  {"name": "two", "bucket": "b", "row": "2", "column": "4", "steps": 4, "parameters": 5000, "ledgers": ["two"]}]}
                """);
        report = Reports.read(run);
    }

    private void cell(String name, List<String> judged) throws IOException {
        List<String> lines = new ArrayList<>(judged);
        lines.add(line("adam", "constant", "tuning", 0, 1, 8, 4, 2, 1));
        lines.add(line("adam", "constant", "tuning", 0, 2, 8, 6, 5, 4)); // a worse rate has no part in the envelope
        Files.createDirectory(run.resolve(name));
        Files.write(run.resolve(name).resolve("trials.jsonl"), lines);
    }

    private static String judged(String optimizer, String schedule, int seed, double loss, double... curve) {
        return line(optimizer, schedule, "judging", seed, 1, curve).replace("\"trainLoss\":9", "\"trainLoss\":" + loss);
    }

    private static String diverged(String optimizer, int seed) {
        return line(optimizer, "constant", "judging", seed, 1, 8, 9, 10, 11)
                .replace("finished", "diverged")
                .replaceAll("(train|valid|test)Loss\":9", "$1Loss\":null")
                .replace("10.0,11.0", "null,null");
    }

    /** 10 ms of training for four steps, 4 ms of them in the rule; 8,000 bytes of state. */
    private static String line(String optimizer, String schedule, String purpose, int seed, double rate, double... curve) {
        return String.format(
                Locale.ROOT,
                "{\"optimizer\":\"%s\",\"tier\":\"lr\",\"schedule\":\"%s\",\"hyperparameters\":{\"rate\":%s},\"purpose\":\"%s\",\"seed\":%d,"
                        + "\"task\":{\"name\":\"task\"},\"status\":\"finished\",\"trainLoss\":9,\"validLoss\":9,\"testLoss\":9,"
                        + "\"testAccuracy\":0.5,\"initialLoss\":9,\"steps\":4,\"laneSteps\":4,\"seconds\":0.01,\"updateSeconds\":0.004,"
                        + "\"stateBytes\":8000,\"curve\":[%s]}",
                optimizer, schedule, rate, purpose, seed,
                Arrays.stream(curve).mapToObj(Double::toString).collect(Collectors.joining(",")));
    }

    private List<String> row(String caption, String... begins) {
        return report.tables().stream()
                .filter(table -> table.caption().startsWith(caption))
                .flatMap(table -> table.rows().stream())
                .filter(row -> row.subList(0, begins.length).equals(List.of(begins)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theInterquartileMeanOfTheSpeedUps() {
        // Of 0, .5, .75, .875 the middle half is .5 and .75: mean .625, shown as .63.
        List<String> mine = row("All 2 cells", "mine");
        assertThat(mine.get(1)).isEqualTo("0.63");
        // Adam with the cosine ends at 1, worth 4 of 4 steps, in all four runs: no uncertainty.
        List<String> adam = row("All 2 cells", "adam cosine");
        assertThat(adam.subList(1, 3)).containsExactly("1.00", "1.00 to 1.00");
    }

    @Test
    void aLongerCellOfTheSameProblemSaysHowLongAdamWouldHaveNeeded() throws IOException {
        // Two steps. Adam's best rate gets to 8, 4 in them; the package to 2, which Adam has at step 3 of the cells of four steps: speed-up
        // 3/2. To 0.5 Adam never gets: cut off at 4 steps, speed-up 2, and counted as beyond.
        Files.createDirectory(run.resolve("short"));
        Files.write(run.resolve("short/trials.jsonl"), List.of(
                two(judged("mine", "constant", 0, 1, 8, 2)), two(judged("mine", "constant", 1, 1, 8, 0.5)),
                two(judged("adam", "cosine", 0, 2, 8, 4)), two(judged("adam", "cosine", 1, 2, 8, 4)),
                two(line("adam", "constant", "tuning", 0, 1, 8, 4))));
        Files.writeString(run.resolve("suite.json"), Files.readString(run.resolve("suite.json")).replace("\"cells\": [", """
                "cells": [{"name": "short", "bucket": "c", "row": "3", "column": "2", "steps": 2, "parameters": 50, "ledgers": ["short"]},"""));

        report = Reports.read(run);

        Comparison.Place cell = Comparison.of(run).cells().getFirst();
        assertThat(cell.speedUps("mine")).containsExactly(new double[] {1.5, 2}, within(0.005)); // the envelope is resampled to 512 points
        assertThat(cell.beyond("mine")).isEqualTo(1);
        assertThat(row("All 3 cells", "mine").get(9)).as("one of six runs").isEqualTo("16.7");
        assertThat(report.verdict().getFirst()).contains("a lower bound, for 1 of 6 runs end below all that Adam has reached");
    }

    private static String two(String line) {
        return line.replace("\"steps\":4,\"laneSteps\":4", "\"steps\":2,\"laneSteps\":2");
    }

    @Test
    void ranksProfilesTestsAndDivergence() {
        List<String> mine = row("All 2 cells", "mine");
        // Mean losses 1.1 against 2.1 in cell one: first; infinite in cell two: second. Mean 1.5.
        assertThat(mine.get(3)).isEqualTo("1.50");
        assertThat(row("Mean rank by size", "mine")).containsExactly("mine", "1.00", "2.00");
        assertThat(row("By bucket", "b", "mine").get(4)).isEqualTo("2.00");
        // The target is the envelope's loss at step 2, which is 4. Mean curves: mine 8, 3.5 in cell one: step 2, cosine 8, 5, 4: step 3.
        // In cell two mine has no mean once a run diverged and missed it, cosine 8, 3: step 2. Ratios of mine 1, ∞; of cosine 1.5, 1.
        assertThat(row("Every cell", "one", "mine").get(9)).isEqualTo("2");
        assertThat(row("Every cell", "one", "adam cosine").get(9)).isEqualTo("3");
        assertThat(row("Every cell", "two", "mine").get(9)).isEqualTo("–");
        // Profile scores: mine has half of the cells from τ = 1 on: .5. Cosine has half from 1, all from 1.5: (.5 · .5 + 2.5) / 3 = .9167,
        // on 100 points .92.
        assertThat(mine.get(4)).isEqualTo("0.50");
        assertThat(row("All 2 cells", "adam cosine").get(4)).isEqualTo("0.92");
        // One of four runs diverged; three pairs of finished runs: log-differences −.69, −.61, 1.10 have signed ranks −2, −1, 3: W = 3
        // of at most 6, whose two-sided exact p is 1.
        assertThat(mine.get(6)).isEqualTo("1.0");
        assertThat(mine.subList(7, 9)).containsExactly("25.0", "4");
    }

    @Test
    void stepsToTargetInSecondsAndWhatItCosts() {
        // 10 ms for 4 steps: 2.5 ms per step; 2 steps to the target: 5 ms, shown to 10 ms. 4 of 10 ms are the rule's.
        assertThat(row("Every cell", "one", "mine").get(10)).isEqualTo("0.01");
        List<String> cost = row("What they cost", "mine");
        assertThat(cost.subList(1, 3)).containsExactly("2.500", "40.0");
        // 16,000 bytes for 5,500 parameters.
        assertThat(cost.get(3)).isEqualTo("2.9");
        // Two rates in two cells, 4 steps each.
        assertThat(report.facts()).extracting(Report.Fact::text).contains("4 training runs, 16 steps, 0 seconds on one thread");
    }

    @Test
    void theVerdictOfTwoSeedsIsOpen() {
        assertThat(report.verdict()).hasSize(5);
        assertThat(report.verdict().get(3)).startsWith("By final training loss").contains("of which 0 are decided");
        assertThat(report.verdict().get(4)).startsWith("By final held-out loss").contains("of which 0 are decided");
        assertThat(report.verdict().get(0))
                .startsWith("mine gets to its losses 0.63 times as fast as Adam at the best of its constant learning rates")
                .endsWith("better in 0, worse in 0, undecided in 2 of 2 cells.");
        assertThat(report.verdict().get(1))
                .isEqualTo("It loses to tuned Adam in no cell; it has the best mean rank of all 2 optimizers, 1.5; 1 of its 4 runs diverged.");
        assertThat(report.verdict().get(2)).contains("over 2 seeds", "of 2 comparisons about 0.1 would be wrong by chance");
        assertThat(report.facts()).anySatisfy(fact -> assertThat(fact.text()).contains("seconds of meta-training: 7"));
        assertThat(row("Every cell", "one", "mine").get(2)).isEqualTo("undecided (2 seeds)");
    }

    @Test
    void theVerdictSaysWhereItLoses() throws IOException {
        // A third seed. Differences in cell one: -1.0 each, no spread: better. In cell two a run diverged: worse.
        more("one", judged("mine", "constant", 2, 1.0, 8, 7, 5, 4), judged("adam", "cosine", 2, 2.0, 8, 3, 2, 1));
        more("two", judged("mine", "constant", 2, 3.0, 8, 7, 5, 4), judged("adam", "cosine", 2, 1.0, 8, 3, 2, 1));
        Files.writeString(run.resolve("suite.json"), Files.readString(run.resolve("suite.json")).replace("\"seeds\": 2", "\"seeds\": 3"));

        report = Reports.read(run);

        assertThat(report.verdict().get(0)).endsWith("better in 1, worse in 1, undecided in 0 of 2 cells.");
        assertThat(report.verdict().get(1)).startsWith("It loses to tuned Adam in two; ").contains("1 of its 6 runs diverged");
    }

    private void more(String cell, String... lines) throws IOException {
        Files.write(run.resolve(cell).resolve("trials.jsonl"), List.of(lines), StandardOpenOption.APPEND);
    }
}
