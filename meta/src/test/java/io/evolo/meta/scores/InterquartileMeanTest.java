package io.evolo.meta.scores;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.tasks.Rng;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class InterquartileMeanTest {

    @Test
    void aQuarterIsCutOffAtEachEndRoundedDown() {
        assertThat(InterquartileMean.trimmedMean(new double[] {100, 1, 2, 3, -50})).isEqualTo(2); // 1, 2, 3
        assertThat(InterquartileMean.trimmedMean(new double[] {1, 2, 9})).isEqualTo(4); // nothing
        assertThat(InterquartileMean.trimmedMean(new double[] {8, 7, 6, 5, 4, 3, 2, Double.POSITIVE_INFINITY})).isEqualTo(5.5);
    }

    @Test
    void valuesThatAllAgreeLeaveNoUncertainty() {
        InterquartileMean mean = InterquartileMean.of(List.of(new double[] {2, 2, 2}, new double[] {2, 2}), 200, 1);
        assertThat(mean).isEqualTo(new InterquartileMean(2, 2, 2));
    }

    @Test
    void runsAreDrawnWithinTheirTaskOnly() {
        // Tasks differ, runs of one task do not: a bootstrap over all runs would find uncertainty here.
        InterquartileMean mean = InterquartileMean.of(List.of(new double[] {1, 1}, new double[] {3, 3}), 500, 1);
        assertThat(mean).isEqualTo(new InterquartileMean(2, 2, 2));
    }

    @Test
    void theIntervalHoldsTheTruthAboutAsOftenAsItSays() {
        int held = 0;
        int trials = 300;
        for (int trial = 0; trial < trials; trial++) {
            Rng rng = Rng.of(trial, "values");
            double[] values = new double[40];
            Arrays.setAll(values, i -> rng.gaussian());
            InterquartileMean mean = InterquartileMean.of(List.of(values), 300, trial);
            held += mean.low() <= 0 && 0 <= mean.high() ? 1 : 0;
        }
        // 95% of 300 with a standard error of 1.3%; the bootstrap is known to be a few percent too short at 40 values.
        assertThat(held / (double) trials).isBetween(0.88, 0.99);
    }

    @Test
    void theSameSeedGivesTheSameInterval() {
        List<double[]> values = List.of(new double[] {1, 4, 2, 8}, new double[] {3, 5, 7});
        assertThat(InterquartileMean.of(values, 200, 7)).isEqualTo(InterquartileMean.of(values, 200, 7));
        assertThat(InterquartileMean.of(values, 200, 7).low())
                .isLessThan(InterquartileMean.of(values, 200, 7).high());
    }
}
