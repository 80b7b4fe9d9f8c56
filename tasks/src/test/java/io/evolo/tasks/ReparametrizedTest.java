package io.evolo.tasks;

import io.evolo.tasks.families.Mlp;
import io.evolo.tasks.families.NetworkFamily;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.evolo.tasks.Reparametrized.Level;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReparametrizedTest {
    private static final NetworkTask TASK =
            NetworkFamily.of(Mlp.of(1), 8, 16, Parametrization.standard(), Blobs.draw(1)).sample(Rng.of(1, "task"));
    private static final BatchKey KEY = BatchKey.of(Split.TRAIN, 1, "batches");

    @ParameterizedTest
    @EnumSource
    void theFunctionIsUnchangedAndTheGradientAlphaTimesAsLarge(Level level) {
        Reparametrized augmented = new Reparametrized(TASK, level, 0.001, 1000, 7);
        float[] alpha = augmented.factors();
        float[] w = initial(TASK);
        float[] scaled = initial(augmented);
        float[] gradient = new float[w.length];
        float[] scaledGradient = new float[w.length];

        float loss = TASK.open().lossAndGradient(w, KEY, 3, gradient);
        float scaledLoss = augmented.open().lossAndGradient(scaled, KEY, 3, scaledGradient);

        // p/α·α is p up to two roundings, each of 2^-24.
        assertThat(scaledLoss).isCloseTo(loss, within(1e-5f));
        assertThat(augmented.open().loss(scaled, KEY, 3)).isEqualTo(scaledLoss);
        for (int i = 0; i < w.length; i++) {
            assertThat(scaled[i]).isEqualTo(w[i] / alpha[i]);
            assertThat(scaledGradient[i] / alpha[i]).isCloseTo(gradient[i], within(1e-5f));
        }
    }

    @Test
    void gradientDescentWithTheRateDividedByAlphaSquaredIsTheSameTraining() {
        Reparametrized augmented = new Reparametrized(TASK, Level.GLOBAL, 20, 40, 7);
        float alpha = augmented.factors()[0];
        float[] w = initial(TASK);
        float[] scaled = initial(augmented);

        descend(TASK.open(), w, 0.1f);
        descend(augmented.open(), scaled, 0.1f / (alpha * alpha));

        for (int i = 0; i < w.length; i++) {
            assertThat(scaled[i] * alpha).isCloseTo(w[i], within(1e-4f));
        }
    }

    @Test
    void levelsShareAlphaAsTheySay() {
        assertThat(distinct(Level.GLOBAL)).isEqualTo(1);
        assertThat(distinct(Level.TENSOR)).isEqualTo(TASK.layout().tensors());
        assertThat(distinct(Level.ELEMENT)).isGreaterThan(TASK.layout().size() * 9 / 10);
    }

    @Test
    void alphasAreLogUniform() {
        float[] alpha = new Reparametrized(TASK, Level.ELEMENT, 0.001, 1000, 3).factors();
        double mean = 0;
        for (float a : alpha) {
            assertThat(a).isBetween(0.001f, 1000f);
            mean += Math.log10(a) / alpha.length;
        }

        // The logarithm is uniform on [-3, 3]: standard deviation √3; within four standard errors of 0.
        assertThat(mean).isCloseTo(0, within(4 * Math.sqrt(3.0 / alpha.length)));
    }

    @Test
    void familiesDrawAnotherAlphaForEveryTask() {
        TaskFamily family = new Reparametrized.Family(TaskFamily.of(TASK), Level.GLOBAL, 0.1, 10);

        Task first = family.sample(Rng.of(1, "task", 1));

        assertThat(first).isEqualTo(family.sample(Rng.of(1, "task", 1))).isNotEqualTo(family.sample(Rng.of(1, "task", 2)));
        assertThat(first.layout()).isEqualTo(TASK.layout());
        assertThat(first.name()).isEqualTo("mlp-w8-d1-relu on blobs, re-parametrised by global");
        assertThat(first.normalizer()).isEqualTo(TASK.normalizer());
    }

    @Test
    void impossibleRangesAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Reparametrized(TASK, Level.GLOBAL, 0, 1, 1))
                .withMessageContaining("0 < low");
    }

    private static void descend(Optimizee optimizee, float[] w, float rate) {
        float[] gradient = new float[w.length];
        for (int step = 0; step < 20; step++) {
            optimizee.lossAndGradient(w, KEY, step, gradient);
            for (int i = 0; i < w.length; i++) {
                w[i] -= rate * gradient[i];
            }
        }
    }

    private static long distinct(Level level) {
        float[] alpha = new Reparametrized(TASK, level, 0.001, 1000, 3).factors();
        double[] wide = new double[alpha.length];
        Arrays.setAll(wide, i -> alpha[i]);
        return Arrays.stream(wide).distinct().count();
    }

    private static float[] initial(Task task) {
        float[] w = new float[task.layout().size()];
        task.open().init(Rng.of(2, "init"), w);
        return w;
    }
}
