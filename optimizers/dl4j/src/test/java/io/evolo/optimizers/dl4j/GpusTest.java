package io.evolo.optimizers.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.List;
import org.junit.jupiter.api.Test;

class GpusTest {

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
    void withoutTheCudaBackendNothingIsAsked() {
        assertThatCode(Gpus::requireServed).doesNotThrowAnyException();
    }
}
