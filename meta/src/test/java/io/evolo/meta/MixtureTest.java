package io.evolo.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evolo.tasks.DoubleRange;
import io.evolo.tasks.IntRange;
import io.evolo.tasks.LossScale;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Task;
import io.evolo.tasks.TaskFamily;
import io.evolo.tasks.analytic.Quadratic;
import io.evolo.tasks.analytic.Rosenbrock;
import io.evolo.tasks.analytic.Spectrum;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MixtureTest {
    /** Ten values for each parameter: a microsecond for 100 parameters. */
    private static final StepTime TIME = new StepTime(0, 0, 1);

    private static Tasks tasks(FamilySpec family) {
        return new Tasks(family, new Augmentation(Augmentation.Level.NONE, 1, 1));
    }

    private static Mixture mixture(List<Mixture.Budget> budgets, StepTime time) {
        return new Mixture(
                List.of(
                        new Mixture.Entry(3, tasks(new AnalyticFamily.Quadratic(
                                IntRange.of(10, 1000), List.of(Spectrum.LINEAR), DoubleRange.of(10), LossScale.NATS))),
                        new Mixture.Entry(1, tasks(
                                new AnalyticFamily.Rosenbrock(IntRange.of(10, 1000), DoubleRange.of(100), LossScale.NATS)))),
                budgets,
                time);
    }

    /** 2000 draws of .75: a standard error of .01, four of which are allowed. */
    @Test
    void familiesAreDrawnByTheirWeights() {
        TaskFamily family = mixture(List.of(), new StepTime(0, 0, 0)).family();
        int quadratics = 0;
        for (int i = 0; i < 2000; i++) {
            Task task = family.sample(Rng.of(1, "task", i));
            assertThat(task).isInstanceOfAny(Quadratic.class, Rosenbrock.class);
            quadratics += task instanceof Quadratic ? 1 : 0;
        }
        assertThat(quadratics / 2000.0).isCloseTo(0.75, within(0.04));
    }

    @Test
    void noTaskIsPredictedToTakeLongerThanItsBudget() {
        Mixture capped = mixture(List.of(new Mixture.Budget(2, 1), new Mixture.Budget(5, 1)), TIME);
        int between = 0;
        for (int i = 0; i < 300; i++) {
            double micros = TIME.micros(capped.family().sample(Rng.of(1, "task", i)));
            assertThat(micros).isLessThanOrEqualTo(5);
            between += micros > 2 ? 1 : 0;
        }
        assertThat(between).isBetween(20, 150);
    }

    @Test
    void equalStreamsGiveEqualTasksWhateverTheMachine() {
        Mixture capped = mixture(List.of(new Mixture.Budget(2, 1)), TIME);
        assertThat(capped.family().sample(Rng.of(4, "task"))).isEqualTo(capped.family().sample(Rng.of(4, "task")));
        assertThat(capped.measuredBy(new StepTime(1, 1, 1))).isEqualTo(capped);
        assertThat(mixture(List.of(new Mixture.Budget(2, 1)), new StepTime(0, 0, 0)).measuredBy(TIME)).isEqualTo(capped);
    }

    @Test
    void aBudgetThatNothingFitsIsNamedWithTheCheapest() {
        Mixture impossible = mixture(List.of(new Mixture.Budget(0.05, 1)), TIME);
        assertThatThrownBy(() -> impossible.family().sample(Rng.of(1, "task")))
                .hasMessageContaining("no task within a budget of 0.05 microseconds");
        assertThatThrownBy(() -> mixture(List.of(new Mixture.Budget(1, 1)), new StepTime(0, 0, 0)).family())
                .hasMessageStartingWith("stepTime is not measured");
    }

    @Test
    void leastSquaresFindTheCoefficients() {
        List<double[]> rows = List.of(
                new double[] {1 / 12.0, 1 / 12.0, 0}, new double[] {1 / 32.0, 3 / 32.0, 0}, new double[] {1 / 7.0, 0, 1 / 7.0});
        assertThat(StepTimes.leastSquares(rows)).containsExactly(new double[] {2, 10, 5}, within(1e-3));
    }

    @Test
    void aMeasurementIsKept(@TempDir Path folder) throws Exception {
        StepTime first = StepTimes.of(folder);
        assertThat(first.measured()).isTrue();
        assertThat(StepTimes.of(folder)).isEqualTo(first);
        try (var files = Files.list(folder)) {
            Files.writeString(files.findFirst().orElseThrow(), "something else");
        }
        assertThat(StepTimes.of(folder).measured()).isTrue();
    }
}
