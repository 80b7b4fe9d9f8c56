package io.evolo.optimizers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evolo.optimizers.designed.AdamW;
import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.optimizers.designed.Momentum;
import io.evolo.optimizers.designed.NormalizedDifference;
import io.evolo.optimizers.designed.Sgd;
import io.evolo.optimizers.learned.Celo2;
import io.evolo.optimizers.learned.SmallFc;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.Scaling;
import io.evolo.tasks.Shape;
import io.evolo.tasks.kernels.Twin;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WrappingTest {
    private static final Schedule RATE = Schedules.warmupCosine(0.1, 0.01, Span.fraction(0.25));
    private static final ParamLayout LAYOUT = new ParamLayout(List.of(
            new ParamSpec("w", Shape.of(6, 5), Role.HIDDEN, 6, 0, Scaling.NONE), ParamSpec.plain("b", Shape.of(5))));

    /** Everything around a hand-designed rule, a learned one, and one that is judged elsewhere. */
    static List<Optimizer> wrapped() {
        Wrapping all = Wrapping.NONE
                .accumulating(3)
                .clipping(0.2)
                .decaying(new Decay.Coupled(0.1), Set.of(Role.VECTOR))
                .multiplying(Schedules.warmupCosine(1, 0.5, Span.fraction(0.5)));
        Wrapping byRole = new Wrapping(3, 0.2, new Decay.Coupled(0.1), Map.of(Role.VECTOR, 0.5), Map.of(Role.HIDDEN, 0.3), RATE);
        SmallFc smallFc = SmallFc.of(4);
        Celo2 celo2 = Celo2.published();
        return List.of(
                all.around(Momentum.of(RATE, 0.9, 0)),
                byRole.around(Momentum.of(RATE, 0.9, 0)),
                all.decaying(new Decay.Independent(0.1, RATE), Set.of()).around(AdamW.of(RATE, 0)),
                all.around(HandDesigned.named("schedule-free-adamw", RATE)),
                all.around(smallFc.bind(smallFc.initTheta(Rng.of(1, "theta")), Twin.PLAIN)),
                all.decaying(new Decay.Decoupled(0.1, RATE), Set.of()).around(celo2.bind(celo2.initTheta(Rng.of(1, "theta")), Twin.PLAIN)));
    }

    @ParameterizedTest
    @MethodSource("wrapped")
    void aWrappedRulesStateIsRestoredBitForBitAmidAnAccumulation(Optimizer rule) {
        Step straight = start();
        OptimizerState state = rule.init(LAYOUT, 16);
        run(rule, state, straight, 0, 7);
        Step resumed = new Step(straight.params().clone(), straight.gradient().clone());
        OptimizerState restored = rule.init(LAYOUT, 16);
        restored.restore(state.t(), state.snapshot());

        run(rule, state, straight, 7, 16);
        run(rule, restored, resumed, 7, 16);

        assertThat(resumed.params()).containsExactly(straight.params());
        assertThat(restored.sameAs(state)).isTrue();
        assertThat(state.t()).isEqualTo(6); // the last one along a single gradient
        float[] one = new float[LAYOUT.size()];
        float[] other = new float[LAYOUT.size()];
        rule.evaluationParams(state, straight.params(), one);
        rule.evaluationParams(restored, resumed.params(), other);
        assertThat(one).containsExactly(other);
    }

    @ParameterizedTest
    @MethodSource("wrapped")
    void theCallersGradientAndLossStayAsTheyWere(Optimizer rule) {
        Step step = start();
        OptimizerState state = rule.init(LAYOUT, 16);

        for (int t = 0; t < 4; t++) {
            gradients(t, step.gradient());
            float[] gradient = step.gradient().clone();
            rule.step(state, step.at(t));
            assertThat(step.gradient()).containsExactly(gradient);
            assertThat(step.loss()).isEqualTo(t);
        }
    }

    @Test
    void theOrderIsAccumulateClipDecayStepMultiply() {
        ParamLayout one = new ParamLayout(List.of(new ParamSpec("w", Shape.of(1), Role.HIDDEN, 1, 0, Scaling.NONE)));
        Optimizer rule = new Wrapping(2, 1, new Decay.Coupled(0.5), Map.of(), Map.of(), Schedules.constant(0.25)).around(new Sgd(Schedules.constant(1), 0));
        Step step = new Step(new float[] {8}, new float[] {2});
        OptimizerState state = rule.init(one, 4);
        rule.step(state, step);
        assertThat(step.params()[0]).isEqualTo(8);
        step.gradient()[0] = 4;
        rule.step(state, step);

        // The mean 3 is clipped to 1, decay adds 4; a quarter of the step of 5.
        assertThat(step.params()[0]).isCloseTo(8 - 5 / 4f, within(1e-5f));
    }

    @Test
    void decoupledDecayAroundAdamIsThatOfAdamW() {
        Step wrapped = start();
        Step own = start();
        Optimizer rule = Wrapping.NONE.decaying(new Decay.Decoupled(0.3, RATE), Set.of()).around(AdamW.of(RATE, 0));
        Optimizer adamW = AdamW.of(RATE, 0.3);

        run(rule, rule.init(LAYOUT, 8), wrapped, 0, 8);
        run(adamW, adamW.init(LAYOUT, 8), own, 0, 8);

        // Within the rounding of eight steps.
        assertThat(wrapped.params()).containsExactly(own.params(), within(2e-6f));
    }

    @Test
    void independentDecayDoesNotChangeWithTheRate() {
        for (double peak : new double[] {0.001, 1}) {
            Schedule rate = Schedules.warmupCosine(peak, 0, Span.fraction(0));
            Optimizer rule = Wrapping.NONE.decaying(new Decay.Independent(0.5, rate), Set.of()).around(new Sgd(rate, 0));
            Step step = new Step(new float[LAYOUT.size()], new float[LAYOUT.size()]);
            step.params()[0] = 1;
            OptimizerState state = rule.init(LAYOUT, 4);
            rule.step(state, step);

            assertThat(step.params()[0]).isEqualTo(0.5f);
        }
    }

    @Test
    void exemptRolesDoNotDecay() {
        for (Decay decay : List.of(new Decay.Coupled(0.5), new Decay.Decoupled(0.5, RATE), new Decay.Independent(0.5, RATE))) {
            Optimizer rule = Wrapping.NONE.decaying(decay, Set.of(Role.VECTOR)).around(new Sgd(Schedules.constant(0.1), 0));
            Step step = start();
            float[] before = step.params().clone();
            OptimizerState state = rule.init(LAYOUT, 8);
            rule.step(state, step);
            rule.step(state, step);

            for (int i = 0; i < before.length; i++) {
                assertThat(step.params()[i] == before[i]).as("%s %d", decay, i).isEqualTo(i >= LAYOUT.offset(1));
            }
        }
    }

    @Test
    void factorsByRoleScaleStepsAndDecayOfItsTensorsAlone() {
        Optimizer rule = new Sgd(Schedules.constant(0.1), 0);
        Decay decay = new Decay.Decoupled(0.5, Schedules.constant(0.1));
        float[] plain = after(Wrapping.NONE.decaying(decay, Set.of()).around(rule));
        float[] steps = after(new Wrapping(1, Double.POSITIVE_INFINITY, decay, Map.of(), Map.of(Role.VECTOR, 0.25), Schedules.constant(1)).around(rule));
        float[] shrunk = after(new Wrapping(1, Double.POSITIVE_INFINITY, decay, Map.of(Role.VECTOR, 2.0), Map.of(), Schedules.constant(1)).around(rule));
        Step begin = start();

        for (int i = 0; i < plain.length; i++) {
            float w = begin.params()[i];
            float kept = w * (float) (1 - 0.05);
            boolean vector = i >= LAYOUT.offset(1);
            assertThat(steps[i]).isCloseTo(vector ? kept + 0.25f * (plain[i] - kept) : plain[i], within(1e-6f));
            assertThat(shrunk[i]).isCloseTo(vector ? plain[i] - 0.05f * w : plain[i], within(1e-6f));
        }
    }

    private static float[] after(Optimizer rule) {
        Step step = start();
        rule.step(rule.init(LAYOUT, 8), step);
        return step.params();
    }

    @Test
    void anIdleWrappingIsTheRuleItself() {
        Optimizer rule = AdamW.of(RATE, 0.1);

        assertThat(Wrapping.NONE.around(rule)).isSameAs(rule);
    }

    @Test
    void whatIsLeftAtTheEndIsAStepAlongItsMean() {
        ParamLayout one = new ParamLayout(List.of(new ParamSpec("w", Shape.of(1), Role.HIDDEN, 1, 0, Scaling.NONE)));
        Optimizer rule = Wrapping.NONE.accumulating(4).around(new Sgd(Schedules.constant(1), 0));
        Step step = new Step(new float[] {0}, new float[1]);
        OptimizerState state = rule.init(one, 6);
        float[] gradients = {1, 1, 1, 1, 2, 4};
        for (float gradient : gradients) {
            step.gradient()[0] = gradient;
            rule.step(state, step.at(0));
        }
        assertThat(state.t()).isEqualTo(2);
        assertThat(step.params()[0]).isEqualTo(-1 - 3f);
        assertThatThrownBy(() -> rule.init(one, 3)).hasMessageContaining("gradients per step are 4, expected at most the 3 that are planned");
    }

    @Test
    void aRuleThatReadsMoreThanGradientsCannotAccumulate() {
        Optimizer kfac = HandDesigned.of("kfac", Map.of(), RATE);

        assertThatThrownBy(() -> new GradientAccumulation(kfac, 2)).hasMessageContaining("only gradients can be accumulated");
        assertThatThrownBy(() -> new GradientAccumulation(new Sgd(RATE, 0), 0)).hasMessageContaining("gradients per step are 0");
        assertThatThrownBy(() -> new Decay.Coupled(-1)).hasMessageContaining("weight decay is -1.0");
    }

    private static Step start() {
        float[] params = new float[LAYOUT.size()];
        for (int i = 0; i < params.length; i++) {
            params[i] = (float) StrictMath.cos(0.7 * i + 0.3);
        }
        return new Step(params, new float[LAYOUT.size()]);
    }

    private static void run(Optimizer rule, OptimizerState state, Step step, int from, int to) {
        for (int t = from; t < to; t++) {
            gradients(t, step.gradient());
            rule.step(state, step.at(1));
        }
    }

    private static void gradients(int t, float[] gradient) {
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] = (float) (0.2 * StrictMath.sin(1.3 * i + 0.5 * t + 0.1));
        }
    }

    /** Schedule-Free is judged at its average, whatever stands around it. */
    @Test
    void aRuleThatAveragesIsJudgedAtItsAverageInsideNgdiff() {
        Optimizer inner = HandDesigned.named("schedule-free-adamw", RATE);
        Optimizer rule = new NormalizedDifference(inner);
        Step plain = start();
        Signals twoObjectives = new Signals(List.of(), List.of(), new float[LAYOUT.size()]);
        Step step = new Step(start().params(), new float[LAYOUT.size()], twoObjectives);
        OptimizerState state = rule.init(LAYOUT, 8);
        OptimizerState own = inner.init(LAYOUT, 8);
        for (int t = 0; t < 8; t++) {
            gradients(t, step.gradient());
            float norm = (float) Norms.norm(step.gradient(), 0, LAYOUT.size());
            for (int i = 0; i < LAYOUT.size(); i++) {
                plain.gradient()[i] = step.gradient()[i] * (float) (1.0 / norm);
            }
            rule.step(state, step);
            inner.step(own, plain);
        }
        float[] judged = new float[LAYOUT.size()];
        float[] expected = new float[LAYOUT.size()];
        rule.evaluationParams(state, step.params(), judged);
        inner.evaluationParams(own, plain.params(), expected);
        assertThat(judged).isNotEqualTo(step.params());
        for (int i = 0; i < judged.length; i++) {
            assertThat(judged[i]).isCloseTo(expected[i], within(1e-4f));
        }
    }
}
