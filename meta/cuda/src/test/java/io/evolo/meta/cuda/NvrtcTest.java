package io.evolo.meta.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.optimizers.learned.Celo;
import io.evolo.optimizers.learned.Celo2;
import io.evolo.optimizers.learned.SmallFc;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.ValueSource;

/** The real compiler, where it is found: it needs no GPU. */
class NvrtcTest {

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
    void smallFcCompilesForEveryGeneration(int capability) {
        assertThat(Nvrtc.open().compile(Sources.rule("small_fc"), capability, RulePlan.defines(SmallFc.of(32)))).startsWith(0x7f, 'E', 'L', 'F');
    }

    @ParameterizedTest
    @ValueSource(ints = {80, 90, 100})
    void celo2CompilesForEveryGeneration(int capability) {
        assertThat(Nvrtc.open().compile(Sources.rule("celo2"), capability, RulePlan.defines(Celo2.published()))).startsWith(0x7f, 'E', 'L', 'F');
    }

    @ParameterizedTest
    @ValueSource(ints = {80, 90, 100})
    void celoCompilesForEveryGeneration(int capability) {
        assertThat(Nvrtc.open().compile(Sources.rule("celo"), capability, RulePlan.defines(Celo.published()))).startsWith(0x7f, 'E', 'L', 'F');
    }

    @ParameterizedTest
    @ValueSource(ints = {80, 90, 100})
    void whatMeasuresTheDeviceCompilesForEveryGeneration(int capability) {
        assertThat(Nvrtc.open().compile(Sources.ceilings(), capability, Map.of())).startsWith(0x7f, 'E', 'L', 'F');
    }

    @Test
    void noKernelNeedsMoreRegistersThanThereAre() {
        Nvrtc nvrtc = Nvrtc.open();
        List<String> reports = List.of(
                nvrtc.report(Sources.network(), 90, Map.of()),
                nvrtc.report(Sources.layers(), 90, Map.of()),
                nvrtc.report(Sources.rule("small_fc"), 90, RulePlan.defines(SmallFc.of(32))),
                nvrtc.report(Sources.rule("celo"), 90, RulePlan.defines(Celo.published())),
                nvrtc.report(Sources.rule("celo2"), 90, RulePlan.defines(Celo2.published())));

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
