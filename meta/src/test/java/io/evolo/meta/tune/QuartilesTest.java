package io.evolo.meta.tune;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QuartilesTest {
    private static final double WORST = Double.POSITIVE_INFINITY;

    @Test
    void liesBetweenOrderStatistics() {
        assertThat(Quartiles.of(new double[] {5, 1, 3, 2, 4})).isEqualTo(new Quartiles(2, 3, 4));
        assertThat(Quartiles.of(new double[] {4, 1, 3, 2})).isEqualTo(new Quartiles(1.75, 2.5, 3.25));
        assertThat(Quartiles.of(new double[] {7})).isEqualTo(new Quartiles(7, 7, 7));
    }

    @Test
    void divergedRunsCountAsTheWorstAndNeverAsNaN() {
        assertThat(Quartiles.of(new double[] {1, 2, 3, 4, WORST})).isEqualTo(new Quartiles(2, 3, 4));
        assertThat(Quartiles.of(new double[] {1, 2, WORST, WORST})).isEqualTo(new Quartiles(1.75, WORST, WORST));
        assertThat(Quartiles.of(new double[] {WORST, WORST})).isEqualTo(new Quartiles(WORST, WORST, WORST));
    }
}
