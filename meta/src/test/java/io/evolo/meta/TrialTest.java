package io.evolo.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evolo.checkpoints.CheckpointFile;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Span;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.tasks.NetworkTask;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Task;
import io.evolo.tasks.augment.Delayed;
import io.evolo.tasks.data.DataSpec;
import io.evolo.tasks.families.Mlp;
import io.evolo.tasks.families.NetworkFamily;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrialTest {
    private static final NetworkTask TASK =
            NetworkFamily.of(Mlp.of(1), 8, 16, Parametrization.standard(), DataSpec.strokes(4).load()).sample(Rng.of(1, "test"));

    private static Trial sgd(double rate) {
        return Trial.run(
                TASK, HandDesigned.named("sgd", Schedules.constant(rate)), 40, 1, Trial.Purpose.TUNING, 0, 100, (step, loss) -> {});
    }

    /** The first step is made with its own gradient in either case, the second with the first one's once more. */
    @Test
    void aTrialHonoursTheDelayOfItsTask() {
        Optimizer sgd = HandDesigned.named("sgd", Schedules.constant(0.1));
        Task delayed = new Delayed(TASK, 3);
        for (int steps : new int[] {1, 2, 40}) {
            Trial late = Trial.run(delayed, sgd, steps, 1, Trial.Purpose.TUNING, 0, 100, (step, loss) -> {});
            Trial punctual = Trial.run(TASK, sgd, steps, 1, Trial.Purpose.TUNING, 0, 100, (step, loss) -> {});
            assertThat(late.trainLoss() == punctual.trainLoss()).as("%d steps", steps).isEqualTo(steps == 1);
        }
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
    void aRunThatIsAboveItsBeginningButNotFarHasNotDiverged() {
        Trial trial = sgd(20); // losses of some nats
        assertThat(trial.trainLoss()).isGreaterThan(1.01 * trial.initialLoss());
        assertThat(trial.divergence()).isEmpty();
        assertThat(trial.steps()).isEqualTo(40);
    }

    @Test
    void aRunThatIsFarAboveItsBeginningTwiceInARowStopsAndSaysTheLossAndItsBound() {
        Trial trial = sgd(2000);
        assertThat(trial.divergence()).matches("training loss [0-9.e+]+ at step 8, above 2[0-9.]+: far from the 2[0-9.]+ before the first step");
        assertThat(trial.steps()).isEqualTo(8);
        assertThat(trial.trainLoss()).isInfinite();
        assertThat(trial.testAccuracy()).isZero();
    }

    @Test
    void aLossThatIsNotFiniteEndsTheRunAtOnce() {
        Trial trial = sgd(1e38);
        assertThat(trial.divergence()).matches("the batch's loss at step [23] is not finite");
        assertThat(trial.steps()).isLessThan(4);
    }

    @Test
    void aTrainingForItsOwnSakeGoesOnWhileItIsFinite() {
        Trial trial = Trial.unstopped(TASK, HandDesigned.named("sgd", Schedules.constant(2000)), 30, 1, 100, (step, loss) -> {}, Trial.Keeper.NONE);
        assertThat(trial.divergence()).isEmpty();
        assertThat(trial.steps()).isEqualTo(30);
        assertThat(trial.trainLoss()).isFinite().isGreaterThan(100);
    }

    @ParameterizedTest
    @CsvSource({"sgd, 1", "adam, 3", "soap, 5", "schedule-free-adamw, 7", "prodigy, 20", "adam+lookahead, 29"})
    void aTrialThatWasKeptGoesOnWithTheBitsOfAnUninterruptedOne(String name, int at) {
        Optimizer rule = HandDesigned.named(name, Schedules.cosine(0.1, 0, Span.fraction(0.2)));
        List<float[]> ends = new ArrayList<>();
        List<SavedTrial> kept = new ArrayList<>();

        Trial whole = kept(rule, new Keeping(Optional.empty(), at, kept), ends);
        byte[] file = CheckpointFile.content(new SavedTrialCodec(), kept.getFirst());
        SavedTrial read = CheckpointFile.read(file, "the checkpoint", new SavedTrialCodec());
        Trial resumed = kept(rule, new Keeping(Optional.of(read), 0, kept), ends);

        assertThat(kept).singleElement().extracting(SavedTrial::steps).isEqualTo(at);
        assertThat(ends.get(1)).isEqualTo(ends.get(0));
        assertThat(resumed).usingRecursiveComparison().ignoringFields("seconds", "updateSeconds").isEqualTo(whole);
        assertThat(resumed.seconds()).as("counts what the first process took").isGreaterThan(read.nanos() * 1e-9);
    }

    private static Trial kept(Optimizer rule, Trial.Keeper keeper, List<float[]> ends) {
        return Trial.unstopped(TASK, rule, 30, 1, 100, new Trial.Listener() {
            @Override
            public void step(int step, double loss) {}

            @Override
            public void end(OptimizerState state, float[] params) {
                ends.add(params);
            }
        }, keeper);
    }

    /** Keeps a trial after so many steps, and lets it go on. */
    private record Keeping(Optional<SavedTrial> saved, int at, List<SavedTrial> kept) implements Trial.Keeper {
        @Override
        public boolean wants(int steps) {
            return steps == at;
        }

        @Override
        public void keep(SavedTrial trial) {
            kept.add(trial);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 10})
    void shortRunsEndWithLosses(int steps) {
        Trial trial = Trial.run(
                TASK, HandDesigned.named("sgd", Schedules.constant(0.1)), steps, 1, Trial.Purpose.JUDGING, 0, 100, (step, loss) -> {});
        assertThat(trial.steps()).isEqualTo(steps);
        assertThat(trial.trainLoss()).isFinite();
    }

    /** Its training point goes away by a factor at every step; it is to be judged where nothing is learned. */
    private record Straying(Optimizer inside) implements Optimizer {
        @Override
        public OptimizerState init(ParamLayout layout, int horizon) {
            return inside.init(layout, horizon);
        }

        @Override
        public void step(OptimizerState state, Step step) {
            for (int i = 0; i < step.params().length; i++) {
                step.params()[i] *= 1.5f;
            }
        }

        @Override
        public void evaluationParams(OptimizerState state, float[] params, float[] out) {
            Arrays.fill(out, 0);
        }
    }

    @Test
    void aRunIsCalledDivergedForTheLossWhereItsRuleIsToBeJudgedAlone() {
        Optimizer straying = new Straying(HandDesigned.named("sgd", Schedules.constant(1)));
        Trial trial = Trial.run(TASK, straying, 20, 1, Trial.Purpose.JUDGING, 0, 100, (step, loss) -> {});
        assertThat(trial.divergence()).isEmpty();
        assertThat(trial.steps()).isEqualTo(20);
        assertThat(trial.trainLoss()).isCloseTo(Math.log(10), within(1e-6)); // of equal logits
    }

    @Test
    void theBestHeldOutLossIsThatOfTheBestCheckByValidationLoss() {
        Optimizer late = HandDesigned.named("sgd", (t, horizon) -> t < 20 ? 0.1 : 20);
        Trial trial = Trial.run(TASK, late, 40, 1, Trial.Purpose.JUDGING, 0, 100, (step, loss) -> {});
        Trial stopped = Trial.run(
                TASK, HandDesigned.named("sgd", Schedules.constant(0.1)), 20, 1, Trial.Purpose.JUDGING, 0, 100, (step, loss) -> {});
        assertThat(trial.divergence()).isEmpty();
        assertThat(trial.testLoss()).isGreaterThan(stopped.testLoss());
        assertThat(trial.bestTestLoss()).as("at step 20").isEqualTo(stopped.testLoss());
        assertThat(sgd(0.1).bestTestLoss()).as("the last check is the best").isEqualTo(sgd(0.1).testLoss());
    }
}
