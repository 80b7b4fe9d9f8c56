package io.evolo.optimizers;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.optimizers.designed.Sgd;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Role;
import io.evolo.tasks.Scaling;
import io.evolo.tasks.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class LevelGradientsTest {
    private static final Optimizer RULE = new ChangedGradient(new Sgd(Schedules.constant(1), 0), List.of(new LevelGradients()));

    private static ParamLayout layout(Scaling scaling) {
        return new ParamLayout(List.of(new ParamSpec("w", Shape.of(2), Role.VECTOR, 1, 0, scaling)));
    }

    @Test
    void theRuleSeesTheGradientsOfTheBaseWidthAndTheCallersStayBitForBit() {
        ParamLayout layout = layout(Parametrization.mup(1).scaling(Role.HIDDEN, 3, 3));
        Step step = new Step(new float[2], new float[] {0.1f, -7});
        OptimizerState state = RULE.init(layout, 10);

        RULE.step(state, step);

        assertThat(step.params()).containsExactly(-0.1f * 3, 21);
        assertThat(step.gradient()).containsExactly(0.1f, -7);
        assertThat(state.t()).isEqualTo(1);
    }

    @Test
    void underTheStandardParametrizationItIsTheRuleAndTakesNoMemory() {
        Step step = new Step(new float[2], new float[] {0.1f, -7});
        OptimizerState state = RULE.init(layout(Scaling.NONE), 10);

        RULE.step(state, step);

        assertThat(step.params()).containsExactly(-0.1f, 7);
        assertThat(state.scratch()).isEmpty();
    }
}
