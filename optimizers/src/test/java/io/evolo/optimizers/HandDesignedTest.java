package io.evolo.optimizers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Role;
import io.evolo.tasks.Scaling;
import io.evolo.tasks.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class HandDesignedTest {
    private static final ParamLayout PAIR = new ParamLayout(List.of(ParamSpec.plain("w", Shape.of(2))));

    @Test
    void everyNameGivesARuleAndAnUnknownOneTheNearest() {
        for (String name : HandDesigned.names()) {
            assertThat(HandDesigned.named(name, Schedules.constant(0.1))).isNotNull();
        }
        assertThatThrownBy(() -> HandDesigned.named("adma", Schedules.constant(0.1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("did you mean 'adam'?")
                .hasMessageContaining("sgd, momentum, adam, adamw");
    }

    @Test
    void underAdamAnElementThatNeverHadAGradientDoesNotMove() {
        Step step = new Step(new float[] {0.5f, 0.5f}, new float[] {0, 1});
        OptimizerState state = run(Adam.of(Schedules.constant(0.1)), PAIR, step, 3);

        assertThat(step.params()[0]).isEqualTo(0.5f);
        assertThat(step.params()[1]).isNotEqualTo(0.5f);
        assertThat(state.t()).isEqualTo(3);
    }

    @Test
    void theFirstStepOfAdamIsTheRateAgainstTheSignOfTheGradient() {
        Step step = new Step(new float[2], new float[] {1e-3f, -40});
        run(Adam.of(Schedules.constant(0.1)), PAIR, step, 1);

        assertThat(step.params()[0]).isCloseTo(-0.1f, within(1e-5f));
        assertThat(step.params()[1]).isCloseTo(0.1f, within(1e-5f));
    }

    @Test
    void decoupledDecayIsNotScaledByMup() {
        ParamLayout scaled =
                new ParamLayout(List.of(new ParamSpec("w", Shape.of(2), Role.HIDDEN, 2, 0, new Scaling(0, 1, 0.01, 1))));
        Step step = new Step(new float[] {1, 1}, new float[2]);
        run(AdamW.of(Schedules.constant(0.1), 0.5), scaled, step, 1);

        assertThat(step.params()[0]).isCloseTo(0.95f, within(1e-7f));
    }

    @Test
    void momentumRepeatsTheFirstGradientUndamped() {
        Step step = new Step(new float[2], new float[] {1, 0});
        run(new Momentum(Schedules.constant(0.5), 0.5, 0), PAIR, step, 3);

        // b: 1, 1.5, 1.75.
        assertThat(step.params()[0]).isEqualTo(-0.5f * (1 + 1.5f + 1.75f));
    }

    @Test
    void aClippedGradientHasTheBoundsNormAndASmallerOneIsUntouched() {
        Optimizer clipped = new GlobalNormClip(new Sgd(Schedules.constant(1), 0), 1);
        Step step = new Step(new float[2], new float[] {3, 4});
        run(clipped, PAIR, step, 1);

        // Within 1e-6 / 5, the term that guards against a norm of 0.
        assertThat(step.params()[0]).isCloseTo(-0.6f, within(2e-7f));
        assertThat(step.params()[1]).isCloseTo(-0.8f, within(2e-7f));
        assertThat(step.gradient()).containsExactly(3, 4);

        Step small = new Step(new float[2], new float[] {0.3f, 0.4f});
        run(clipped, PAIR, small, 1);
        assertThat(small.params()).containsExactly(-0.3f, -0.4f);
    }

    @Test
    void aClipAroundAClipIsRefused() {
        GlobalNormClip clip = new GlobalNormClip(new Sgd(Schedules.constant(1), 0), 1);
        assertThatThrownBy(() -> new GlobalNormClip(clip, 2)).hasMessageContaining("smaller bound");
    }

    @Test
    void hyperparametersOutOfRangeAreRefused() {
        Schedule rate = Schedules.constant(0.1);
        assertThatThrownBy(() -> AdamUpdate.torch(1, 0.9, 1e-8)).hasMessageContaining("beta1 is 1.0");
        assertThatThrownBy(() -> AdamUpdate.torch(0.9, 0.9, 0)).hasMessageContaining("epsilon");
        assertThatThrownBy(() -> AdamW.of(rate, Double.NaN)).hasMessageContaining("weight decay is NaN");
        assertThatThrownBy(() -> new Momentum(rate, 1, 0)).hasMessageContaining("[0, 1)");
        assertThatThrownBy(() -> new Sgd(rate, -1)).hasMessageContaining("weight decay is -1.0");
        assertThatThrownBy(() -> Schedules.constant(-1)).hasMessageContaining("rate is -1.0");
    }

    private static OptimizerState run(Optimizer rule, ParamLayout layout, Step step, int steps) {
        OptimizerState state = rule.init(layout, steps);
        for (int i = 0; i < steps; i++) {
            rule.step(state, step);
        }
        return state;
    }
}
