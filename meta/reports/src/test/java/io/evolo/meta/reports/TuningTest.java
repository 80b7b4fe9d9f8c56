package io.evolo.meta.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.checkpoints.CheckpointException;
import io.evolo.meta.reports.Figure.Lines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TuningTest {
    @TempDir
    private Path run;

    @BeforeEach
    void begin() throws IOException {
        Files.writeString(run.resolve("trials.jsonl"), "");
    }

    @Test
    void rulesAreRankedByFreshSeedsAndTheCostIsSaid() throws IOException {
        write("0.3", "0.9");
        Report report = Reports.read(run);
        assertThat(report.verdict())
                .containsExactly(
                        "The least median test loss on 5 fresh seeds is 0.3000 [0.2000, 0.4000] of adam cosine; 1 of 2 settings have"
                                + " quartiles that reach it.",
                        "1 chosen settings diverged on a fresh seed.",
                        "It took 40 trials and 4,000 inner steps, 12 seconds of training on one thread.");
        assertThat(report.tables().getFirst().rows()).extracting(row -> row.getFirst()).containsExactly("adam", "sgd");
        assertThat(report.tables().getFirst().rows().getLast().get(3)).isEqualTo("0.9000 [0.8000, 1.0000]");
    }

    @Test
    void aValueAtWhichARunDivergedBreaksTheStabilityCurve() throws IOException {
        write("0.3", "0.9");
        Lines curve = (Lines) Reports.read(run).figures().getFirst();
        assertThat(curve.series().getFirst().x()).containsExactly(0.01, 0.1);
        assertThat(curve.series().getFirst().y()).containsExactly(0.5, Double.POSITIVE_INFINITY);
        assertThat(curve.series().getFirst().low()[0]).isEqualTo(0.4);
        assertThat(VegaLite.spec(curve).toString()).doesNotContain("\"x\":0.1,").doesNotContain("Infinity");
    }

    @Test
    void aRunThatHasNotEndedSaysHowToEndIt() {
        assertThatThrownBy(() -> Reports.read(run)).isInstanceOf(CheckpointException.class).hasMessageContaining("--resume");
    }

    private void write(String adam, String sgd) throws IOException {
        String curve = "{\"optimizer\":\"adam\",\"schedule\":\"cosine\",\"axis\":\"rate\",\"points\":["
                + "{\"value\":0.01,\"validLosses\":[0.4,0.6]},{\"value\":0.1,\"validLosses\":[0.5,null]}]}";
        Files.writeString(
                run.resolve("tuning.json"),
                "{\"task\":\"digits\",\"steps\":100,\"select\":\"valid\",\"seeds\":5,\"tuningSeeds\":2,\"results\":["
                        + result("sgd", sgd, "0.8", "1.0", 1) + "," + result("adam", adam, "0.2", "0.4", 0) + "],\"stability\":[" + curve
                        + "],\"spent\":{\"trials\":40,\"laneSteps\":4000,\"seconds\":12.3}}");
    }

    private static String result(String optimizer, String median, String low, String high, int diverged) {
        return ("{\"optimizer\":\"%s\",\"schedule\":\"cosine\",\"hyperparameters\":{\"rate\":0.01},\"freshTestLoss\":{\"median\":%s,"
                        + "\"low\":%s,\"high\":%s},\"freshTrainLoss\":{\"median\":0.1,\"low\":0.1,\"high\":0.1},\"divergedFresh\":%d,"
                        + "\"bestOf\":[2,1],\"notes\":[],\"settings\":2,\"spentTuning\":{\"trials\":4}}")
                .formatted(optimizer, median, low, high, diverged);
    }
}
