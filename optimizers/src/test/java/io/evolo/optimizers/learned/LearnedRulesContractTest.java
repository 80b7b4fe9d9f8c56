package io.evolo.optimizers.learned;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.Shape;
import io.evolo.tasks.kernels.Twin;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every learned rule. */
class LearnedRulesContractTest {
    private static final ParamLayout LAYOUT = new ParamLayout(List.of(
            ParamSpec.plain("matrix", Shape.of(40, 60)), ParamSpec.plain("vector", Shape.of(60)), ParamSpec.plain("scalar", Shape.of(1)),
            ParamSpec.plain("kernel", Shape.of(3, 3, 2, 5)), ParamSpec.plain("flat", Shape.of(1, 7))));

    static Stream<Arguments> rulesAndTwins() {
        return LearnedOptimizers.names().stream()
                .flatMap(name -> Stream.of(Twin.values()).map(twin -> Arguments.of(name, twin)));
    }

    private static float[] trained(Optimizer rule, double... sizes) {
        float[] params = new float[LAYOUT.size()];
        Rng.of(4, "params").fillGaussian(params, 0.1);
        Step step = new Step(params, new float[LAYOUT.size()]);
        OptimizerState state = rule.init(LAYOUT, 100);
        for (int t = 0; t < sizes.length; t++) {
            Rng.of(2, "gradients", t).fillGaussian(step.gradient(), 1);
            for (int i = 0; i < LAYOUT.size(); i++) {
                step.gradient()[i] *= (float) sizes[t];
            }
            float[] before = step.gradient().clone();
            rule.step(state, step.at(1));
            assertThat(step.gradient()).as("the caller's gradient").containsExactly(before);
        }
        return step.params();
    }

    private static Optimizer rule(String name, Twin twin) {
        LearnedOptimizer rule = LearnedOptimizers.of(name, Map.of());
        return rule.bind(rule.initTheta(Rng.of(1, "theta")), twin);
    }

    @ParameterizedTest
    @MethodSource("rulesAndTwins")
    void gradientsOfAnySizeMakeFiniteSteps(String name, Twin twin) {
        for (double size : new double[] {0, 1e-38, 1e-30, 1e-10, 1e5, 5e8, 5e9, 1e10, 1e15, 1e19, 1e25, 1e30, 1e37}) {
            assertThat(allFinite(trained(rule(name, twin), size, size, size, size))).as("%s under gradients of %s", name, size).isTrue();
            assertThat(allFinite(trained(rule(name, twin), 1, size, 1, 1))).as("%s after a gradient of %s", name, size).isTrue();
        }
    }

    /** So that no bit of a finite training is another one: a direction that is shortened is the same at any size above. */
    @Test
    void onlyWhatCannotBeSquaredIsShortened() {
        Optimizer rule = rule("small_fc", Twin.VECTOR);
        assertThat(trained(rule, 1e30, 1e30)).containsExactly(trained(rule, Math.scalb(1e30, 4), Math.scalb(1e30, 4)));
        assertThat(trained(rule, 1e7, 1e7)).isNotEqualTo(trained(rule, Math.scalb(1e7, 4), Math.scalb(1e7, 4)));
    }

    @Test
    void changesOfAGradientFollowEachOtherAndLeaveTheCallersAlone() {
        LearnedOptimizer all = LearnedOptimizers.of("small_fc", Map.of("finite_gradients", 1.0, "level_gradients", 1.0));
        Optimizer rule = all.bind(all.initTheta(Rng.of(1, "theta")));
        ParamLayout wide = new ParamLayout(List.of(new ParamSpec(
                "w", Shape.of(8, 8), Role.HIDDEN, 8, 0, Parametrization.mup(2).scaling(Role.HIDDEN, 8, 8))));
        Step step = new Step(new float[64], new float[64]);
        Rng.of(3, "gradient").fillGaussian(step.gradient(), 1e12);
        step.gradient()[5] = Float.POSITIVE_INFINITY;
        step.gradient()[6] = Float.NaN;
        float[] before = step.gradient().clone();
        rule.step(rule.init(wide, 10), step);
        assertThat(step.gradient()).containsExactly(before);
        assertThat(allFinite(step.params())).isTrue();
    }

    private static boolean allFinite(float[] params) {
        float sum = 0;
        for (float p : params) {
            sum += 0 * p;
        }
        return sum == 0;
    }
}
