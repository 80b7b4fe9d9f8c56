package io.evolo.tasks.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class FmaPeakTest {

    @Test
    void givesAFiniteRate() {
        assertThat(FmaPeak.gigaflops(1)).isPositive().isFinite();
    }

    @Test
    void refusesToMeasureInNoTime() {
        assertThatIllegalArgumentException().isThrownBy(() -> FmaPeak.gigaflops(0)).withMessageContaining("at least 1");
    }
}
