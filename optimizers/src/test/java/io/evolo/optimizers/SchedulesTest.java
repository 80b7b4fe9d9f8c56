package io.evolo.optimizers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchedulesTest {

    @Test
    void warmupRisesLinearlyAndTheCosineFallsToTheEnd() {
        Schedule schedule = Schedules.warmupCosine(1, 0.1, Span.steps(10));

        assertThat(schedule.rate(0, 110)).isZero();
        assertThat(schedule.rate(5, 110)).isEqualTo(0.5);
        assertThat(schedule.rate(10, 110)).isCloseTo(1, within(1e-12));
        assertThat(schedule.rate(35, 110)).isCloseTo(0.1 + 0.45 * (1 + Math.sqrt(0.5)), within(1e-12));
        assertThat(schedule.rate(60, 110)).isCloseTo(0.55, within(1e-12));
        assertThat(schedule.rate(110, 110)).isCloseTo(0.1, within(1e-12));
        assertThat(schedule.rate(500, 110)).isCloseTo(0.1, within(1e-12));
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "2, 1, 0.5", "4, 1, 0.1464466", "10, 1, 0.0244717"})
    void aCosineWithoutWarmupBeginsAtThePeakAndItsLastStepIsOneBeforeTheEnd(int steps, double first, double last) {
        Schedule schedule = Schedules.warmupCosine(1, 0, Span.fraction(0));

        assertThat(schedule.rate(0, steps)).isCloseTo(first, within(1e-7));
        assertThat(schedule.rate(steps - 1, steps)).isCloseTo(last, within(1e-7));
        assertThat(schedule.rate(steps, steps)).isCloseTo(0, within(1e-12));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 10})
    void noStepOfAnySchedulesRunIsLost(int steps) {
        for (double warmup : new double[] {0, 0.05, 0.5, 1}) {
            Span rise = Span.fraction(warmup);
            for (Schedule schedule : List.of(
                    Schedules.cosine(1, 0, rise), Schedules.linear(1, 0, rise), new Schedules.Trapezoid(1, 0, rise, Span.fraction(0.2)))) {
                assertThat(IntStream.range(0, steps).mapToDouble(t -> schedule.rate(t, steps)))
                        .as("%s over %d steps", schedule, steps)
                        .allMatch(rate -> rate > 0 && rate <= 1);
                assertThat(schedule.rate(steps, steps)).isZero();
            }
        }
    }

    @Test
    void theCosineRisesFromItsFirstStepAndFallsAsOptaxDoes() {
        Schedule schedule = Schedules.cosine(1, 0.1, Span.steps(10));
        Schedule optax = Schedules.warmupCosine(1, 0.1, Span.steps(10));

        assertThat(schedule.rate(0, 110)).isEqualTo(1 / 11.0);
        assertThat(schedule.rate(9, 110)).isEqualTo(10 / 11.0);
        assertThat(IntStream.range(10, 110)).allMatch(t -> schedule.rate(t, 110) == optax.rate(t, 110));
        assertThat(schedule.rate(115, 110)).isEqualTo(0.1).isCloseTo(optax.rate(115, 110), within(1e-15));
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "2, 1, 0.5", "4, 1, 0.25", "10, 1, 0.1"})
    void aLineWithoutWarmupBeginsAtThePeakAndItsLastStepIsOneBeforeTheEnd(int steps, double first, double last) {
        Schedule schedule = Schedules.linear(1, 0, Span.fraction(0));

        assertThat(schedule.rate(0, steps)).isCloseTo(first, within(1e-12));
        assertThat(schedule.rate(steps - 1, steps)).isCloseTo(last, within(1e-12));
        assertThat(schedule.rate(steps, steps)).isZero();
    }

    @Test
    void warmupStableDecayRisesStaysAndFalls() {
        Schedule schedule = new Schedules.Trapezoid(2, 1, Span.steps(10), Span.fraction(0.2));

        assertThat(schedule.rate(0, 100)).isEqualTo(2 / 11.0);
        assertThat(schedule.rate(10, 100)).isEqualTo(2);
        assertThat(schedule.rate(80, 100)).isEqualTo(2);
        assertThat(schedule.rate(90, 100)).isEqualTo(1.5);
        assertThat(schedule.rate(100, 100)).isEqualTo(1);
        assertThat(new Schedules.Trapezoid(2, 0, Span.fraction(0.5), Span.fraction(0.9)).rate(7, 10)).as("the fall is cut").isCloseTo(1.2, within(1e-12));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 10})
    void noWarmupTakesAllStepsOfARun(int steps) {
        Schedule schedule = Schedules.warmupCosine(1, 0, Span.fraction(1));

        assertThat(IntStream.range(0, steps).mapToDouble(t -> schedule.rate(t, steps)).sum()).isGreaterThanOrEqualTo(0.5);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 10, 19})
    void theRateOfAShortRunIsBounded(int steps) {
        assertThat(new Schedules.ByHorizon(Schedules.constant(0.5), 700).rate(0, steps)).isEqualTo(3);
    }

    @Test
    void theDecayMayEndBeforeTheRun() {
        // muLO's outer schedule: 3e-10 to 3e-3 in 100 steps, then down to 1e-3 at step 4900 of 5000.
        Schedule schedule = new Schedules.WarmupCosine(3e-10, 3e-3, 1e-3, Span.steps(100), Span.steps(4900));

        assertThat(schedule.rate(0, 5000)).isEqualTo(3e-10);
        assertThat(schedule.rate(100, 5000)).isCloseTo(3e-3, within(1e-12));
        assertThat(schedule.rate(2500, 5000)).isCloseTo(2e-3, within(1e-12));
        assertThat(schedule.rate(4900, 5000)).isCloseTo(1e-3, within(1e-12));
        assertThat(schedule.rate(4999, 5000)).isCloseTo(1e-3, within(1e-12));
    }

    @Test
    void aFractionIsOfThePlannedSteps() {
        assertThat(Span.fraction(0.05).of(1000)).isEqualTo(50);
        assertThat(Span.fraction(0.05).of(5)).isZero();
        assertThat(Span.steps(7).of(5)).isEqualTo(7);
        assertThat(Schedules.warmupCosine(1, 0, Span.fraction(0)).rate(0, 10)).isCloseTo(1, within(1e-12));
        assertThatThrownBy(() -> Span.fraction(1.5)).hasMessageContaining("[0, 1]");
        assertThatThrownBy(() -> Span.steps(-1)).hasMessageContaining("-1 steps");
    }

    @Test
    void aRunFourTimesAsLongHasHalfTheRate() {
        Schedule schedule = new Schedules.ByHorizon(Schedules.warmupCosine(0.3, 0, Span.fraction(0)), 700);

        assertThat(schedule.rate(0, 700)).isCloseTo(0.3, within(1e-12));
        assertThat(schedule.rate(0, 2800)).isCloseTo(0.15, within(1e-12));
        assertThat(schedule.rate(1400, 2800)).isCloseTo(0.075, within(1e-12));
        assertThatThrownBy(() -> new Schedules.ByHorizon(schedule, 0)).hasMessageContaining("positive number of steps");
    }
}
