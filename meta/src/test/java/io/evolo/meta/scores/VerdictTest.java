package io.evolo.meta.scores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evolo.meta.Interval;
import org.junit.jupiter.api.Test;

/** Two seeds: the 95% interval is the mean ± 12.7062 standard errors. */
class VerdictTest {
    private static final double DIVERGED = Double.POSITIVE_INFINITY;

    @Test
    void theIntervalOfThePairedDifferenceDecides() {
        // Differences -0.50 and -0.52: mean -0.51, standard error 0.01.
        double[] mine = {0.5, 0.48};
        double[] other = {1.0, 1.0};
        Interval difference = Verdict.difference(mine, other);
        assertThat(difference.mean()).isCloseTo(-0.51, within(1e-12));
        assertThat(difference.halfWidth()).isCloseTo(0.127062, within(1e-6));
        assertThat(Verdict.of(mine, other)).isEqualTo(Verdict.BETTER);
        assertThat(Verdict.of(other, mine)).isEqualTo(Verdict.WORSE);
        // Differences -0.1 and 0.2: the interval holds 0.
        assertThat(Verdict.of(new double[] {0.9, 1.2}, other)).isEqualTo(Verdict.UNDECIDED);
    }

    @Test
    void fewerDivergedRunsAreBetterWhateverTheLosses() {
        double[] one = {DIVERGED, 0.001};
        double[] both = {DIVERGED, DIVERGED};
        double[] none = {9, 9.1};
        assertThat(Verdict.of(one, none)).isEqualTo(Verdict.WORSE);
        assertThat(Verdict.of(one, both)).isEqualTo(Verdict.BETTER);
        assertThat(Verdict.of(one, new double[] {5, DIVERGED})).isEqualTo(Verdict.UNDECIDED);
    }

    @Test
    void everySeedHasAPartner() {
        assertThatThrownBy(() -> Verdict.of(new double[] {1, 2}, new double[] {1})).hasMessageContaining("one of each for every seed");
    }
}
