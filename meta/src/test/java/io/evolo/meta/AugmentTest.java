package io.evolo.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.tasks.BatchKey;
import io.evolo.tasks.DoubleRange;
import io.evolo.tasks.IntRange;
import io.evolo.tasks.LossNormalizer;
import io.evolo.tasks.LossScale;
import io.evolo.tasks.Optimizee;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Shape;
import io.evolo.tasks.Reparametrized;
import io.evolo.tasks.Split;
import io.evolo.tasks.Task;
import io.evolo.tasks.TaskFamily;
import io.evolo.tasks.analytic.LogisticRegression;
import io.evolo.tasks.analytic.Quadratic;
import io.evolo.tasks.analytic.Spectrum;
import io.evolo.tasks.augment.Delayed;
import io.evolo.tasks.augment.GradientNoise;
import io.evolo.tasks.augment.Normalized;
import io.evolo.tasks.augment.Subspace;
import java.util.List;
import org.junit.jupiter.api.Test;

class AugmentTest {
    private static final LossNormalizer NATS = LossNormalizer.IDENTITY;
    private static final BatchKey KEY = BatchKey.of(Split.TRAIN, 1, "batches");
    private static final Task QUADRATIC = new Quadratic(200, Spectrum.LINEAR, 10, 0, NATS);

    private static Augment augment(double noise, double batch, double subspace, double delay, Augment.Loss.Scale scale) {
        return new Augment(
                new Augment.Noise(noise, new DoubleRange(0.1, 1)),
                new Augment.Batch(batch, DoubleRange.of(0.25)),
                new Augment.Directions(subspace, IntRange.of(3)),
                new Augment.Delay(delay, IntRange.of(2)),
                new Augment.Loss(scale, 1, 10));
    }

    private static Task sample(Augment augment, Task task) {
        return augment.of(TaskFamily.of(task), new Augmentation(Augmentation.Level.NONE, 1, 1)).sample(Rng.of(1, "task"));
    }

    @Test
    void whatCannotHappenDrawsNothing() {
        TaskFamily counting = rng -> new Quadratic(5, Spectrum.LINEAR, 2, rng.nextLong(), NATS);
        TaskFamily plain = augment(0, 0, 0, 0, Augment.Loss.Scale.OWN).of(counting, new Augmentation(Augmentation.Level.GLOBAL, 1, 2));
        TaskFamily before = new Augmentation(Augmentation.Level.GLOBAL, 1, 2).of(counting);
        assertThat(plain.sample(Rng.of(1, "task"))).isEqualTo(before.sample(Rng.of(1, "task")));
    }

    @Test
    void everyWrapperIsReachedByItsKey() {
        assertThat(sample(augment(1, 0, 0, 0, Augment.Loss.Scale.OWN), QUADRATIC)).isInstanceOf(GradientNoise.class);
        assertThat(sample(augment(0, 0, 1, 0, Augment.Loss.Scale.OWN), QUADRATIC)).isInstanceOf(Subspace.class);
        assertThat(sample(augment(0, 0, 0, 1, Augment.Loss.Scale.OWN), QUADRATIC)).isInstanceOf(Delayed.class);
        assertThat(sample(augment(0, 0, 0, 0, Augment.Loss.Scale.LOGARITHM), QUADRATIC)).isInstanceOf(Normalized.class);
        Task logistic = new LogisticRegression(3, 64, 1, 0, 0, NATS);
        assertThat(((LogisticRegression) sample(augment(0, 1, 0, 0, Augment.Loss.Scale.OWN), logistic)).batch()).isEqualTo(16);
    }

    @Test
    void aDelayIsKeptByWhateverIsAroundIt() {
        Task delayed = new Delayed(QUADRATIC, 3);
        List<Task> around = List.of(
                new GradientNoise(delayed, 0.5), new Subspace(delayed, 4, 1), new Normalized(delayed, NATS),
                new Reparametrized(delayed, Reparametrized.Level.GLOBAL, 1, 2, 1));
        assertThat(around).extracting(Task::gradientDelay).containsOnly(3);
    }

    /** Of 200 elements; a relative error of the standard deviation of .05, four of which are allowed. */
    @Test
    void gradientNoiseHasTheStandardDeviationAskedForAndIsTheSameForEqualSteps() {
        Optimizee plain = QUADRATIC.open();
        Optimizee noisy = new GradientNoise(QUADRATIC, 0.5).open();
        float[] w = new float[200];
        plain.init(Rng.of(1, "init"), w);
        float[] exact = new float[200];
        float[] first = new float[200];
        float[] again = new float[200];
        float[] next = new float[200];
        assertThat(noisy.lossAndGradient(w, KEY, 3, first)).isEqualTo(plain.lossAndGradient(w, KEY, 3, exact));
        noisy.lossAndGradient(w, KEY, 4, next);
        noisy.lossAndGradient(w, KEY, 3, again);
        assertThat(again).containsExactly(first);
        assertThat(next).isNotEqualTo(first);
        double noise = 0;
        double signal = 0;
        for (int i = 0; i < 200; i++) {
            noise += Math.pow(first[i] - exact[i], 2);
            signal += Math.pow(exact[i], 2);
        }
        assertThat(Math.sqrt(noise / signal)).isCloseTo(0.5, within(0.1));
    }

    @Test
    void aSubspacesGradientIsThatOfCentralDifferences() {
        Subspace space = new Subspace(QUADRATIC, 4, 9);
        assertThat(space.layout().size()).isEqualTo(4);
        Optimizee optimizee = space.open();
        float[] p = {0.3f, -0.2f, 0.1f, 0};
        float[] gradient = new float[4];
        optimizee.lossAndGradient(p, KEY, 0, gradient);
        for (int j = 0; j < 4; j++) {
            float at = p[j];
            p[j] = at + 0.05f;
            double above = optimizee.loss(p, KEY, 0);
            p[j] = at - 0.05f;
            double below = optimizee.loss(p, KEY, 0);
            p[j] = at;
            assertThat((double) gradient[j]).isCloseTo((above - below) / 0.1, within(1e-3));
        }
    }

    @Test
    void aLateRuleSeesTheFirstGradientUntilTheDelayIsOverAndThenEachInItsTurn() {
        ParamLayout layout = new ParamLayout(List.of(ParamSpec.plain("w", Shape.of(1))));
        Late late = new Late(HandDesigned.named("sgd", Schedules.constant(1)), 2);
        OptimizerState state = late.init(layout, 10);
        Step step = new Step(new float[1], new float[1]);
        float[] seen = new float[6];
        for (int t = 0; t < 6; t++) {
            float before = step.params()[0];
            step.gradient()[0] = 10 + t;
            late.step(state, step.at(0));
            seen[t] = before - step.params()[0];
            assertThat(step.gradient()[0]).isEqualTo(10 + t);
        }
        assertThat(seen).containsExactly(10, 10, 10, 11, 12, 13);
    }

    @Test
    void theLogarithmCountsHalvingsAlikeAndIsBounded() {
        LossNormalizer logarithm = new Normalized.Logarithm(LossNormalizer.IDENTITY, 2, 5);
        assertThat(logarithm.normalize(2)).isZero();
        assertThat(logarithm.normalize(1) - logarithm.normalize(0.5)).isCloseTo(Math.log(2), within(1e-12));
        assertThat(logarithm.normalize(0)).isEqualTo(-5);
        assertThat(logarithm.normalize(Double.NaN)).isEqualTo(5);
        assertThat(logarithm.normalize(1e30)).isEqualTo(5);
    }

    @Test
    void theLogarithmIsOfWhatTheFamilySays() {
        LossNormalizer clipped = LossScale.CLIPPED.forClasses(10);
        LossNormalizer logarithm = new Normalized.Logarithm(clipped, 1, 5);
        assertThat(logarithm.normalize(0.5)).isCloseTo(Math.log(0.5), within(1e-12));
        assertThat(logarithm.normalize(1e30)).isCloseTo(Math.log(1.5 * Math.log(10)), within(1e-12));
        assertThat(logarithm.normalize(Double.NaN)).isCloseTo(Math.log(1.5 * Math.log(10)), within(1e-12));
    }
}
