package io.evolo.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LossScaleTest {
    private static final double LN_10 = Math.log(10);

    @Test
    void natsAreTheLossItself() {
        assertThat(LossScale.NATS.forClasses(10).normalize(2.5)).isEqualTo(2.5);
    }

    @Test
    void clippedLossesEndAtOneAndAHalfTimesTheLossOfGuessing() {
        LossNormalizer clipped = LossScale.CLIPPED.forClasses(10);

        assertThat(clipped.normalize(2)).isEqualTo(2);
        assertThat(clipped.normalize(-1)).isZero();
        assertThat(clipped.normalize(7)).isCloseTo(1.5 * LN_10, within(1e-12));
    }

    @Test
    void parametricLossesAreZeroAtLnOfAFifthOfTheClassesAndTenAtMost() {
        LossNormalizer parametric = LossScale.PARAMETRIC.forClasses(10);

        assertThat(parametric.normalize(Math.log(2))).isCloseTo(0, within(1e-12));
        assertThat(parametric.normalize(LN_10)).isCloseTo(Math.log(5) * 10 / LN_10, within(1e-12));
        assertThat(parametric.normalize(100)).isCloseTo(10, within(1e-12));
        assertThat(parametric.normalize(-1)).isCloseTo(-Math.log(2) * 10 / LN_10, within(1e-12));
    }

    @ParameterizedTest
    @EnumSource
    void divergedLossesGiveTheWorstValue(LossScale scale) {
        LossNormalizer normalizer = scale.forClasses(10);
        double worst = normalizer.normalize(Double.MAX_VALUE);

        for (double diverged : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            assertThat(normalizer.normalize(diverged)).isGreaterThanOrEqualTo(worst);
        }
    }

    @Test
    void normalisersAreValues() {
        assertThat(LossScale.CLIPPED.forClasses(10)).isEqualTo(LossScale.CLIPPED.forClasses(10));
        assertThat(LossScale.CLIPPED.forClasses(10)).isNotEqualTo(LossScale.CLIPPED.forClasses(11));
        assertThatIllegalArgumentException().isThrownBy(() -> LossScale.CLIPPED.forClasses(1)).withMessageContaining("1 classes");
    }
}
