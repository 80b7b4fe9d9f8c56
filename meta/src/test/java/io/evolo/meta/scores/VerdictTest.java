package io.evolo.meta.scores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Three seeds: the 95% interval is the mean ± 4.30265 standard errors. */
class VerdictTest {
    private static final double DIVERGED = Double.POSITIVE_INFINITY;

    @Test
    void theIntervalOfThePairedDifferenceDecides() {
        // Differences -0.50, -0.51 and -0.52: mean -0.51, standard error 0.01/√3.
        double[] mine = {0.5, 0.49, 0.48};
        double[] other = {1.0, 1.0, 1.0};
        Interval difference = Verdict.difference(mine, other);
        assertThat(difference.mean()).isCloseTo(-0.51, within(1e-12));
        assertThat(difference.halfWidth()).isCloseTo(0.0248413, within(1e-6));
        assertThat(Verdict.of(mine, other)).isEqualTo(Verdict.BETTER);
        assertThat(Verdict.of(other, mine)).isEqualTo(Verdict.WORSE);
        // Differences -0.1, 0 and 0.2: the interval holds 0.
        assertThat(Verdict.of(new double[] {0.9, 1, 1.2}, other)).isEqualTo(Verdict.UNDECIDED);
    }

    @Test
    void fewerDivergedRunsAreBetterWhateverTheLosses() {
        double[] one = {DIVERGED, 0.001, 0.001};
        double[] both = {DIVERGED, DIVERGED, 1};
        double[] none = {9, 9.1, 9.2};
        assertThat(Verdict.of(one, none)).isEqualTo(Verdict.WORSE);
        assertThat(Verdict.of(one, both)).isEqualTo(Verdict.BETTER);
        assertThat(Verdict.of(one, new double[] {5, DIVERGED, 5})).isEqualTo(Verdict.UNDECIDED);
    }

    @Test
    void twoSeedsDecideNothing() {
        assertThat(Verdict.of(new double[] {1, 1}, new double[] {1, DIVERGED})).isEqualTo(Verdict.UNDECIDED);
        assertThat(Verdict.of(new double[] {0.5, 0.49}, new double[] {1, 1})).isEqualTo(Verdict.UNDECIDED);
        assertThat(Verdict.UNDECIDED.word(2)).isEqualTo("undecided (2 seeds)");
        assertThat(Verdict.UNDECIDED.word(3)).isEqualTo("undecided");
    }

    @Test
    void anAccuracyHasNoIntervalOutsideOfItsRange() {
        assertThat(Interval.of(new double[] {0, 0.18}).percent()).isEqualTo("9.0 (0.0 to 100.0)");
        assertThat(Interval.of(new double[] {0.78, 0.79, 0.8}).percent()).isEqualTo("79.0 ± 2.5");
        assertThat(Interval.of(new double[] {Double.NaN, Double.NaN}).percent()).isEqualTo("–");
    }

    @Test
    void everySeedHasAPartner() {
        assertThatThrownBy(() -> Verdict.of(new double[] {1, 2}, new double[] {1})).hasMessageContaining("one of each for every seed");
    }
}
