package io.evolo.meta.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.checkpoints.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetaTrainingTest {
    @TempDir
    private Path run;

    @BeforeEach
    void writeMetrics() throws IOException {
        Files.writeString(run.resolve("config.yaml"), "name: tiny\n");
        Files.writeString(
                run.resolve("metrics.jsonl"),
                """
                {"outerStep":20,"metaLoss":2.0,"gradientNorm":3.0,"signalToNoise":1.5,"diverged":1,"laneSteps":1000,"seconds":2.5}
                {"outerStep":40,"metaLoss":1.0,"gradientNorm":2.0,"signalToNoise":2.5,"diverged":2,"laneSteps":2000,"seconds":5.0}
                """);
    }

    @Test
    void aRunThatWasNotMeasuredSaysSo() {
        Report report = Reports.read(run);
        assertThat(report.verdict())
                .containsExactly(
                        "The run has not been measured yet: nothing is known of how good the optimizer is.",
                        "The run made 40 outer steps, 2,000 lane-steps in 5 seconds.",
                        "There are too few intervals to say whether the meta-loss falls.",
                        "3 lanes diverged on the way.");
        assertThat(report.title()).isEqualTo("Meta-training of tiny");
        assertThat(report.figures()).extracting(Figure::id).containsExactly("meta-loss", "signal-to-noise", "gradient-norm");
        assertThat(report.facts()).extracting(Report.Fact::text).contains("name: tiny\n");
    }

    /** Twenty intervals whose losses jump by ±0.2 around a mean that falls by so much from each to the next. */
    private String learnedWhereItFallsBy(double fall) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            double loss = 2 - fall * i + (i % 2 == 0 ? 0.2 : -0.2);
            lines.append("{\"outerStep\":%d,\"metaLoss\":%s,\"laneSteps\":10,\"seconds\":1}\n".formatted(10 * (i + 1), loss));
        }
        Files.writeString(run.resolve("metrics.jsonl"), lines);
        return Reports.read(run).verdict().get(2);
    }

    @Test
    void theFirstIntervalsAreComparedWithTheLast() throws IOException {
        // t of 3 values is 4.303, so each mean is known within 4.303·0.23/√3 = 0.57 and more, their difference within 0.81
        assertThat(learnedWhereItFallsBy(0.1)).startsWith("The meta-loss fell: the mean of the last 3 intervals is 0.1333, that of the first 3 1.9667")
                .contains(": a difference of -1.8333 ± 0.");
        assertThat(learnedWhereItFallsBy(0)).startsWith("Nothing learned yet, as far as the meta-loss shows: ");
        assertThat(learnedWhereItFallsBy(-0.1)).startsWith("The meta-loss rose: ");
    }

    @Test
    void curvesAreSmoothAndHaveBands() throws IOException {
        learnedWhereItFallsBy(0);
        Figure.Series losses = ((Figure.Lines) Reports.read(run).figures().getFirst()).series().getFirst();
        assertThat(losses.y()[10]).as("the mean of 3").isBetween(1.9, 2.1);
        assertThat(losses.high()[10]).isGreaterThan(losses.y()[10]);
        assertThat(losses.low()[10]).isLessThan(losses.y()[10]);
    }

    @Test
    void metaValidationHasItsSentenceAndItsCurve() throws IOException {
        Files.writeString(
                run.resolve("validation.jsonl"),
                """
                {"outerStep":10,"score":-0.5,"problems":[-0.4,-0.6],"diverged":0}
                {"outerStep":20,"score":-1.5,"problems":[-1.4,-1.6],"diverged":0}
                {"outerStep":40,"score":0.25,"problems":[-1.8,2.3],"diverged":2}
                {"outerStep":50,"sco""");
        Report report = Reports.read(run);
        assertThat(report.verdict())
                .contains("Of 3 meta-validations, the one at outer step 20 was the best: -1.5000, against -0.5000 at the first and 0.2500 at the last.");
        assertThat(report.figures().getFirst().id()).isEqualTo("meta-validation");
        assertThat(report.skipped()).singleElement().asString().contains("validation.jsonl line 4 is cut short");
    }

    @Test
    void theVerdictIsCountedFromTheCells() throws IOException {
        // Three seeds, so t = 4.303: differences around -0.51 are better, those around 0.305 worse, -0.1 to 0.2 undecided, diverged runs worse.
        Files.writeString(
                run.resolve("evaluation.json"),
                "{\"data\":\"digits\",\"cells\":["
                        + cell(32, 200, 1.0, 1.02, 0.5, 0.5) + "," + cell(32, 1000, 1.0, 1.0, 1.3, 1.31) + ","
                        + cell(64, 200, 1.0, 1.0, 0.9, 1.2) + "," + cell(64, 1000, 1.0, 1.0, Double.POSITIVE_INFINITY, 0.1) + "]}");

        Report report = Reports.read(run);

        assertThat(report.verdict().subList(0, 2))
                .containsExactly(
                        "On digits mine is better than tuned Adam in 1 of 4 cells, worse in 2 and undecided in 1.",
                        "Each verdict stands on the 95% interval of the paired difference in final training loss over 3 seeds; with 4"
                                + " comparisons about 0.2 are wrong by chance.");
        assertThat(report.tables().getFirst().rows()).extracting(row -> row.get(1)).containsExactly("", "better", "", "worse", "", "undecided", "", "worse");
        assertThat(report.tables().getFirst().rows().get(1).get(6)).isEqualTo("-0.5100 ± 0.0248");
        Figure.HeatMap map = (Figure.HeatMap) report.figures().getFirst();
        assertThat(map.rows()).containsExactly("32", "64");
        assertThat(map.ratios()[0][0]).isEqualTo(2.02);
        assertThat(map.ratios()[1][1]).as("diverged").isZero();
    }

    /** With a third seed between the two. */
    private static String cell(int width, int horizon, double adam1, double adam2, double mine1, double mine2) {
        return "{\"width\":%d,\"horizon\":%d,\"scores\":[{\"optimizer\":\"adam\",\"tuned\":{\"rate\":0.01,\"decay\":\"COSINE\"},\"runs\":[%s,%s,%s]},{\"optimizer\":\"mine\",\"runs\":[%s,%s,%s]}]}"
                .formatted(width, horizon, run(adam1), run(adam2), run((adam1 + adam2) / 2), run(mine1), run(mine2), run((mine1 + mine2) / 2));
    }

    private static String run(double loss) {
        boolean diverged = Double.isInfinite(loss);
        return "{\"trainLoss\":" + (diverged ? "\"Infinity\"" : loss) + ",\"testAccuracy\":0.5,\"diverged\":" + diverged + "}";
    }

    @Test
    void aLineThatWasCutShortIsSkippedAndCounted() throws IOException {
        Files.writeString(run.resolve("metrics.jsonl"), Files.readString(run.resolve("metrics.jsonl")) + "{\"outerStep\":60,\"meta");
        Report report = Reports.read(run);
        assertThat(report.skipped()).singleElement().asString().contains("metrics.jsonl line 3 is cut short");
        assertThat(report.verdict()).anyMatch(sentence -> sentence.contains("40 outer steps"));
    }

    @Test
    void aFolderThatIsNoRunIsRefused() {
        assertThatThrownBy(() -> Reports.read(run.resolve("other")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("is no run directory");
    }
}
