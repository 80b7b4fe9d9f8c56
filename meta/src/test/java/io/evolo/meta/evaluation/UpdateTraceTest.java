package io.evolo.meta.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evolo.meta.Trial;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.tasks.NetworkTask;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.data.DataSpec;
import io.evolo.tasks.families.Mlp;
import io.evolo.tasks.families.NetworkFamily;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UpdateTraceTest {
    private static final int STEPS = 120;
    private static final NetworkTask TASK =
            NetworkFamily.of(Mlp.of(1), 8, 16, Parametrization.standard(), DataSpec.strokes(4).load()).sample(Rng.of(1, "test"));

    private static Trial run(Optimizer rule) {
        return Trial.run(TASK, rule, STEPS, 1, Trial.Purpose.JUDGING, 0, 50, (step, loss) -> {});
    }

    private static List<UpdateTrace.Look> looks(Optimizer rule) {
        UpdateTrace trace = new UpdateTrace(rule);
        run(trace);
        return trace.looks();
    }

    @Test
    void fiftyStepsAreLookedAtEvenlyFromTheFirstOn() {
        List<UpdateTrace.Look> looks = looks(HandDesigned.named("sgd", Schedules.constant(0.1)));
        assertThat(looks).hasSize(UpdateTrace.LOOKS);
        assertThat(looks.getFirst().step()).isEqualTo(1);
        assertThat(looks).extracting(UpdateTrace.Look::step).isSorted().doesNotHaveDuplicates();
        assertThat(looks.getLast().step()).isGreaterThan(STEPS - 3);
    }

    @Test
    void lookingChangesNothing() {
        Optimizer rule = HandDesigned.named("momentum", Schedules.constant(0.1));
        assertThat(run(new UpdateTrace(rule)).trainLoss()).isEqualTo(run(rule).trainLoss());
    }

    @Test
    void everyShadowGoesItsOwnWayExactly() {
        // 1e-5: an update is the difference of two rounded parameters.
        assertThat(looks(HandDesigned.named("adam", Schedules.constant(0.003)))).allSatisfy(look -> {
            assertThat(look.cosines()[0]).isCloseTo(1, within(1e-5));
            assertThat(look.rate()).as("Adam's rate").isCloseTo(0.003, within(3e-7));
        });
        assertThat(looks(HandDesigned.named("sgd", Schedules.constant(0.5))))
                .allSatisfy(look -> assertThat(look.cosines()[1]).isCloseTo(1, within(1e-5)));
        assertThat(looks(HandDesigned.of("muon", Map.of("weight_decay", 0.0), Schedules.constant(0.02))))
                .allSatisfy(look -> assertThat(look.cosines()[2]).isCloseTo(1, within(1e-5)));
    }

    @Test
    void theSizeOfAnUpdateIsItsRootMeanSquare() {
        // Adam's first step has entries of the rate, up to epsilon: signs of the gradient.
        UpdateTrace.Look first = looks(HandDesigned.named("adam", Schedules.constant(0.01))).getFirst();
        assertThat(first.rms()).hasSize(TASK.layout().tensors());
        int logitsBias = TASK.layout().tensors() - 1;
        assertThat(first.rms()[logitsBias]).isCloseTo(0.01, within(1e-6));
    }

    @Test
    void aRuleThatGoesUphillHasANegativeCosine() {
        Optimizer uphill = new Uphill(HandDesigned.named("sgd", Schedules.constant(1)));
        UpdateTrace.Look first = looks(uphill).getFirst();
        assertThat(first.cosines()[1]).isCloseTo(-1, within(1e-5));
        assertThat(first.rate()).isNegative();
    }

    /** Undoes twice what another rule does. */
    private record Uphill(Optimizer rule) implements Optimizer {
        @Override
        public OptimizerState init(ParamLayout layout, int horizon) {
            return rule.init(layout, horizon);
        }

        @Override
        public void step(OptimizerState state, Step step) {
            float[] before = step.params().clone();
            rule.step(state, step);
            for (int i = 0; i < before.length; i++) {
                step.params()[i] = 2 * before[i] - step.params()[i];
            }
        }
    }
}
