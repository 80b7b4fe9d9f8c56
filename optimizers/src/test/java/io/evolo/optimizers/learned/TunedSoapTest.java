package io.evolo.optimizers.learned;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Span;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TunedSoapTest {
    private static final int HORIZON = 1000;
    private static final int STEPS = 30;

    /** Under muP at base width 8: r is 1 for the first and 4 for the second. */
    private static ParamLayout layout(int width) {
        Parametrization mup = Parametrization.mup(8);
        return new ParamLayout(List.of(
                new ParamSpec("in", Shape.of(10, width), Role.INPUT, 10, 0, mup.scaling(Role.INPUT, 10, width)),
                new ParamSpec("hidden1", Shape.of(width, width), Role.HIDDEN, width, 0, mup.scaling(Role.HIDDEN, width, width)),
                new ParamSpec("hidden2", Shape.of(width, width), Role.HIDDEN, width, 0, mup.scaling(Role.HIDDEN, width, width)),
                new ParamSpec("bias", Shape.of(width), Role.VECTOR, 1, 0, mup.scaling(Role.VECTOR, 1, width)),
                new ParamSpec("out", Shape.of(width, 5), Role.OUTPUT, width, 0, mup.scaling(Role.OUTPUT, width, width))));
    }

    private static float[] theta(Map<TunedSoap.Number, Double> changed) {
        float[] theta = TunedSoap.standard().initTheta(Rng.of(1, "theta"));
        changed.forEach((number, value) -> theta[number.ordinal()] = (float) (double) value);
        return theta;
    }

    /** How far each tensor has moved after some steps on the same gradients. */
    private static float[] moved(Optimizer rule, ParamLayout layout, int horizon, int steps) {
        Step step = new Step(new float[layout.size()], new float[layout.size()]);
        OptimizerState state = rule.init(layout, horizon);
        Rng rng = Rng.of(2, "gradients");
        for (int t = 0; t < steps; t++) {
            rng.fillGaussian(step.gradient(), 0.1);
            rule.step(state, step);
        }
        return step.params();
    }

    private static float[] moved(Map<TunedSoap.Number, Double> changed, ParamLayout layout, int horizon, int steps) {
        return moved(TunedSoap.standard().bind(theta(changed)), layout, horizon, steps);
    }

    /**
     * Without warm-up, of which the forms differ by one step in 50, and without decay, which vectors have not here. On square tensors: of
     * others the first gradient has a null space, whose basis is a matter of rounding.
     */
    @Test
    void beginsAsSoap() {
        ParamLayout layout = new ParamLayout(List.of(ParamSpec.plain("matrix", Shape.of(20, 20)), ParamSpec.plain("vector", Shape.of(7))));
        float[] own = moved(Map.of(TunedSoap.Number.LOG_WARMUP, -20.0, TunedSoap.Number.LOG_DECAY, -20.0, TunedSoap.Number.LOG_END, -20.0),
                layout, HORIZON, STEPS);
        Optimizer soap = HandDesigned.of("soap", Map.of("weight_decay", 0.0), Schedules.warmupCosine(0.01, 0, Span.fraction(0)));
        float[] expected = moved(soap, layout, HORIZON, STEPS);

        for (int i = 0; i < own.length; i++) {
            assertThat(own[i]).isCloseTo(expected[i], within(1e-4f * Math.abs(expected[i]) + 1e-7f));
        }
    }

    @Test
    void everyNumberOfThetaChangesTheTraining() {
        // Beyond the shortest and the usual horizon, deeper than 1 and wider than the base, so that every power acts.
        float[] unchanged = moved(Map.of(), layout(32), 200, 200);
        for (TunedSoap.Number number : TunedSoap.Number.values()) {
            double other = theta(Map.of())[number.ordinal()] + 0.3;
            assertThat(moved(Map.of(number, other), layout(32), 200, 200)).as("%s", number).isNotEqualTo(unchanged);
        }
    }

    @Test
    void ratesFollowThePowersOfHorizonDepthAndWidth() {
        ParamLayout layout = layout(32);
        float[] usual = first(Map.of(), layout, HORIZON);
        assertRatio(first(Map.of(TunedSoap.Number.HORIZON_POWER, -0.5), layout, 4 * HORIZON), first(Map.of(), layout, 4 * HORIZON), 0, 0.5);
        assertRatio(first(Map.of(TunedSoap.Number.DEPTH_POWER, -1.0), layout, HORIZON), usual, layout.offset(1), 0.5);
        assertRatio(first(Map.of(TunedSoap.Number.DEPTH_POWER, -1.0), layout, HORIZON), usual, 0, 1);
        assertRatio(first(Map.of(TunedSoap.Number.WIDTH_POWER, -0.5), layout, HORIZON), usual, 0, 0.5);
        assertRatio(first(Map.of(TunedSoap.Number.LOG_INPUT, 1.0), layout, HORIZON), usual, 0, Math.E);
        assertRatio(first(Map.of(TunedSoap.Number.LOG_VECTORS, 1.0), layout, HORIZON), usual, layout.offset(3), Math.E);
        assertRatio(first(Map.of(TunedSoap.Number.LOG_OUTPUT, 1.0), layout, HORIZON), usual, layout.offset(4), Math.E);
    }

    /** The first step that moves anything. */
    private static float[] first(Map<TunedSoap.Number, Double> changed, ParamLayout layout, int horizon) {
        return moved(changed, layout, horizon, 2);
    }

    private static void assertRatio(float[] a, float[] b, int at, double ratio) {
        assertThat(b[at]).isNotZero();
        assertThat((double) a[at] / b[at]).isCloseTo(ratio, within(1e-5 * ratio));
    }

    @Test
    void aRunOfFewStepsIsScaledAsOneOfAHundred() {
        float[] ten = first(Map.of(TunedSoap.Number.HORIZON_POWER, -1.0, TunedSoap.Number.LOG_DECAY, -20.0), layout(8), 10);
        float[] unscaled = first(Map.of(TunedSoap.Number.LOG_DECAY, -20.0), layout(8), 10);
        assertRatio(ten, unscaled, 0, 10);
    }

    @Test
    void aRestoredStateContinuesBitForBit() {
        ParamLayout layout = layout(12);
        Optimizer rule = TunedSoap.standard().bind(theta(Map.of()));
        float[] straight = moved(rule, layout, HORIZON, STEPS);

        Step step = new Step(new float[layout.size()], new float[layout.size()]);
        OptimizerState state = rule.init(layout, HORIZON);
        Rng rng = Rng.of(2, "gradients");
        for (int t = 0; t < STEPS; t++) {
            if (t == 13) {
                OptimizerState restored = rule.init(layout, HORIZON);
                restored.restore(state.t(), state.snapshot());
                state = restored;
            }
            rng.fillGaussian(step.gradient(), 0.1);
            rule.step(state, step);
        }
        assertThat(step.params()).containsExactly(straight);
    }

    @Test
    void aStepAllocatesNoMoreThanSoaps() {
        Optimizer soap = HandDesigned.named("soap", Schedules.constant(0.01));
        assertThat(allocated(TunedSoap.standard().bind(theta(Map.of())))).isLessThan(allocated(soap) + 10_000);
    }

    private static long allocated(Optimizer rule) {
        return AllocatedBytes.inAHundredSteps(rule, layout(12), HORIZON);
    }

    @Test
    void anyThetaGivesFiniteSteps() {
        for (double extreme : new double[] {-1000, 1000}) {
            for (TunedSoap.Number number : TunedSoap.Number.values()) {
                assertThat(first(Map.of(number, extreme), layout(12), HORIZON)).as("%s %s", number, extreme).doesNotContain(Float.NaN);
            }
        }
    }

    @Test
    void refusesBadHyperparameters() {
        assertThatThrownBy(() -> new TunedSoap(0, false)).hasMessageContaining("frequency is 0, expected at least 1");
        assertThatThrownBy(() -> LearnedOptimizers.of("tuned_soap", Map.of("freqency", 2.0))).hasMessageContaining("frequency");
    }
}
