package io.evolo.meta.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
    void smallFcCompilesForEveryGeneration(int capability) {
        Map<String, String> defines =
                Map.of("COLUMNS", "28", "HIDDEN", "32", "OUTPUTS", "2", "WIDTH", "2", "LIMIT", "3.4e38f");
        assertThat(Nvrtc.open().compile(Sources.rule("small_fc"), capability, defines)).startsWith(0x7f, 'E', 'L', 'F');
    }

    @ParameterizedTest
    @ValueSource(ints = {80, 90, 100})
    void celo2CompilesForEveryGeneration(int capability) {
        Map<String, String> defines =
                Map.of("COLUMNS", "30", "HIDDEN", "8", "OUTPUTS", "1", "WIDTH", "3", "LIMIT", "1000.0f");
        assertThat(Nvrtc.open().compile(Sources.rule("celo2"), capability, defines)).startsWith(0x7f, 'E', 'L', 'F');
    }

    @Test
    void anErrorShowsTheCompilersWords() {
        assertThatThrownBy(() -> Nvrtc.open().compile("__global__ void f() { int x = y; }", 90, Map.of()))
                .isInstanceOf(CudaException.class)
                .hasMessageContaining("sm_90")
                .hasMessageContaining("identifier \"y\" is undefined");
    }
}
