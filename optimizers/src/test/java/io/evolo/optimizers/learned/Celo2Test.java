package io.evolo.optimizers.learned;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evolo.optimizers.designed.Adam;
import io.evolo.optimizers.designed.AdamUpdate;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.Shape;
import io.evolo.tasks.kernels.Twin;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class Celo2Test {
    private static final ParamLayout LAYOUT = new ParamLayout(List.of(
            ParamSpec.plain("vector", Shape.of(7)),
            ParamSpec.plain("matrix", Shape.of(5, 6)),
            ParamSpec.plain("kernel", Shape.of(2, 3, 4, 4))));

    @Test
    void thetaHas347Values() {
        assertThat(Celo2.published().thetaLayout().size()).isEqualTo(347);
    }

    @Test
    void everySliceMovesByTheRateInRootMeanSquare() {
        float[] start = new float[LAYOUT.size()];
        float[] after = run(Celo2.base().withRate(Schedules.constant(0.5)), start, gradient(), 1);

        assertThat(rms(after, 0, 7)).isCloseTo(0.5, within(1e-4));
        assertThat(rms(after, 7, 30)).isCloseTo(0.5, within(1e-4));
        for (int slice = 0; slice < 6; slice++) {
            assertThat(rms(after, 37 + 16 * slice, 16)).isCloseTo(0.5, within(1e-4));
        }
    }

    @Test
    void vectorsMoveAsUnderAdamWithTheMultipliedRate() {
        float[] start = start();
        Celo2.ByAdam byAdam = new Celo2.ByAdam(20, AdamUpdate.torch(0.9, 0.95, 1e-8));
        Adam adam = new Adam(Schedules.constant(0.02), 0.9, 0.95, 1e-8, 0, false);

        float[] after = run(new Celo2(8, true, byAdam, Schedules.constant(0.001), 0), start, gradient(), 4);

        float[] adams = run(adam, start, gradient(), 4);
        assertThat(Arrays.copyOf(after, 7)).containsExactly(Arrays.copyOf(adams, 7));
    }

    @Test
    void embeddingsMoveAsUnderAdamWithTheMultipliedRateUnlessTheyAreNotToAndThatIsSaid() {
        ParamLayout layout = new ParamLayout(List.of(
                ParamSpec.plain("embedding/table", Shape.of(5, 6)), ParamSpec.plain("positions", Shape.of(5, 6))));
        float[] gradient = new float[60];
        Rng.of(3, "gradient").fillGaussian(gradient, 0.1);
        Adam adam = new Adam(Schedules.constant(0.02), 0.9, 0.95, 1e-8, 0, false);
        Celo2 celo2 = new Celo2(8, true, new Celo2.ByAdam(20, AdamUpdate.torch(0.9, 0.95, 1e-8)), Schedules.constant(0.001), 0);
        float[] adams = run(adam, layout, gradient);
        float[] theta = celo2.initTheta(Rng.of(1, "theta"));
        for (Twin twin : Twin.values()) {
            float[] after = run(celo2.bind(theta, twin), layout, gradient);
            assertThat(Arrays.copyOf(after, 30)).as("%s", twin).containsExactly(Arrays.copyOf(adams, 30));
            assertThat(rms(after, 30, 30)).as("%s", twin).isCloseTo(0.001, within(1e-6));
            assertThat(celo2.bind(theta, twin).remarks(layout)).singleElement().asString().contains("embedding/table").doesNotContain("positions");
        }
        LearnedOptimizer byNetwork = LearnedOptimizers.of("celo2", Map.of("adam_for_embeddings", 0.0));
        assertThat(rms(run(byNetwork.bind(theta), layout, gradient), 0, 30)).isCloseTo(0.001, within(1e-6));
        assertThat(byNetwork.bind(theta).remarks(layout)).isEmpty();
        assertThatThrownBy(() -> LearnedOptimizers.of("celo2", Map.of("adam_for_1d", 0.0, "adam_for_embeddings", 1.0)))
                .hasMessageContaining("expected Adam for vectors too");
    }

    @Test
    void orthogonalStepsHaveRowsOfNearlyEqualLengthAndRightAngles() {
        float[] start = new float[LAYOUT.size()];
        float[] after = run(Celo2.published().withRate(Schedules.constant(1)), start, gradient(), 1);

        // 5 rows of 6 with root mean square 1: squared lengths near 6, in the bounds of the iteration's singular values.
        for (int i = 0; i < 5; i++) {
            for (int j = 0; j < 5; j++) {
                double dot = 0;
                for (int k = 0; k < 6; k++) {
                    dot += (double) after[7 + 6 * i + k] * after[7 + 6 * j + k];
                }
                assertThat(dot / 6).isCloseTo(i == j ? 1 : 0, within(0.5));
            }
        }
    }

    @Test
    void gradientsBeyond1000CountAs1000() {
        float[] bounded = gradient();
        float[] wild = gradient();
        for (int i : new int[] {3, 10, 50}) {
            bounded[i] = -1000;
            wild[i] = -1e30f;
        }

        assertThat(run(Celo2.base(), start(), wild, 2)).containsExactly(run(Celo2.base(), start(), bounded, 2));
        assertThat(run(Celo2.published(), start(), wild, 2)).containsExactly(run(Celo2.published(), start(), bounded, 2));
    }

    @Test
    void decayShrinksByRateTimesDecayAndForAdamsVectorsByItsOwnRate() {
        float[] start = start();
        float[] gradient = gradient();
        Celo2 rule = Celo2.published().withRate(Schedules.constant(0.01));

        float[] without = run(rule, start, gradient, 1);
        float[] with = run(rule.withWeightDecay(0.5), start, gradient, 1);

        assertThat(without[0] - with[0]).isCloseTo(0.01f * 20 * 0.5f * start[0], within(1e-6f));
        assertThat(without[20] - with[20]).isCloseTo(0.01f * 0.5f * start[20], within(1e-6f));
    }

    @ParameterizedTest
    @EnumSource(Twin.class)
    void underMupOrthogonalStepsShrinkAsTheRootOfTheWidthAndLevelGradientsMakeUpForTheirs(Twin twin) {
        Parametrization mup = Parametrization.mup(4);
        ParamLayout wide = new ParamLayout(List.of(
                new ParamSpec("hidden", Shape.of(16, 16), Role.HIDDEN, 16, 0, mup.scaling(Role.HIDDEN, 16, 16)),
                new ParamSpec("bias", Shape.of(16), Role.VECTOR, 1, 0, mup.scaling(Role.VECTOR, 1, 16)),
                new ParamSpec("logits/b", Shape.of(3), Role.VECTOR, 1, 0, mup.outputBias(16))));
        ParamLayout base = new ParamLayout(
                wide.specs().stream().map(spec -> ParamSpec.plain(spec.name(), spec.shape())).toList());
        float[] gradient = new float[base.size()];
        Rng.of(2, "gradient").fillGaussian(gradient, 1e-4); // where Adam's 1e-8 under the root counts
        float[] shrunk = gradient.clone();
        for (int i = 0; i < shrunk.length; i++) {
            shrunk[i] /= 4;
        }
        LearnedOptimizer celo2 = LearnedOptimizers.of("celo2", Map.of("level_gradients", 1.0));
        Optimizer rule = celo2.bind(celo2.initTheta(Rng.of(5, "theta")), twin);

        float[] atBase = run(rule, base, gradient);
        float[] atWidth = run(rule, wide, shrunk);

        for (int i = 0; i < atBase.length; i++) {
            double factor = i < 256 ? 0.5 : i < 272 ? 1 : 4;
            assertThat((double) atWidth[i]).isCloseTo(factor * atBase[i], within(1e-6 * factor * 0.02));
        }
    }

    /** One step from 0, where there is no parameter among the features. */
    private static float[] run(Optimizer rule, ParamLayout layout, float[] gradient) {
        Step step = new Step(new float[layout.size()], gradient);
        rule.step(rule.init(layout, 10), step);
        return step.params();
    }

    private static float[] run(Celo2 rule, float[] start, float[] gradient, int steps) {
        return run(rule.bind(rule.initTheta(Rng.of(5, "theta")), Twin.PLAIN), start, gradient, steps);
    }

    private static float[] run(Optimizer rule, float[] start, float[] gradient, int steps) {
        Step step = new Step(start.clone(), gradient);
        OptimizerState state = rule.init(LAYOUT, steps);
        for (int i = 0; i < steps; i++) {
            rule.step(state, step);
        }
        return step.params();
    }

    private static float[] start() {
        float[] start = new float[LAYOUT.size()];
        Rng.of(1, "start").fillGaussian(start, 1);
        return start;
    }

    private static float[] gradient() {
        float[] gradient = new float[LAYOUT.size()];
        Rng.of(2, "gradient").fillGaussian(gradient, 0.1);
        return gradient;
    }

    private static double rms(float[] x, int at, int count) {
        double sum = 0;
        for (int i = at; i < at + count; i++) {
            sum += (double) x[i] * x[i];
        }
        return Math.sqrt(sum / count);
    }
}
