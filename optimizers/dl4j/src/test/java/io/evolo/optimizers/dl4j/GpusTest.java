package io.evolo.optimizers.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class GpusTest {

    @TempDir
    private Path folder;

    /** A stand-in for the driver's tool: GPU 0 has the first capability, GPU 1 the second. */
    private String driverTool(String first, String second) throws IOException {
        Path tool = folder.resolve("nvidia-smi");
        Files.writeString(tool, """
                #!/bin/sh
                case "$4" in
                    0) echo %1$s ;;
                    1) echo %2$s ;;
                    *) echo %1$s; echo %2$s ;;
                esac
                """.formatted(first, second));
        assertThat(tool.toFile().setExecutable(true)).isTrue();
        return tool.toString();
    }

    @Test
    void cardsUpToAdaAreServed() {
        assertThat(Gpus.problem(List.of())).isEmpty();
        assertThat(Gpus.problem(List.of("3.7", "6.1", "7.5", "8.0", "8.6", "8.9"))).isEmpty();
    }

    @Test
    void hopperAndBlackwellAreRefusedWithAWayOut() {
        assertThat(Gpus.problem(List.of("8.6", "9.0")).orElseThrow()).contains("9.0", "3.7 to 8.9", "BACKEND_PRIORITY_CPU=200");
        assertThat(Gpus.problem(List.of("12.0"))).isPresent();
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the driver's tool is a shell script here")
    void aMachineWithAHopperCardIsRefusedAtStart() throws IOException {
        String tool = driverTool("8.6", "9.0");

        assertThatThrownBy(() -> Gpus.requireServed(Map.of(), tool))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("compute capability 9.0");
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the driver's tool is a shell script here")
    void whatTheMessageAdvisesHelps() throws IOException {
        String tool = driverTool("8.6", "9.0");

        assertThatCode(() -> Gpus.requireServed(Map.of("BACKEND_PRIORITY_CPU", "200"), tool)).doesNotThrowAnyException();
        assertThatCode(() -> Gpus.requireServed(Map.of("CUDA_VISIBLE_DEVICES", "0"), tool)).doesNotThrowAnyException();
        assertThatCode(() -> Gpus.requireServed(Map.of("CUDA_VISIBLE_DEVICES", ""), tool)).doesNotThrowAnyException();
        assertThatCode(() -> Gpus.requireServed(Map.of("CUDA_VISIBLE_DEVICES", "-1"), tool)).doesNotThrowAnyException();
    }

    @Test
    void withoutADriverThereIsNothingToRefuse() {
        assertThatCode(() -> Gpus.requireServed(Map.of(), folder.resolve("none").toString())).doesNotThrowAnyException();
    }

    @Test
    void withoutTheCudaBackendNothingIsAsked() {
        assertThatCode(Gpus::requireServed).doesNotThrowAnyException();
    }
}
