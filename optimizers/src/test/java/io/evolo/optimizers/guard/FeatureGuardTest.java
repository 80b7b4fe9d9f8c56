package io.evolo.optimizers.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.learned.SmallFc;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FeatureGuardTest {
    private static final ParamLayout LAYOUT = new ParamLayout(
            List.of(ParamSpec.plain("W1", Shape.of(8, 6)), ParamSpec.plain("b1", Shape.of(6)), ParamSpec.plain("W2", Shape.of(6, 5))));

    private final List<Finding> findings = new ArrayList<>();

    private static Optimizer learned() {
        SmallFc rule = SmallFc.mulo();
        return rule.bind(rule.initTheta(Rng.of(1, "theta")));
    }

    /** A run with noisy gradients whose tensor is scaled; what is observed goes to the tally. */
    private static Step run(Optimizer rule, FeatureTally tally, long seed, int tensor, float scale, int steps) {
        Step step = new Step(new float[LAYOUT.size()], new float[LAYOUT.size()]);
        Rng rng = Rng.of(seed, "run");
        rng.fillGaussian(step.params(), 0.3);
        OptimizerState state = rule.init(LAYOUT, 100);
        for (int t = 0; t < steps; t++) {
            rng.fillGaussian(step.gradient(), 0.05);
            for (int i = LAYOUT.offset(tensor); i < LAYOUT.offset(tensor + 1); i++) {
                step.gradient()[i] *= scale;
            }
            tally.observe(state, step.at((float) (1 + 0.1 * rng.gaussian())));
            rule.step(state, step);
        }
        return step;
    }

    private static Map<String, float[]> seen() {
        FeatureTally tally = new FeatureTally();
        for (int seed = 0; seed < 5; seed++) {
            run(learned(), tally, seed, 0, 1, 60);
        }
        return tally.statistics();
    }

    private FeatureGuard guard() {
        return FeatureGuard.of(learned(), seen(), findings::add);
    }

    @Test
    void aTrainingLikeThoseOfMetaTrainingIsNotReported() {
        run(guard(), new FeatureTally(), 77, 0, 1, 60);
        assertThat(findings).isEmpty();
    }

    @Test
    void aTensorWithForeignGradientsIsReportedOnceWithFeatureValueAndDistance() {
        run(guard(), new FeatureTally(), 77, 0, 1e6f, 60);
        assertThat(findings).hasSize(1);
        Finding finding = findings.getFirst();
        assertThat(finding.tensor()).isEqualTo("W1");
        assertThat(finding.feature()).startsWith("gradient");
        assertThat(finding.step()).isZero();
        assertThat(finding.range().distance(finding.value())).isGreaterThan(40);
        assertThat(finding.message())
                .containsPattern("tensor 'W1': its gradient\\S* is 10\\^\\d\\.\\d at step 0, \\d+ standard deviations from anything seen")
                .contains("clip gradients");
    }

    @Test
    void gradientsThatAreTooSmallAreForeignToo() {
        run(guard(), new FeatureTally(), 77, 2, 1e-6f, 60);
        assertThat(findings).extracting(Finding::tensor).containsExactly("W2");
        assertThat(findings.getFirst().message()).contains("up");
    }

    @Test
    void theGuardChangesNoBitAndItsStateCanBeSaved() {
        Step alone = run(learned(), new FeatureTally(), 3, 1, 1e6f, 30);
        Step guarded = run(guard(), new FeatureTally(), 3, 1, 1e6f, 30);
        assertThat(guarded.params()).isEqualTo(alone.params());
        FeatureGuard guard = guard();
        OptimizerState state = guard.init(LAYOUT, 10);
        OptimizerState other = guard.init(LAYOUT, 10);
        state.slot(state.slots() - 1)[2] = 1;
        other.copyFrom(state);
        assertThat(other.sameAs(state)).isTrue();
    }

    @Test
    void talliesMergedInOrderAreThoseOfOneRun() {
        FeatureTally whole = new FeatureTally();
        FeatureTally first = new FeatureTally();
        FeatureTally second = new FeatureTally();
        run(learned(), whole, 1, 0, 1, 20);
        run(learned(), first, 1, 0, 1, 20);
        run(learned(), second, 2, 0, 1, 20);
        FeatureTally merged = FeatureTally.of(first.snapshot());
        merged.merge(second);
        run(learned(), whole, 2, 0, 1, 20);
        Map<String, float[]> expected = whole.statistics();
        merged.statistics().forEach((feature, values) -> {
            assertThat(values[0]).isEqualTo(expected.get(feature)[0]);
            assertThat(values[3]).isEqualTo(expected.get(feature)[3]);
            assertThat(values[1]).isCloseTo(expected.get(feature)[1], within(1e-5f));
        });
        assertThat(merged.statistics().keySet()).isEqualTo(expected.keySet()).contains("gradient", "accumulator_3");
    }

    @Test
    void statisticsThatAreMissingOrDamagedAreRefused() {
        assertThatThrownBy(() -> FeatureGuard.of(learned(), Map.of(), findings::add)).hasMessageContaining("cannot judge");
        assertThatThrownBy(() -> FeatureGuard.of(learned(), Map.of("gradient", new float[3]), findings::add))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> FeatureTally.of(new double[7])).isInstanceOf(IllegalArgumentException.class);
    }
}
