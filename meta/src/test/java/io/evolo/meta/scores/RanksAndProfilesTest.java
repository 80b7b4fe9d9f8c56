package io.evolo.meta.scores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class RanksAndProfilesTest {
    private static final double NEVER = Double.POSITIVE_INFINITY;

    @Test
    void ranksAreAveragedOverTasksAndDivergedRunsAreLast() {
        double[] ranks = AverageRank.of(List.of(
                new double[] {0.1, 0.2, NEVER}, // 1, 2, 3
                new double[] {0.3, 0.2, Double.NaN}, // 2, 1, 3
                new double[] {0.5, 0.5, 0.1})); // 2.5, 2.5, 1
        assertThat(ranks).containsExactly(new double[] {5.5 / 3, 5.5 / 3, 7.0 / 3}, within(1e-12));
    }

    @Test
    void aProfileIsTheShareOfWorkloadsWithinAFactorOfTheBest() {
        PerformanceProfile profile = new PerformanceProfile(
                List.of(new double[] {10, 20}, new double[] {30, 10}, new double[] {NEVER, NEVER}, new double[] {10, 41}));
        assertThat(profile.share(0, 1)).isEqualTo(0.5);
        assertThat(profile.share(0, 2.9)).isEqualTo(0.5);
        assertThat(profile.share(0, 3)).isEqualTo(0.75);
        assertThat(profile.share(1, 1)).isEqualTo(0.25);
        assertThat(profile.share(1, 2)).isEqualTo(0.5);
        assertThat(profile.share(1, 1e9)).isEqualTo(0.5); // 41 is above four times 10, and one target nobody reached
    }

    @Test
    void aWorkloadThatAContenderDoesNotTakePartInDoesNotCountForIt() {
        PerformanceProfile profile = new PerformanceProfile(List.of(new double[] {10, Double.NaN}, new double[] {10, 10}));
        assertThat(profile.share(0, 1)).isEqualTo(1);
        assertThat(profile.share(1, 1)).isEqualTo(1);
    }

    @Test
    void alwaysBestScoresOneAndNeverThereScoresZero() {
        PerformanceProfile profile = new PerformanceProfile(List.of(new double[] {1, NEVER}, new double[] {5, 21}));
        assertThat(profile.score(0)).isCloseTo(1, within(1e-12));
        assertThat(profile.score(1)).isZero();
    }

    @Test
    void twiceTheTimeEverywhereScoresTwoThirds() {
        PerformanceProfile profile = new PerformanceProfile(List.of(new double[] {1, 2}, new double[] {3, 6}));
        // ρ steps from 0 to 1 at 2; the 34th of the 99 intervals begins at 2 exactly, so the one before counts half.
        assertThat(profile.score(1)).isCloseTo((66 + 0.5) / 99, within(1e-9));
    }

    @Test
    void fiveSeedsThatAllAgreeGiveASixteenth() {
        double[] a = {1, 2, 3, 4, 5};
        double[] b = {1.1, 2.2, 3.3, 4.4, 5.5};
        assertThat(PairedTest.pValue(a, b)).isCloseTo(0.0625, within(1e-12));
        assertThat(PairedTest.pValue(a, a)).isEqualTo(1);
    }

    @Test
    void aDivergedRunHasNoPlaceInThePairedTest() {
        assertThatThrownBy(() -> PairedTest.pValue(new double[] {1, NEVER}, new double[] {1, 2}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("pair 1");
    }
}
