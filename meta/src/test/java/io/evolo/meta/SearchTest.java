package io.evolo.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SearchTest {

    @Test
    void fullCmaEsSolvesARotatedEllipsoid() {
        try (Search search = new CommonsCmaEs(filled(10, 1), 0.5, 10, 1)) {
            assertThat(bestAfter(search, 4000, SearchTest::rotatedEllipsoid)).isLessThan(1e-8);
        }
    }

    @Test
    void separableCmaEsSolvesAnIllConditionedEllipsoidInManyDimensions() {
        try (Search search = new SepCmaEs(filled(300, 1), 0.5, 21, 1)) {
            assertThat(bestAfter(search, 120_000, SearchTest::ellipsoid)).isLessThan(1e-8);
        }
    }

    /** The positive ones of pycma 4.5.0's RecombinationWeights(15). */
    @Test
    void oddPopulationsAreWeightedAsInTheTutorial() {
        double[] expected = {
            0.34479619859202054, 0.22986413239468034, 0.16263318353883477, 0.11493206619734017, 0.07793220508496224,
            0.04770111734149459, 0.02214109685066719
        };
        assertThat(SepCmaEs.weights(15)).containsExactly(expected, within(1e-15));
    }

    @Test
    void equalValuesToldGiveEqualCandidates() {
        try (Search one = new CommonsCmaEs(filled(5, 1), 0.5, 8, 3);
                Search two = new CommonsCmaEs(filled(5, 1), 0.5, 8, 3)) {
            for (int i = 0; i < 100; i++) {
                double[] x = one.candidate();
                assertThat(two.candidate()).containsExactly(x);
                one.tell(ellipsoid(x));
                two.tell(ellipsoid(x));
            }
        }
    }

    private static double bestAfter(Search search, int evaluations, ToDoubleFunction<double[]> objective) {
        double best = Double.POSITIVE_INFINITY;
        for (int i = 0; i < evaluations; i++) {
            double value = objective.applyAsDouble(search.candidate());
            best = Math.min(best, value);
            search.tell(value);
        }
        return best;
    }

    /** Condition number 10^4, axes aligned. */
    private static double ellipsoid(double[] x) {
        return IntStream.range(0, x.length)
                .mapToDouble(i -> Math.pow(1e4, i / (x.length - 1.0)) * x[i] * x[i])
                .sum();
    }

    /** The same in coordinates y_i = x_i − mean·2, a reflection. */
    private static double rotatedEllipsoid(double[] x) {
        double mean = Arrays.stream(x).average().orElseThrow();
        return ellipsoid(Arrays.stream(x).map(value -> value - 2 * mean).toArray());
    }

    private static double[] filled(int n, double value) {
        double[] x = new double[n];
        Arrays.fill(x, value);
        return x;
    }
}
