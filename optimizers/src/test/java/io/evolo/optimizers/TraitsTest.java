package io.evolo.optimizers;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.LearnedOptimizers;
import io.evolo.tasks.Rng;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TraitsTest {

    private static Traits learned(String rule) {
        LearnedOptimizer learned = LearnedOptimizers.of(rule, Map.of());
        return Traits.of(learned.bind(learned.initTheta(Rng.of(1, "traits"))));
    }

    private static Traits designed(String rule) {
        return Traits.of(HandDesigned.named(rule, Schedules.constant(1)));
    }

    @Test
    void lossAndHorizonAreFound() {
        assertThat(learned("celo")).isEqualTo(new Traits(true, true, false, false, true));
        assertThat(learned("small_fc")).isEqualTo(new Traits(false, false, false, false, true));
    }

    @Test
    void needsAreSaidInAPackagesWords() {
        assertThat(learned("celo").needs()).containsExactly("horizon", "loss");
        assertThat(learned("small_fc").needs()).isEmpty();
        assertThat(learned("velo").needs()).contains("coupled-tensors");
    }

    @Test
    void sumsOverAllTensorsAreFound() {
        assertThat(learned("velo").couplesTensors()).isTrue();
        assertThat(designed("lamb").couplesTensors()).isTrue();
        assertThat(designed("prodigy").couplesTensors()).isTrue();
        assertThat(designed("adam").couplesTensors()).isFalse();
    }

    /** Muon multiplies by √max(1, out/in), so it must know which axis is which. */
    @Test
    void aRuleThatTellsInputsFromOutputsDoesNotTurn() {
        assertThat(designed("muon").turns()).isFalse();
        assertThat(designed("adam").turns()).isTrue();
        assertThat(learned("celo2").turns()).isTrue();
    }
}
