package io.evolo.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BenchReportTest {

    @Test
    void theJsonHasTheFieldsThatProgramsRead() {
        BenchReport report = new BenchReport(
                new BenchReport.Machine("Linux", "amd64", 2, "25", "vector kernels"),
                118.2,
                28.4,
                List.of(new BenchReport.RuleTime("small_fc", 32, 118_282, 1, 40, 1300, 0.9)),
                List.of(new BenchReport.GemmShare(128, 784, 128, "NN", 0.97)),
                List.of(new BenchReport.LaneSteps("celo2-base", 2, 40_000)),
                List.of(new BenchReport.MatrixShare(128, 0.3)),
                List.of(new BenchReport.MatrixShare(128, 0.02)),
                List.of(new BenchReport.OblongShare(2048, 512, 0.9)));
        JsonNode json = new ObjectMapper().valueToTree(report);
        assertThat(json.at("/fmaPeakGflops").asDouble()).isEqualTo(118.2);
        assertThat(json.at("/rules/0").properties().stream().map(Map.Entry::getKey))
                .contains("rule", "hidden", "parameters", "threads", "nsPerParameter", "plainNsPerParameter");
        assertThat(json.at("/gemm/0").properties().stream().map(Map.Entry::getKey))
                .containsExactly("m", "k", "n", "transpose", "shareOfPeak");
        assertThat(json.at("/laneSteps/0").properties().stream().map(Map.Entry::getKey))
                .containsExactly("recipe", "threads", "perSecond");
        for (String matrices : List.of("/qr/0", "/eigen/0")) {
            assertThat(json.at(matrices).properties().stream().map(Map.Entry::getKey)).containsExactly("n", "shareOfPeak");
        }
        assertThat(json.at("/newton-schulz/0").properties().stream().map(Map.Entry::getKey)).containsExactly("m", "n", "shareOfPeak");
    }
}
