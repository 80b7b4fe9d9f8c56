package io.evolo.tasks.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CholeskyTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 31, 32, 33, 64, 100, 129})
    void isTheInverseOfTheShiftedMatrix(int n) {
        double shift = 0.1;
        float[] x = Covariance.of(n, Math.max(1, n / 2));
        DMatrixRMaj wanted = new DMatrixRMaj(n, n);
        for (int i = 0; i < n * n; i++) {
            wanted.data[i] = x[i] + (i % (n + 1) == 0 ? shift : 0);
        }
        CommonOps_DDRM.invert(wanted);
        for (Twin twin : Twin.values()) {
            float[] y = new float[n * n + 1];

            new Cholesky(twin, n).invertShifted(x, 0, shift, y, 1);

            for (int i = 0; i < n * n; i++) {
                // The condition is some 100, the inverse's largest entries are some 1/shift.
                assertThat((double) y[i + 1]).as("%s [%d]", twin, i).isCloseTo(wanted.data[i], within(2e-5 / shift));
            }
        }
    }

    @Test
    void aMatrixThatIsNotPositiveDefiniteHasNoInverseAndTheNextOneDoes() {
        Cholesky cholesky = new Cholesky(Twin.selected(), 2);
        float[] y = new float[4];
        for (float bad : new float[] {-1, Float.NaN, Float.POSITIVE_INFINITY}) {
            cholesky.invertShifted(new float[] {bad, 0, 0, 1}, 0, 0.5, y, 0);
            assertThat(y).containsOnly(Float.NaN);

            cholesky.invertShifted(new float[] {1, 0, 0, 1}, 0, 1, y, 0);
            assertThat(y).containsExactly(new float[] {0.5f, 0, 0, 0.5f}, within(1e-6f));
        }
    }
}
