package io.evolo.meta.tune;

import static io.evolo.meta.tune.Settings.adam;
import static io.evolo.meta.tune.Settings.tried;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evolo.optimizers.designed.HandDesigned;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StabilityTest {

    @Test
    void theRateIsSweptRoundTheCenterAndOverWhatHasBeenTriedAnyway() {
        Stability.Sweep sweep = Stability.sweeps(adam(1e-2), List.of(adam(1e-6), adam(1e-2).with("beta1", 0.5))).getFirst();
        assertThat(sweep.hyperparameter()).isEqualTo("rate");
        assertThat(sweep.candidates().stream().map(Candidate::rate))
                .containsExactly(1e-6, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1.0);
    }

    @Test
    void aRateOffTheGridKeepsItself() {
        Stability.Sweep sweep = Stability.sweeps(adam(0.02), List.of()).getFirst();
        assertThat(sweep.candidates()).hasSize(9).contains(adam(0.02));
        assertThat(sweep.candidates().getLast().rate()).isEqualTo(2, within(1e-12));
    }

    @Test
    void aRuleIsSweptOverWhatItHas() {
        assertThat(Stability.sweeps(adam(1e-2), List.of()).stream().map(Stability.Sweep::axis))
                .containsExactly(StabilityCurve.Axis.RATE, StabilityCurve.Axis.MOMENTUM);
        assertThat(Stability.sweeps(adam(1e-2).with("weight_decay", 0.03), List.of()).getLast().candidates().stream()
                        .map(candidate -> candidate.values().get("weight_decay")))
                .containsExactly(0.0, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.03, 1e-1);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void everyRuleTakesAllOfItsSweeps(String rule) {
        Candidate center = Rules.standard(rule, Annealing.COSINE, 1e-2);
        assertThat(Stability.sweeps(center, List.of())).isNotEmpty().allSatisfy(sweep -> {
            assertThat(sweep.candidates()).contains(center).hasSizeGreaterThan(5);
            sweep.candidates().forEach(Rules::optimizer);
        });
    }

    static List<String> rules() {
        return HandDesigned.names();
    }

    @Test
    void goodValuesKeepNineTenthsOfTheBestGain() {
        List<Tried> points = tried(
                List.of(adam(1e-3), adam(1e-2), adam(1e-1), adam(1)),
                candidate -> candidate.rate() == 1e-3 ? 0.49 : candidate.rate() == 1e-2 ? 0.3 : candidate.rate() == 1e-1 ? 0.51
                        : Double.POSITIVE_INFINITY);
        StabilityCurve curve = new StabilityCurve(adam(1e-2), StabilityCurve.Axis.RATE, "rate", points);
        assertThat(curve.good(Selection.VALID).stream().map(curve::value)).containsExactly(1e-3, 1e-2); // bound 2.3 − .9·2 = .5
    }
}
