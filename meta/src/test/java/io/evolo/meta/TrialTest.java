package io.evolo.meta;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.tasks.NetworkTask;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.data.DataSpec;
import io.evolo.tasks.families.Mlp;
import io.evolo.tasks.families.NetworkFamily;
import org.junit.jupiter.api.Test;

class TrialTest {
    private static final NetworkTask TASK =
            NetworkFamily.of(Mlp.of(1), 8, 16, Parametrization.standard(), DataSpec.strokes(4).load()).sample(Rng.of(1, "test"));

    private static Trial sgd(double rate) {
        return Trial.run(
                TASK, HandDesigned.named("sgd", Schedules.constant(rate)), 40, 1, Trial.Purpose.TUNING, 0, 100, (step, loss) -> {});
    }

    @Test
    void aRunThatLearnsEndsBelowItsInitialLoss() {
        Trial trial = sgd(0.1);
        assertThat(trial.diverged()).isFalse();
        assertThat(trial.steps()).isEqualTo(40);
        assertThat(trial.validLoss()).isLessThan(trial.initialLoss());
    }

    @Test
    void aRunThatDoesNotMoveHasNotDiverged() {
        assertThat(sgd(1e-12).diverged()).isFalse();
    }

    @Test
    void aRunThatEndsWorseThanItBeganHasDivergedAndStopsAtACheck() {
        Trial trial = sgd(20); // losses of some nats: far from the bound on batches
        assertThat(trial.diverged()).isTrue();
        assertThat(trial.steps()).isLessThan(40);
        assertThat(trial.trainLoss()).isInfinite();
        assertThat(trial.testAccuracy()).isZero();
    }
}
