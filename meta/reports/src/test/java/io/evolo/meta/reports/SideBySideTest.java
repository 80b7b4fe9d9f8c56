package io.evolo.meta.reports;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SideBySideTest {
    @TempDir
    private Path folder;

    private Path run(String name, String config, double loss) throws IOException {
        Path run = Files.createDirectories(folder.resolve(name));
        Files.writeString(run.resolve("config.yaml"), config);
        StringBuilder lines = new StringBuilder();
        for (int i = 1; i <= 20; i++) {
            lines.append("{\"outerStep\":%d,\"metaLoss\":%s,\"gradientNorm\":1,\"signalToNoise\":1,\"laneSteps\":10,\"seconds\":1}\n".formatted(i, loss));
        }
        Files.writeString(run.resolve("metrics.jsonl"), lines);
        return run;
    }

    @Test
    void whatTheConfigurationsDifferInComesFirstAndCurvesLieOverEachOther() throws IOException {
        Path one = run("one", "name: tiny\nouter:\n  steps: 20\n  rate: 0.1\ntasks:\n  - width: [8, 32]\n", 2);
        Path two = run("two", "name: tiny\nouter:\n  steps: 20\n  rate: 0.2\ntasks:\n  - width: [8, 64]\n    depth: 2\n", 1);

        Report report = Reports.sideBySide(List.of(one, two));

        assertThat(report.tables().getFirst().header()).containsExactly("key", "one", "two");
        assertThat(report.tables().getFirst().rows()).containsExactly(
                List.of("outer.rate", "0.1", "0.2"), List.of("tasks.0.width.1", "32", "64"), List.of("tasks.0.depth", "–", "2"));
        assertThat(report.verdict()).anyMatch(sentence -> sentence.startsWith("one: The run made 20 outer steps"));
        assertThat(report.figures()).extracting(Figure::id).containsExactly("meta-loss", "signal-to-noise", "gradient-norm");
        assertThat(((Figure.Lines) report.figures().getFirst()).series()).extracting(Figure.Series::name).containsExactly("one", "two");
        assertThat(((Figure.Lines) report.figures().getFirst()).series().get(1).y()).containsOnly(1);
        assertThat(Reports.page(report)).contains("one, two side by side", "outer.rate");
    }

    @Test
    void runsOfOneNameAreToldApartByTheirPlaces() throws IOException {
        Path one = run("a/run", "name: tiny\n", 2);
        Path two = run("b/run", "name: tiny\n", 2);

        Report report = Reports.sideBySide(List.of(one, two));

        assertThat(report.tables().getFirst().header()).containsExactly("key", one.toString(), two.toString());
        assertThat(report.tables().getFirst().caption()).isEqualTo("The configurations are the same");
    }
}
