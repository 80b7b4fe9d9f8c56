package io.evolo.meta.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class BestOfTest {
    private static final double[] LOSSES = {0.9, 0.3, 2.3, 0.3, 0.5, 1.1, 0.7};

    @Test
    void theExpectedBestIsTheMeanOverAllSubsets() {
        double[] curve = BestOf.curve(LOSSES);
        assertThat(curve).hasSize(LOSSES.length);
        for (int k = 1; k <= LOSSES.length; k++) {
            assertThat(curve[k - 1]).as("best of " + k).isEqualTo(meanOfLeast(k), within(1e-14));
        }
    }

    @Test
    void oneTrialIsWorthTheMeanAndAllTheLeast() {
        double[] curve = BestOf.curve(LOSSES);
        assertThat(curve[0]).isEqualTo(Arrays.stream(LOSSES).average().orElseThrow(), within(1e-14));
        assertThat(curve[LOSSES.length - 1]).isEqualTo(0.3, within(1e-14));
    }

    @Test
    void manyTrialsStayExact() {
        double[] losses = new double[1000];
        Arrays.setAll(losses, i -> i + 1); // the expected least of k of 1 … n is (n + 1)/(k + 1)
        double[] curve = BestOf.curve(losses);
        for (int k = 1; k <= 1000; k++) {
            assertThat(curve[k - 1]).isEqualTo(1001.0 / (k + 1), within(1e-9));
        }
    }

    @Test
    void infiniteLossesAreRefused() {
        assertThatThrownBy(() -> BestOf.curve(new double[] {1, Double.POSITIVE_INFINITY})).hasMessageContaining("all finite");
    }

    private static double meanOfLeast(int k) {
        double sum = 0;
        int subsets = 0;
        for (int subset = 1; subset < 1 << LOSSES.length; subset++) {
            if (Integer.bitCount(subset) == k) {
                sum += least(subset);
                subsets++;
            }
        }
        return sum / subsets;
    }

    private static double least(int subset) {
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < LOSSES.length; i++) {
            least = (subset & 1 << i) == 0 ? least : Math.min(least, LOSSES[i]);
        }
        return least;
    }
}
