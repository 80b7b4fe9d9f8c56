package io.evolo.optimizers.designed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evolo.tasks.Rng;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FactorizerTest {
    /** Results are floats, of entries of order 1. */
    private static final double ROUNDING = 2e-6;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 40})
    void eigenvectorsByDescendingEigenvalueMakeTheMatrixAgain(int n) {
        float[] x = covariance(n);
        float[] q = new float[n * n];
        float[] d = new float[n];

        new Factorizer(n).eigenvectors(x, 0, q, 0, d, 0);

        for (int j = 1; j < n; j++) {
            assertThat(d[j]).isLessThanOrEqualTo(d[j - 1]);
        }
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < n; k++) {
                double sum = 0;
                for (int j = 0; j < n; j++) {
                    sum += (double) q[i * n + j] * d[j] * q[k * n + j];
                }
                assertThat(sum).isCloseTo(x[i * n + k], within(n * ROUNDING));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 40})
    void theBasisOfAMatrixIsOrthonormalAndSpansItsFirstColumn(int n) {
        float[] x = new float[n * n];
        Rng.of(3, "matrix", n).fillGaussian(x, 1);
        float[] q = new float[n * n];

        new Factorizer(n).orthonormalize(x, 0, q, 0);

        for (int j = 0; j < n; j++) {
            for (int k = 0; k < n; k++) {
                assertThat(dot(q, j, q, k, n)).isCloseTo(j == k ? 1 : 0, within(ROUNDING));
            }
        }
        double length = Math.sqrt(dot(x, 0, x, 0, n));
        assertThat(Math.abs(dot(q, 0, x, 0, n))).isCloseTo(length, within(1e-5));
    }

    @Test
    void theInverseTimesTheShiftedMatrixIsTheIdentity() {
        int n = 20;
        float[] x = covariance(n);
        float[] y = new float[n * n];

        new Factorizer(n).invertShifted(x, 0, 0.1, y, 0);

        for (int i = 0; i < n; i++) {
            for (int k = 0; k < n; k++) {
                double sum = 0;
                for (int j = 0; j < n; j++) {
                    sum += y[i * n + j] * (x[j * n + k] + (j == k ? 0.1 : 0));
                }
                assertThat(sum).isCloseTo(i == k ? 1 : 0, within(1e-4));
            }
        }
    }

    @Test
    void aMatrixThatIsNotFiniteGivesNaNAndTheNextOneIsFine() {
        float[] x = covariance(3);
        float[] q = new float[9];
        Factorizer factorizer = new Factorizer(3);

        factorizer.eigenvectors(new float[] {1, 0, 0, 0, Float.NaN, 0, 0, 0, 1}, 0, q, 0, new float[0], 0);
        assertThat(q).containsOnly(Float.NaN);
        factorizer.eigenvectors(x, 0, q, 0, new float[0], 0);

        assertThat(q).doesNotContain(Float.NaN);
    }

    @Test
    void aMatrixThatIsNotPositiveDefiniteHasNoInverse() {
        float[] y = new float[4];

        new Factorizer(2).invertShifted(new float[] {-1, 0, 0, 1}, 0, 0.5, y, 0);

        assertThat(y).containsOnly(Float.NaN);
    }

    private static float[] covariance(int n) {
        float[] g = new float[2 * n * n];
        Rng.of(2, "rows", n).fillGaussian(g, 1);
        float[] x = new float[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                double sum = 0;
                for (int row = 0; row < 2 * n; row++) {
                    sum += (double) g[row * n + i] * g[row * n + j];
                }
                x[i * n + j] = (float) (sum / (2 * n));
            }
        }
        return x;
    }

    /** Of two columns. */
    private static double dot(float[] x, int j, float[] y, int k, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += (double) x[i * n + j] * y[i * n + k];
        }
        return sum;
    }
}
