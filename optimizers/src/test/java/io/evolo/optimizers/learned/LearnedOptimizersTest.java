package io.evolo.optimizers.learned;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.checkpoints.CheckpointException;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Span;
import io.evolo.tasks.Rng;
import io.evolo.tasks.kernels.Twin;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LearnedOptimizersTest {

    static List<LearnedOptimizer> rules() {
        return List.of(
                SmallFc.of(4),
                SmallFc.mulo().withWeightDecay(0.1),
                new SmallFc(3, 0, 1, false, Schedules.warmupCosine(0.1, 0.01, Span.fraction(0.05)), 0),
                Celo2.published(),
                Celo2.base().withRate(Schedules.constant(0.02)));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void aRuleIsMadeAgainFromItsNameAndHyperparameters(LearnedOptimizer rule) {
        Map<String, Double> hyperparameters = LearnedOptimizers.hyperparameters(rule);

        assertThat(LearnedOptimizers.of(LearnedOptimizers.name(rule), hyperparameters)).isEqualTo(rule);
    }

    @Test
    void withoutHyperparametersTheRulesAreThePublishedOnes() {
        assertThat(LearnedOptimizers.of("small_fc", Map.of())).isEqualTo(SmallFc.of(4));
        assertThat(LearnedOptimizers.of("celo2", Map.of())).isEqualTo(Celo2.published());
    }

    @Test
    void namesKeysAndValuesThatAreNotKnownAreRefusedWithTheNearest() {
        assertThatThrownBy(() -> LearnedOptimizers.of("celo", Map.of())).hasMessageContaining("did you mean 'celo2'?");
        assertThatThrownBy(() -> LearnedOptimizers.of("small_fc", Map.of("hiden", 4.0)))
                .hasMessageContaining("did you mean 'hidden'?");
        assertThatThrownBy(() -> LearnedOptimizers.of("small_fc", Map.of("hidden", 4.5))).hasMessageContaining("an integer");
        assertThatThrownBy(() -> LearnedOptimizers.of("small_fc", Map.of("hidden", 0.0))).hasMessageContaining("at least 1");
        assertThatThrownBy(() -> LearnedOptimizers.of("celo2", Map.of("orthogonalize", 2.0))).hasMessageContaining("0 or 1");
    }

    @Test
    void aScheduleThatNumbersCannotDescribeIsNotWrittenDown() {
        SmallFc rule = SmallFc.of(4).withRate((t, horizon) -> 1.0 / (1 + t));
        assertThatThrownBy(() -> LearnedOptimizers.hyperparameters(rule)).hasMessageContaining("cannot be written");
    }

    @Test
    void aThetaOfAnotherSizeIsRefused() {
        assertThatThrownBy(() -> SmallFc.of(4).bind(new float[196], Twin.PLAIN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("196 values, expected 197");
    }

    @ParameterizedTest
    @MethodSource("rules")
    void aRuleRepeatsItsGoldenRun(LearnedOptimizer rule) {
        float[] theta = rule.initTheta(Rng.of(3, "theta"));

        GoldenRun.check(rule.bind(theta, Twin.PLAIN), GoldenRun.of(rule.bind(theta, Twin.PLAIN)), "test");
    }

    @ParameterizedTest
    @MethodSource("rules")
    void aDamagedThetaDoesNotRepeatTheGoldenRun(LearnedOptimizer rule) {
        float[] theta = rule.initTheta(Rng.of(3, "theta"));
        float[] recorded = GoldenRun.of(rule.bind(theta, Twin.PLAIN));
        int b2 = rule.thetaLayout().offset(5);
        theta[b2] += 0.5f;

        assertThatThrownBy(() -> GoldenRun.check(rule.bind(theta, Twin.PLAIN), recorded, "a.evolo"))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("a.evolo: the rule does not repeat its golden run: tensor '");
    }

    @Test
    void aRecordThatIsNotFiniteIsRefused() {
        SmallFc rule = SmallFc.of(4);
        float[] theta = rule.initTheta(Rng.of(3, "theta"));
        float[] recorded = GoldenRun.of(rule.bind(theta, Twin.PLAIN));
        recorded[7] = Float.NaN;

        assertThatThrownBy(() -> GoldenRun.check(rule.bind(theta, Twin.PLAIN), recorded, "a.evolo"))
                .isInstanceOf(CheckpointException.class);
    }
}
