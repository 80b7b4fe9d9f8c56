package io.evolo.optimizers.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.designed.Adam;
import io.evolo.optimizers.learned.SmallFc;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class SafetyRailsTest {
    private static final float INFINITE = Float.POSITIVE_INFINITY;
    private static final ParamLayout LAYOUT =
            new ParamLayout(List.of(ParamSpec.plain("w", Shape.of(3, 4)), ParamSpec.plain("b", Shape.of(4))));
    private static final Rails ROLL_BACK = new Rails(INFINITE, true, 4, 5, 3, 0, 1);

    private static Optimizer learned() {
        SmallFc rule = SmallFc.mulo();
        return rule.bind(rule.initTheta(Rng.of(1, "theta")));
    }

    private static Step start() {
        Step step = new Step(new float[LAYOUT.size()], new float[LAYOUT.size()]);
        for (int i = 0; i < LAYOUT.size(); i++) {
            step.params()[i] = 0.1f * (i - 7);
        }
        return step;
    }

    /** A step on ½‖p‖². */
    private static void advance(Optimizer rule, OptimizerState state, Step step, float loss) {
        System.arraycopy(step.params(), 0, step.gradient(), 0, step.params().length);
        rule.step(state, step.at(loss));
    }

    private static OptimizerState run(Optimizer rule, Step step, int steps) {
        OptimizerState state = rule.init(LAYOUT, 100);
        for (int i = 0; i < steps; i++) {
            advance(rule, state, step, 1);
        }
        return state;
    }

    @Test
    void railsThatDoNotActChangeNoBit() {
        Step alone = start();
        Step railed = start();
        run(learned(), alone, 60);
        SafetyRails rails = new SafetyRails(learned(), new Rails(1e6, true, 10, 7, 1, 0.1, 0.5));
        OptimizerState state = run(rails, railed, 60);
        assertThat(railed.params()).isEqualTo(alone.params());
        assertThat(rails.interventions(state).any()).isFalse();
    }

    @Test
    void anUpdateAboveTheCapIsCutToItTensorByTensor() {
        Adam adam = Adam.of(Schedules.constant(0.5)); // moves every element by its rate at first
        SafetyRails rails = new SafetyRails(adam, new Rails(0.1, false, INFINITE, 1, 1, 0, 1));
        Step step = start();
        float[] before = step.params().clone();
        OptimizerState state = run(rails, step, 1);
        for (int i = 0; i < before.length; i++) {
            if (before[i] != 0) {
                assertThat(Math.abs(step.params()[i] - before[i])).isCloseTo(0.1f, within(0.01f));
            }
        }
        assertThat(rails.interventions(state).capped()).isEqualTo(2);
    }

    @Test
    void aLossThatIsNotFiniteTakesParametersStateAndClockBack() {
        SafetyRails rails = new SafetyRails(learned(), ROLL_BACK);
        Step step = start();
        OptimizerState state = run(rails, step, 10);
        float[] at5 = runTo(5); // copies are made before steps 1, 6 and 11: the older one is that before step 6
        advance(rails, state, step, 1);
        advance(rails, state, step, Float.NaN);
        assertThat(step.params()).isEqualTo(at5);
        assertThat(state.t()).isEqualTo(5);
        assertThat(rails.interventions(state)).isEqualTo(new Interventions(0, 0, 1, 1, -1));
        Step straight = start();
        run(learned(), straight, 8);
        for (int i = 0; i < 3; i++) {
            advance(rails, state, step, 1);
        }
        assertThat(step.params()).as("goes on from there as the rule alone would").isEqualTo(straight.params());
    }

    private static float[] runTo(int steps) {
        Step step = start();
        run(learned(), step, steps);
        return step.params();
    }

    @Test
    void aGradientThatIsNotFiniteNeverReachesTheRule() {
        SafetyRails rails = new SafetyRails(learned(), ROLL_BACK);
        Step step = start();
        OptimizerState state = run(rails, step, 3);
        System.arraycopy(step.params(), 0, step.gradient(), 0, step.params().length);
        step.gradient()[3] = Float.NEGATIVE_INFINITY;
        rails.step(state, step.at(1));
        assertThat(step.params()).isEqualTo(start().params());
        assertThat(rails.interventions(state).notFinite()).isEqualTo(1);
    }

    @Test
    void aSpikeIsToldFromTheNoiseOfBatches() {
        SafetyRails rails = new SafetyRails(learned(), ROLL_BACK);
        Step step = start();
        OptimizerState state = rails.init(LAYOUT, 100);
        Rng rng = Rng.of(4, "losses");
        for (int i = 0; i < 60; i++) {
            advance(rails, state, step, (float) (1 + 0.5 * rng.gaussian() * rng.gaussian()));
        }
        assertThat(rails.interventions(state).spikes()).isZero();
        advance(rails, state, step, 12);
        assertThat(rails.interventions(state).spikes()).isEqualTo(1);
    }

    @Test
    void adamTakesOverAfterTheLastPatienceAndBeginsAnew() {
        SafetyRails rails = new SafetyRails(learned(), new Rails(INFINITE, true, INFINITE, 5, 2, 0.01, 1));
        Step step = start();
        OptimizerState state = run(rails, step, 10);
        advance(rails, state, step, Float.NaN);
        advance(rails, state, step, INFINITE);
        Step adam = new Step(step.params().clone(), new float[LAYOUT.size()]);
        assertThat(rails.interventions(state)).isEqualTo(new Interventions(0, 0, 2, 2, 10));
        for (int i = 0; i < 6; i++) {
            advance(rails, state, step, 1);
        }
        run(Adam.of(Schedules.constant(0.01)), adam, 6);
        assertThat(step.params()).isEqualTo(adam.params());
    }

    @Test
    void aBlendedStepLiesBetweenTheRulesAndAdams() {
        Optimizer rule = Adam.of(Schedules.constant(0.04)); // for a rule whose step is known: 0.04 per element
        SafetyRails rails = new SafetyRails(rule, new Rails(INFINITE, true, INFINITE, 1, 1, 0.02, 0.5));
        Step step = start();
        OptimizerState state = rails.init(LAYOUT, 100);
        advance(rails, state, step, 1);
        advance(rails, state, step, Float.NaN);
        float before = step.params()[0];
        advance(rails, state, step, 1);
        assertThat(before - step.params()[0]).isCloseTo(-0.03f, within(1e-5f));
    }

    @Test
    void aSavedStateWithinRailsContinuesBitForBit() {
        SafetyRails rails = new SafetyRails(learned(), new Rails(0.01, true, 3, 4, 2, 0.01, 0.5));
        Step step = start();
        OptimizerState state = run(rails, step, 9);
        for (float loss : new float[] {Float.NaN, 1, 1, Float.NaN, 1, 1, 1}) {
            advance(rails, state, step, loss);
        }
        Step resumed = new Step(step.params().clone(), new float[LAYOUT.size()]);
        OptimizerState restored = rails.init(LAYOUT, 100);
        restored.restore(state.t(), state.snapshot());
        for (float loss : new float[] {1, 1, Float.NaN, 1, 1, 1, 1, 1}) {
            advance(rails, state, step, loss);
            advance(rails, restored, resumed, loss);
        }
        assertThat(resumed.params()).isEqualTo(step.params());
        assertThat(restored.sameAs(state)).isTrue();
    }

    @Test
    void railsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> new Rails(INFINITE, false, 4, 5, 3, 0, 1)).hasMessageContaining("rollBack is off");
        assertThatThrownBy(() -> new Rails(0, true, 4, 5, 3, 0, 1)).hasMessageContaining("cap is 0");
        assertThatThrownBy(() -> new Rails(INFINITE, true, 4, 5, 3, 0.1, 0)).hasMessageContaining("blend is 0");
        assertThat(Rails.OFF.on()).isFalse();
    }
}
