package io.evolo.meta.scores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TargetTest {
    /** Mean 1, standard deviation 0.1, four seeds: t = −0.1/0.05 = −2 with three degrees of freedom, p 0.0697. */
    @Test
    void theMeanIsTestedAgainstTheTargetOneSided() {
        double d = 0.1 * Math.sqrt(0.75);
        Target target = Target.of(new double[] {1 - d, 1 - d, 1 + d, 1 + d}, 1.1);
        assertThat(target.p()).isCloseTo(0.0697, within(1e-4));
        assertThat(target.reached()).isFalse();
        assertThat(Target.of(new double[] {1 - d, 1 - d, 1 + d, 1 + d}, 2).reached()).isTrue();
        assertThat(Target.of(new double[] {1 - d, 1 - d, 1 + d, 1 + d}, 0.9).p()).isCloseTo(1 - 0.0697, within(1e-4));
    }

    @Test
    void whoDivergedOnceHasNotReachedIt() {
        Target target = Target.of(new double[] {0.1, 0.1, Double.POSITIVE_INFINITY}, 1);
        assertThat(target.reached()).isFalse();
        assertThat(target.p()).isEqualTo(1);
    }

    @Test
    void lossesWithoutSpreadAreComparedAsTheyAre() {
        assertThat(Target.of(new double[] {1, 1}, 1.1).reached()).isTrue();
        assertThat(Target.of(new double[] {1, 1}, 1).reached()).isFalse();
    }
}
