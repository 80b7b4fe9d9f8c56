package io.evolo.meta.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.optimizers.learned.Celo;
import io.evolo.optimizers.learned.Celo2;
import io.evolo.optimizers.learned.SmallFc;
import io.evolo.optimizers.learned.Velo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.ValueSource;

/** The real compiler, where it is found: it needs no GPU. */
class NvrtcTest {
    private static final List<DeviceRule> RULES = List.of(new DeviceRule(SmallFc.of(32)), new DeviceRule(SmallFc.of(32), Precision.TF32),
            new DeviceRule(SmallFc.of(32), Precision.BF16), new DeviceRule(Celo.published()), new DeviceRule(Celo2.published()),
            new DeviceRule(Velo.published()));

    @BeforeEach
    void theCompilerMustBeHere() {
        Assumptions.assumeTrue(Libraries.NVRTC.open().isPresent(), "NVRTC is not found; " + Libraries.NVRTC.hint());
    }

    @ParameterizedTest
    @ValueSource(ints = {80, 90, 100})
    void theNetworksKernelsCompileForEveryGeneration(int capability) {
        assertThat(Nvrtc.open().compile(Sources.network(), capability, Map.of())).startsWith(0x7f, 'E', 'L', 'F');
    }

    @ParameterizedTest
    @ValueSource(ints = {80, 90, 100})
    void theOtherLayersCompileForEveryGeneration(int capability) {
        assertThat(Nvrtc.open().compile(Sources.layers(), capability, Map.of())).startsWith(0x7f, 'E', 'L', 'F');
    }

    @ParameterizedTest
    @ValueSource(ints = {80, 90, 100})
    void everyRuleCompilesForEveryGeneration(int capability) {
        assertThat(RULES).allSatisfy(rule -> assertThat(Nvrtc.open().compile(rule.source(), capability, rule.defines()))
                .startsWith(0x7f, 'E', 'L', 'F'));
    }

    @ParameterizedTest
    @ValueSource(ints = {80, 90, 100})
    void whatMeasuresTheDeviceCompilesForEveryGeneration(int capability) {
        assertThat(Nvrtc.open().compile(Sources.ceilings(), capability, Map.of())).startsWith(0x7f, 'E', 'L', 'F');
        assertThat(RULES).filteredOn(rule -> rule.precision().onTensorCores()).allSatisfy(
                rule -> assertThat(Nvrtc.open().compile(Sources.tensorCeiling(), capability, rule.defines())).startsWith(0x7f, 'E', 'L', 'F'));
    }

    @Test
    void noKernelNeedsMoreRegistersThanThereAre() {
        Nvrtc nvrtc = Nvrtc.open();
        List<String> reports = new ArrayList<>(
                List.of(nvrtc.report(Sources.network(), 90, Map.of()), nvrtc.report(Sources.layers(), 90, Map.of())));
        RULES.forEach(rule -> reports.add(nvrtc.report(rule.source(), 90, rule.defines())));

        assertThat(reports).allSatisfy(report -> assertThat(report.lines().filter(line -> line.contains("spill stores")))
                .isNotEmpty()
                .allMatch(line -> line.contains(" 0 bytes spill stores, 0 bytes spill loads")));
    }

    @Test
    void anErrorShowsTheCompilersWords() {
        assertThatThrownBy(() -> Nvrtc.open().compile("__global__ void f() { int x = y; }", 90, Map.of()))
                .isInstanceOf(CudaException.class)
                .hasMessageContaining("sm_90")
                .hasMessageContaining("identifier \"y\" is undefined");
    }
}
