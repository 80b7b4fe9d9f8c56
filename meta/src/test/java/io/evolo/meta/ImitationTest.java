package io.evolo.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.designed.Momentum;
import io.evolo.optimizers.designed.Sgd;
import io.evolo.optimizers.guard.FeatureTally;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ImitationTest {
    private static final ParamLayout LAYOUT =
            new ParamLayout(List.of(ParamSpec.plain("w", Shape.of(1, 2)), ParamSpec.plain("b", Shape.of(1))));
    private static final Optimizer SLOW = new Sgd(Schedules.constant(0.1), 0);
    private static final Optimizer FAST = Momentum.of(Schedules.constant(0.3), 0.9, 0);

    @Test
    void atBlendOneTheExpertsStepsAreFollowedAndAtBlendZeroTheRules() {
        assertThat(run(new Guided(SLOW, FAST, 1, 3))).containsExactly(run(FAST));
        assertThat(run(new Guided(SLOW, FAST, 0, 3))).containsExactly(run(SLOW));
    }

    @Test
    void stepsOfOneDirectionHaveNoAngleAndDifferInLengthOverMatricesAlone() {
        Guided guided = new Guided(SLOW, FAST, 0, 3);

        run(guided);

        // Gradient (1, −2) of the matrix; steps .1 and .3 times it at first, of which the mean difference is .3.
        assertThat(guided.made()).isEqualTo(3);
        assertThat(guided.direction(0)).isCloseTo(0, within(1e-6));
        assertThat(guided.magnitude(0)).isCloseTo(0.3, within(1e-6));
    }

    @Test
    void aStepThatALaneDidNotMakeCountsAsTheWorst() {
        Guided guided = new Guided(SLOW, FAST, 0.5, 5);

        run(guided);

        assertThat(guided.direction(4)).isEqualTo(2);
    }

    @Test
    void theBlendFallsFromOneToTheLeast() {
        Imitation imitation = new Imitation("adamw", Map.of(), 0.01, 0, 100, 10, 20, 0.2, 0.7, 0.3, 0.3, 0);

        assertThat(imitation.blend(0)).isEqualTo(1);
        assertThat(imitation.blend(10)).isEqualTo(1);
        assertThat(imitation.blend(15)).isCloseTo(0.6, within(1e-12));
        assertThat(imitation.blend(100)).isEqualTo(0.2);
    }

    /** Both particles have one step with δc of 2 and −2, so that N(δc) is ±.01; δa is 0, and its estimate takes no part. */
    @Test
    void estimatesAreWeighedAndBroughtToOneScale() {
        Imitation imitation = new Imitation("adamw", Map.of(), 0.01, 0, 100, 10, 20, 0, 0.5, 0.1, 0, 0);

        List<ParticleResult> weighed = imitation.weighed(List.of(result(1, 2, 2), result(3, -2, 2)), 0);

        assertThat(weighed.get(0).gradient()[0]).isCloseTo(0.4f * 1 + 0.5f * 0.01f, within(1e-6f));
        assertThat(weighed.get(1).gradient()[0]).isCloseTo(0.4f * 3 - 0.5f * 0.01f, within(1e-6f));
        assertThat(imitation.weighed(List.of(result(1, 2, 2)), 20).getFirst().gradient()[0]).isEqualTo(1);
    }

    private static ParticleResult result(float gradient, float direction, double c) {
        var likeness = new Imitation.Likeness(new float[] {direction}, new float[] {7}, c * c, 0, 1);
        return new ParticleResult(new float[] {gradient}, 0, 0, 1, new FeatureTally(), likeness);
    }

    @Test
    void anExpertThatReadsMoreThanGradientsAndWeightsAboveOneAreRefused() {
        assertThatThrownBy(() -> new Imitation("kfac", Map.of(), 0.01, 0, 1, 0, 1, 0, 0, 0, 0, 0))
                .hasMessageContaining("a rule that reads gradients alone");
        assertThatThrownBy(() -> new Imitation("adamw", Map.of(), 0.01, 0, 1, 0, 1, 0, 0.7, 0.4, 0, 0))
                .hasMessageContaining("magnitude is 0.4");
    }

    private static float[] run(Optimizer rule) {
        Step step = new Step(new float[3], new float[] {1, -2, 5});
        OptimizerState state = rule.init(LAYOUT, 10);
        for (int i = 0; i < 3; i++) {
            rule.step(state, step.at(1));
        }
        assertThat(state.t()).isEqualTo(3);
        return step.params();
    }
}
