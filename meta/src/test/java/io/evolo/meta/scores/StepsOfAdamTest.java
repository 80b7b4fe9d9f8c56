package io.evolo.meta.scores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class StepsOfAdamTest {
    private static final int[] AT = {0, 10, 20};

    /** One rate, two seeds: means 4, 2, 1; smoothed 4, 3.9, 3.755; five points 0, 5, 10, 15, 20. */
    private final StepsOfAdam oneRate =
            StepsOfAdam.of(List.of(List.of(new double[] {5, 3, 1}, new double[] {3, 1, 1})), AT, .95, 5);

    @Test
    void aLossOnTheEnvelopeIsWorthTheStepsThereAndBetweenPointsItIsInterpolated() {
        assertThat(oneRate.stepsFor(4)).isZero();
        assertThat(oneRate.stepsFor(3.9)).isCloseTo(10, within(1e-9));
        assertThat(oneRate.stepsFor(3.95)).isCloseTo(5, within(1e-9));
        assertThat(oneRate.stepsFor(3.755)).isCloseTo(20, within(1e-9));
    }

    @Test
    void aLossAboveTheStartOrNotFiniteIsWorthNothing() {
        assertThat(oneRate.stepsFor(4.1)).isZero();
        assertThat(oneRate.stepsFor(Double.NaN)).isZero();
        assertThat(oneRate.stepsFor(Double.POSITIVE_INFINITY)).isZero();
    }

    @Test
    void aLossThatAdamNeverReachedSaturatesAndSaysSo() {
        assertThat(oneRate.stepsFor(1)).isEqualTo(20);
        assertThat(oneRate.beyond(1)).isTrue();
        assertThat(oneRate.beyond(3.9)).isFalse();
    }

    @Test
    void theEnvelopeIsTheLeastOfAllRatesAndNeverRises() {
        List<double[]> fastThenRising = List.of(new double[] {4, 0, 100});
        List<double[]> slow = List.of(new double[] {4, 4, 4});
        StepsOfAdam envelope = StepsOfAdam.of(List.of(slow, fastThenRising), AT, .95, 3);
        assertThat(envelope.stepsFor(3.8)).isCloseTo(10, within(1e-9)); // .95 · 4
        assertThat(envelope.beyond(3.79)).isTrue();
    }

    @Test
    void aPlateauIsWorthItsFirstStep() {
        StepsOfAdam envelope = StepsOfAdam.envelope(new double[] {0, 1, 2, 3}, new double[] {3, 1, 1, 0});
        assertThat(envelope.stepsFor(1)).isEqualTo(1);
        assertThat(envelope.lossAt(0.5)).isEqualTo(3);
        assertThat(envelope.lossAt(2)).isEqualTo(1);
        assertThat(envelope.lossAt(99)).isZero();
    }

    @Test
    void aRateThatDivergedCountsUntilItDiverged() {
        List<double[]> diverging = List.of(new double[] {4, 2, Double.NaN}, new double[] {4, 2, 1});
        List<double[]> slow = List.of(new double[] {4, 4, 4});
        StepsOfAdam envelope = StepsOfAdam.of(List.of(diverging, slow), AT, .95, 3);
        assertThat(envelope.stepsFor(3.9)).isCloseTo(10, within(1e-9));
        assertThat(envelope.beyond(3.89)).isTrue();
    }

    @Test
    void aCurveOfAnotherLengthIsRefused() {
        assertThatThrownBy(() -> StepsOfAdam.of(List.of(List.of(new double[] {1, 2})), AT, .95, 5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 points, expected 3");
    }

    @Test
    void aLongerEnvelopeGoesOnBehindTheShorterOne() {
        StepsOfAdam all = StepsOfAdam.envelope(new double[] {0, 10}, new double[] {4, 2})
                .followedBy(StepsOfAdam.envelope(new double[] {0, 10, 20, 40}, new double[] {9, 3, 2.5, 1}));
        assertThat(all.stepsFor(3)).as("of the shorter one").isEqualTo(5);
        assertThat(all.stepsFor(1.5)).as("between 2 at step 20, where the envelope cannot rise again, and 1 at 40").isEqualTo(30);
        assertThat(all.lastStep()).isEqualTo(40);
        assertThat(all.beyond(0.9)).isTrue();
        assertThat(all.beyond(1)).isFalse();
    }
}
