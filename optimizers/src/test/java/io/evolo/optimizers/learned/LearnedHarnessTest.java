package io.evolo.optimizers.learned;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evolo.optimizers.Decay;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Span;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.Wrapping;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.Scaling;
import io.evolo.tasks.Shape;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be put around any rule, around learned ones: these have no rate that a schedule could set, and read their gradient often. */
class LearnedHarnessTest {
    private static final ParamLayout LAYOUT = new ParamLayout(List.of(
            new ParamSpec("w", Shape.of(6, 5), Role.HIDDEN, 6, 0, new Scaling(0.1, 1, 0.5, 1)), ParamSpec.plain("b", Shape.of(5))));
    private static final int HORIZON = 20;

    private static Optimizer learned(String name) {
        LearnedOptimizer rule = LearnedOptimizers.of(name, name.equals("velo") ? Map.of("lstm", 8.0, "basis", 3.0) : Map.of());
        return rule.bind(rule.initTheta(Rng.of(1, "theta")));
    }

    private static Step start() {
        Step step = new Step(new float[LAYOUT.size()], new float[LAYOUT.size()]);
        Rng.of(2, "params").fillGaussian(step.params(), 0.5);
        return step;
    }

    private static void gradient(Step step, int t) {
        Rng.of(3, "gradient", t).fillGaussian(step.gradient(), 0.1);
    }

    private static Step run(Optimizer rule, int steps) {
        Step step = start();
        OptimizerState state = rule.init(LAYOUT, HORIZON);
        for (int t = 0; t < steps; t++) {
            gradient(step, t);
            rule.step(state, step.at(1));
        }
        return step;
    }

    @ParameterizedTest
    @ValueSource(strings = {"small_fc", "celo2", "celo", "velo"})
    void aScheduleMultipliesTheStepsOfARuleThatHasNoRate(String name) {
        Optimizer rule = learned(name);
        Optimizer warming = Wrapping.NONE.multiplying(Schedules.warmupCosine(1, 0, Span.steps(4))).around(rule);
        assertThat(run(warming, 1).params()).as("a warm-up begins at 0").isEqualTo(start().params());
        Optimizer half = Wrapping.NONE.multiplying(Schedules.constant(0.5)).around(rule);
        float[] whole = run(rule, 1).params();
        float[] halved = run(half, 1).params();
        for (int i = 0; i < whole.length; i++) {
            float before = start().params()[i];
            assertThat(halved[i] - before).isCloseTo(0.5f * (whole[i] - before), within(1e-7f));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"small_fc", "celo2", "celo", "velo"})
    void decoupledDecayShrinksTheRolesThatAreNotExemptAndNothingElse(String name) {
        Optimizer rule = learned(name);
        Decay decay = new Decay.Decoupled(0.1, Schedules.constant(0.2));
        float[] decayed = run(Wrapping.NONE.decaying(decay, Set.of(Role.VECTOR)).around(rule), 1).params();
        Step shrunk = start();
        for (int i = 0; i < LAYOUT.offset(1); i++) {
            shrunk.params()[i] *= (float) (1 - 0.1 * 0.2);
        }
        OptimizerState state = rule.init(LAYOUT, HORIZON);
        gradient(shrunk, 0);
        rule.step(state, shrunk.at(1));
        assertThat(decayed).isEqualTo(shrunk.params());
        assertThat(decayed).isNotEqualTo(run(rule, 1).params());
    }

    @ParameterizedTest
    @ValueSource(strings = {"small_fc", "celo2", "celo", "velo"})
    void aClippedRuleSeesTheGradientAtTheBoundInAllItsAccumulators(String name) {
        Optimizer rule = learned(name);
        Step step = start();
        gradient(step, 0);
        double sum = 0;
        for (float g : step.gradient()) {
            sum += (double) g * g;
        }
        float factor = (float) (0.01 / (Math.sqrt(sum) + 1e-6));
        float[] before = step.gradient().clone();
        for (int i = 0; i < before.length; i++) {
            step.gradient()[i] *= factor;
        }
        OptimizerState byHand = rule.init(LAYOUT, HORIZON);
        rule.step(byHand, step.at(1));
        Optimizer clipped = Wrapping.NONE.clipping(0.01).around(rule);
        Step ours = start();
        gradient(ours, 0);
        OptimizerState state = clipped.init(LAYOUT, HORIZON);
        clipped.step(state, ours.at(1));
        assertThat(ours.params()).isEqualTo(step.params());
        assertThat(ours.gradient()).isEqualTo(before);
        for (int i = 0; i < byHand.slots(); i++) {
            assertThat(state.slot(i)).as("accumulator %d", i).isEqualTo(byHand.slot(i));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"small_fc", "celo2", "celo", "velo"})
    void anAccumulatingRuleStepsOnceOnTheMeanAndCountsItsOwnSteps(String name) {
        Optimizer rule = learned(name);
        Optimizer accumulating = Wrapping.NONE.accumulating(4).around(rule);
        Step step = start();
        OptimizerState state = accumulating.init(LAYOUT, 4 * HORIZON);
        float[] mean = new float[LAYOUT.size()];
        for (int t = 0; t < 4; t++) {
            assertThat(step.params()).isEqualTo(start().params());
            gradient(step, t);
            for (int i = 0; i < mean.length; i++) {
                mean[i] += step.gradient()[i];
            }
            accumulating.step(state, step.at(1));
        }
        Step once = start();
        for (int i = 0; i < mean.length; i++) {
            once.gradient()[i] = mean[i] / 4;
        }
        rule.step(rule.init(LAYOUT, HORIZON), once.at(1));
        assertThat(step.params()).isEqualTo(once.params());
        assertThat(state.t()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"small_fc", "celo2", "celo", "velo"})
    void allOfItAtOnceCanBeSavedAndContinued(String name) {
        Optimizer all = Wrapping.NONE
                .accumulating(2)
                .clipping(0.3)
                .decaying(new Decay.Decoupled(0.1, Schedules.constant(0.01)), Set.of(Role.VECTOR))
                .multiplying(Schedules.warmupCosine(1, 0, Span.steps(3)))
                .around(learned(name));
        Step step = start();
        OptimizerState state = all.init(LAYOUT, HORIZON);
        for (int t = 0; t < 7; t++) {
            gradient(step, t);
            all.step(state, step.at(1));
        }
        Step resumed = new Step(step.params().clone(), new float[LAYOUT.size()]);
        OptimizerState restored = all.init(LAYOUT, HORIZON);
        restored.restore(state.t(), state.snapshot());
        for (int t = 7; t < 12; t++) {
            gradient(step, t);
            gradient(resumed, t);
            all.step(state, step.at(1));
            all.step(restored, resumed.at(1));
        }
        assertThat(resumed.params()).isEqualTo(step.params());
    }
}
