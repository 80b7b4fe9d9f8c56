package io.evolo.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evolo.meta.CoordinateCheck.Curve;
import io.evolo.meta.CoordinateCheck.Result;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.LearnedOptimizers;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.data.DataSpec;
import io.evolo.tasks.data.Dataset;
import io.evolo.tasks.families.Mlp;
import io.evolo.tasks.families.NetworkFamily;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CoordinateCheckTest {
    private static final Dataset DATA = DataSpec.strokes(8).load();

    private static CoordinateCheck check(Parametrization parametrization) {
        return new CoordinateCheck(
                width -> NetworkFamily.of(Mlp.of(2), width, 32, parametrization, DATA).sample(Rng.of(1, "test")),
                List.of(64, 128, 256),
                List.of(1, 3),
                2,
                100,
                1);
    }

    private static Result run(CoordinateCheck check, Optimizer rule, int threads) {
        try (Workers workers = new Workers(threads)) {
            return check.run(rule, workers, () -> {});
        }
    }

    private static Optimizer smallFc() {
        LearnedOptimizer rule = LearnedOptimizers.of("small_fc", Map.of("level_gradients", 1.0));
        return rule.bind(rule.initTheta(Rng.of(1, "theta")));
    }

    @Test
    void underMupAnUntrainedRuleMovesEveryLayerAsFarAtEveryWidth() {
        Result result = run(check(Parametrization.mup(1)), smallFc(), 2);
        assertThat(result.layers()).containsExactly("dense1", "dense2", "logits");
        assertThat(result.passes()).isTrue();
    }

    @Test
    void underTheStandardParametrizationTheChangeGrowsWithTheWidth() {
        Result result = run(check(Parametrization.standard()), HandDesigned.named("adamw", Schedules.constant(0.003)), 2);
        assertThat(result.passes()).isFalse();
        assertThat(result.of("dense2").getFirst().slope().orElseThrow()).isBetween(0.5, 1.1);
        assertThat(result.of("logits").getFirst().slope().orElseThrow()).isBetween(0.7, 1.3);
    }

    /** SGD's gradient of the hidden layers is 0 as long as the output's weights are. */
    @Test
    void aLayerThatHasNotMovedYetHasNoSlope() {
        Result result = run(check(Parametrization.mup(1)), HandDesigned.named("sgd", Schedules.constant(0.1)), 1);
        assertThat(result.of("dense2").getFirst().slope()).isEmpty();
        assertThat(result.of("dense2").getLast().slope()).isPresent();
    }

    @Test
    void narrowNetworksAreTriedWithMoreInitialValues() {
        CoordinateCheck check = new CoordinateCheck(_ -> null, List.of(16, 64, 96, 4096), List.of(1), 2, 10, 1);
        assertThat(check.trials()).isEqualTo(2 * (16 + 16 + 16 + 1));
        assertThat(check(Parametrization.mup(1)).trials()).isEqualTo(2 * (4 + 2 + 1));
    }

    @Test
    void theNumberOfThreadsChangesNothing() {
        CoordinateCheck check = check(Parametrization.mup(1));
        assertThat(run(check, smallFc(), 2)).isEqualTo(run(check, smallFc(), 1));
    }

    @Test
    void theSlopeIsTheExponentOfAPower() {
        Curve curve = new Curve("a", 1, List.of(64, 128, 1024), List.of(3.0, 3 * Math.sqrt(2), 12.0));
        assertThat(curve.slope().orElseThrow()).isCloseTo(0.5, within(1e-12));
        assertThat(new Curve("a", 1, List.of(64, 128), List.of(1.0, Double.POSITIVE_INFINITY)).slope().orElseThrow()).isNaN();
    }

    @Test
    void divergenceAndALayerThatNeverMovesFail() {
        List<Integer> widths = List.of(64, 128);
        assertThat(new Result(widths, List.of(new Curve("a", 1, widths, List.of(1.0, Double.NaN)))).passes()).isFalse();
        assertThat(new Result(widths, List.of(new Curve("a", 1, widths, List.of(0.0, 0.0)))).passes()).isFalse();
        assertThat(new Result(widths, List.of(new Curve("a", 1, widths, List.of(1.0, 1.01)))).passes()).isTrue();
        assertThat(new Result(widths, List.of(new Curve("a", 1, widths, List.of(1.0, 0.9)))).passes()).isFalse();
    }

    @Test
    void refusesWidthsThatDoNotAscend() {
        assertThatThrownBy(() -> new CoordinateCheck(_ -> null, List.of(64, 64), List.of(1), 1, 10, 1))
                .hasMessageStartingWith("widths is [64, 64]");
        assertThatThrownBy(() -> new CoordinateCheck(_ -> null, List.of(64, 65), List.of(1, 20), 1, 10, 1))
                .hasMessage("horizon is 10, expected at least the last step, 20");
    }
}
