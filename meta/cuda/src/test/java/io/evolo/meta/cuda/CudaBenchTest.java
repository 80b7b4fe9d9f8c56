package io.evolo.meta.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.optimizers.learned.Celo2;
import io.evolo.optimizers.learned.SmallFc;
import io.evolo.schema.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** That the benchmark measures what it says, on this machine's processor; not how fast that is. */
class CudaBenchTest {
    private static final CudaBench.Grid TINY = new CudaBench.Grid(
            List.of(new CudaBench.Named("celo2", Celo2.published()), new CudaBench.Named("small_fc", SmallFc.of(8)),
                    new CudaBench.Named("small_fc tf32", new DeviceRule(SmallFc.of(8), Precision.TF32))), List.of(4),
            List.of(2, 4), List.of(2500L), 1, 1 << 16, 4);

    @Test
    void everyCellOfTheGridIsMeasuredAndAgreesWithTheLocalExecutor() {
        List<String> progress = new ArrayList<>();

        CudaBench.Report report = HostCuda.with(() -> CudaBench.run("", TINY, progress::add));

        assertThat(progress).first().isEqualTo("ceilings");
        assertThat(report.device()).contains("host processor");
        assertThat(report.copyGigabytesPerSecond()).isPositive();
        assertThat(report.teraflops()).isPositive();
        assertThat(report.tensorTeraflops()).containsOnlyKeys("tf32", "bf16").allSatisfy((_, peak) -> assertThat(peak).isPositive());
        assertThat(report.lanes()).hasSize(6).allSatisfy(cell -> {
            assertThat(cell.perSecond()).isPositive();
            assertThat(cell.localPerSecond()).isPositive();
            assertThat(cell.ofMemory()).isPositive();
            assertThat(cell.ofArithmetic()).isPositive();
            assertThat(cell.worst()).isBetween(0.0, 1e-3);
        });
        assertThat(report.steps()).hasSize(3).allSatisfy(steps -> {
            assertThat(steps.parameters()).isBetween(2000L, 3000L);
            assertThat(steps.nanosPerParameter()).isPositive();
        });
    }

    @Test
    void lanesThatDoNotFitAreLeftOutAndTheOthersMeasured() {
        CudaBench.Grid two = new CudaBench.Grid(TINY.rules(), TINY.widths(), List.of(2, 400), List.of(), 1, 1 << 16, 4);

        CudaBench.Report report = HostCuda.with(Map.of("memory", 4_000_000L), () -> CudaBench.run("", two, _ -> {}));

        assertThat(report.lanes()).filteredOn(cell -> cell.lanes() == 400).isNotEmpty().allMatch(cell -> cell.perSecond() == 0);
        assertThat(report.lanes()).filteredOn(cell -> cell.lanes() == 2).allMatch(cell -> cell.perSecond() > 0);
    }

    @Test
    void withoutAGpuTheMessageSaysWhatIsMissing() {
        HostCuda.Named.libraries("nowhere.so", "nowhere.so", () -> assertThatThrownBy(() -> CudaBench.run("", TINY, _ -> {}))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("no NVIDIA driver"));
    }
}
