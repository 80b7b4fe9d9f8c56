package io.evolo.tasks.analytic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evolo.tasks.BatchKey;
import io.evolo.tasks.LossNormalizer;
import io.evolo.tasks.Optimizee;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Split;
import io.evolo.tasks.Task;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class AnalyticTasksTest {
    private static final LossNormalizer NATS = LossNormalizer.IDENTITY;
    private static final BatchKey KEY = BatchKey.of(Split.TRAIN, 1, "batches");

    static Stream<Task> tasks() {
        return Stream.of(
                new Quadratic(17, Spectrum.LOGARITHMIC, 50, 3, NATS),
                new Quadratic(1, Spectrum.POWER, 1, 3, NATS),
                new Rosenbrock(7, 10, NATS),
                new LogisticRegression(9, 13, 20, 0.1, 3, NATS),
                new MatrixFactorization(7, 5, 3, 3, NATS));
    }

    /** The loss is a float, so differences of it err by about 1e-7 of the loss over the distance. */
    @ParameterizedTest
    @MethodSource("tasks")
    void gradientsAreThoseOfCentralDifferences(Task task) {
        Optimizee optimizee = task.open();
        float[] w = new float[task.layout().size()];
        optimizee.init(Rng.of(1, "init"), w);
        Rng.of(2, "move").fillGaussian(w, 0.5);
        float[] gradient = new float[w.length];
        float loss = optimizee.lossAndGradient(w, KEY, 4, gradient);
        assertThat(loss).isEqualTo(optimizee.loss(w, KEY, 4));
        double h = 1e-2;
        for (int i = 0; i < w.length; i++) {
            float at = w[i];
            w[i] = (float) (at + h);
            double above = optimizee.loss(w, KEY, 4);
            double width = w[i];
            w[i] = (float) (at - h);
            width -= w[i];
            double below = optimizee.loss(w, KEY, 4);
            w[i] = at;
            // h² times a sixth of the third derivative, which Rosenbrock's w⁴ has.
            double tolerance = 1e-6 * Math.max(1, loss) / h + 0.01 * Math.abs(gradient[i]) + (task instanceof Rosenbrock ? 0.01 : 0);
            assertThat((double) gradient[i]).as(task.name() + " " + i).isCloseTo((above - below) / width, within(tolerance));
        }
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void equalTasksAreEqualProblems(Task task) {
        float[] w = new float[task.layout().size()];
        Rng.of(5, "w").fillGaussian(w, 1);
        Task same = tasks().filter(other -> other.name().equals(task.name())).findFirst().orElseThrow();
        assertThat(same).isEqualTo(task).isNotSameAs(task);
        assertThat(same.open().loss(w, KEY, 1)).isEqualTo(task.open().loss(w, KEY, 1));
    }

    @ParameterizedTest
    @EnumSource
    void aSpectrumFallsFromOneToTheInverseOfTheCondition(Spectrum spectrum) {
        double[] values = spectrum.values(20, 1000);
        assertThat(values[0]).isEqualTo(1);
        assertThat(values[19]).isCloseTo(1e-3, within(1e-12));
        for (int i = 1; i < values.length; i++) {
            assertThat(values[i]).isLessThanOrEqualTo(values[i - 1]);
        }
    }

    /** Of a mean of 1 over 400 draws of 100 dimensions, four standard errors are below 0.05. */
    @Test
    void aQuadraticBeginsAtOneOnAverage() {
        double sum = 0;
        for (int seed = 0; seed < 400; seed++) {
            Optimizee optimizee = new Quadratic(100, Spectrum.LINEAR, 10, seed, NATS).open();
            float[] w = new float[100];
            optimizee.init(Rng.of(seed, "init"), w);
            sum += optimizee.loss(w, KEY, 0) / 400;
        }
        assertThat(sum).isCloseTo(1, within(0.05));
    }

    @Test
    void gradientDescentOnAFlatQuadraticEndsInOneStep() {
        Optimizee optimizee = new Quadratic(8, Spectrum.LINEAR, 1, 0, NATS).open();
        float[] w = new float[8];
        float[] gradient = new float[8];
        optimizee.init(Rng.of(1, "init"), w);
        optimizee.lossAndGradient(w, KEY, 0, gradient);
        for (int i = 0; i < 8; i++) {
            w[i] -= 8 * gradient[i]; // λ/Σλ = 1/8
        }
        assertThat(optimizee.loss(w, KEY, 0)).isLessThan(1e-12f);
    }

    @Test
    void rosenbrocksValleyEndsAtAllOnes() {
        Optimizee optimizee = new Rosenbrock(4, 100, NATS).open();
        assertThat(optimizee.loss(new float[] {1, 1, 1, 1}, KEY, 0)).isZero();
        assertThat(optimizee.loss(new float[] {0, 0, 0, 0}, KEY, 0)).isEqualTo(0.01f);
        assertThat(optimizee.loss(new float[] {1, 2, 4, 16}, KEY, 0)).isEqualTo((1 + 0.01f + 0.09f) / 3);
    }

    @Test
    void logisticRegressionBeginsAtLnTwoAndItsTruePlaneIsNearlyAlwaysRight() {
        LogisticRegression task = new LogisticRegression(5, 256, 100, 0, 0, NATS);
        Optimizee optimizee = task.open();
        float[] w = new float[6];
        optimizee.init(Rng.of(1, "init"), w);
        assertThat((double) optimizee.loss(w, KEY, 0)).isCloseTo(Math.log(2), within(1e-6));
        float[] gradient = new float[6];
        for (int step = 0; step < 2000; step++) {
            optimizee.lossAndGradient(w, KEY, step, gradient);
            for (int i = 0; i < 6; i++) {
                w[i] -= 5 * gradient[i];
            }
        }
        assertThat(optimizee.evaluate(w, Split.TEST, 1000).accuracy()).isGreaterThan(0.95);
        assertThat(optimizee.evaluate(w, Split.TEST, 1000).examples()).isEqualTo(512);
    }

    @Test
    void refusesSizesWithoutMeaning() {
        assertThatThrownBy(() -> new Quadratic(3, Spectrum.LINEAR, 0.5, 0, NATS)).hasMessageContaining("condition 0.5");
        assertThatThrownBy(() -> new Rosenbrock(1, 100, NATS)).hasMessageContaining("dimension 1");
        assertThatThrownBy(() -> new LogisticRegression(3, 4, 1, 0.5, 0, NATS)).hasMessageStartingWith("noise of logistic");
        assertThatThrownBy(() -> new MatrixFactorization(3, 0, 1, 0, NATS)).hasMessageContaining("3×0");
    }
}
