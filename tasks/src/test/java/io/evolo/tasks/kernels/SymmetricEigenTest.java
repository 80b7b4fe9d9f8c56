package io.evolo.tasks.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SymmetricEigenTest {

    /** Of full rank, of half, of rank 1, and 0. */
    @ParameterizedTest
    @CsvSource({"1,1", "2,4", "2,1", "3,6", "7,3", "33,66", "40,20", "64,1", "100,200", "129,64", "5,0"})
    void eigenvectorsByDescendingEigenvalueMakeTheMatrixAgain(int n, int rank) {
        float[] x = Covariance.of(n, rank);
        float[] q = new float[n * n];
        float[] d = new float[n];

        new SymmetricEigen(n).decompose(x, 0, q, 0, d, 0);

        double[] wanted = reference(x, n);
        for (int j = 0; j < n; j++) {
            assertThat((double) d[j]).isCloseTo(wanted[j], within(2e-7 * wanted[0]));
            assertThat(j == 0 || d[j] <= d[j - 1]).isTrue();
        }
        double norm = 0;
        double residual = 0;
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < n; k++) {
                double again = 0;
                double product = 0;
                for (int j = 0; j < n; j++) {
                    again += (double) q[i * n + j] * d[j] * q[k * n + j];
                    product += (double) q[j * n + i] * q[j * n + k];
                }
                assertThat(product).isCloseTo(i == k ? 1 : 0, within(1e-6 * Math.sqrt(n)));
                residual += Math.pow(again - x[i * n + k], 2);
                norm += Math.pow(x[i * n + k], 2);
            }
        }
        assertThat(Math.sqrt(residual)).isLessThanOrEqualTo(1e-6 * Math.sqrt(n) * Math.sqrt(norm));
    }

    /** A double's rounding times n, with room for a factor of 10. */
    @ParameterizedTest
    @CsvSource({"1,1", "2,1", "7,3", "40,20", "100,200"})
    void doublesKeepTheirPrecision(int n, int rank) {
        float[] rounded = Covariance.of(n, rank);
        double[] x = new double[n * n];
        Arrays.setAll(x, i -> rounded[i]);
        double[] q = new double[n * n];
        double[] d = new double[n];

        new SymmetricEigen(n).decompose(x, q, d);

        double[] wanted = reference(rounded, n);
        for (int j = 0; j < n; j++) {
            assertThat(d[j]).isCloseTo(wanted[j], within(2e-15 * n * wanted[0]));
        }
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < n; k++) {
                double again = 0;
                for (int j = 0; j < n; j++) {
                    again += q[i * n + j] * d[j] * q[k * n + j];
                }
                assertThat(again).isCloseTo(x[i * n + k], within(2e-15 * n * wanted[0]));
            }
        }
    }

    @Test
    void aMatrixThatIsNotFiniteGivesNaNAndTheNextOneIsFine() {
        float[] q = new float[9];
        SymmetricEigen eigen = new SymmetricEigen(3);

        eigen.decompose(new float[] {1, 0, 0, 0, Float.NaN, 0, 0, 0, 1}, 0, q, 0, new float[0], 0);
        assertThat(q).containsOnly(Float.NaN);
        eigen.decompose(Covariance.of(3, 6), 0, q, 0, new float[0], 0);

        assertThat(q).doesNotContain(Float.NaN);
    }

    /** By EJML, descending. */
    private static double[] reference(float[] x, int n) {
        DMatrixRMaj a = new DMatrixRMaj(n, n);
        for (int i = 0; i < n * n; i++) {
            a.data[i] = x[i];
        }
        var eigen = DecompositionFactory_DDRM.eig(n, false, true);
        eigen.decompose(a);
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
            values[i] = -eigen.getEigenvalue(i).real;
        }
        Arrays.sort(values);
        return Arrays.stream(values).map(value -> -value).toArray();
    }
}
