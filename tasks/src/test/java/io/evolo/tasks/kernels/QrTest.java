package io.evolo.tasks.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.evolo.tasks.Rng;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.decomposition.qr.QRDecompositionHouseholderColumn_DDRM;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class QrTest {

    @ParameterizedTest
    @CsvSource({"1,1", "2,2", "3,2", "7,7", "8,8", "9,9", "16,16", "17,17", "33,20", "64,64", "100,33", "128,128", "129,129", "257,257"})
    void isTheQOfTheSameDecompositionInDouble(int rows, int columns) {
        float[] x = gaussian(rows, columns);
        for (Twin twin : Twin.values()) {
            float[] q = orthonormalized(twin, x, rows, columns);

            double[] wanted = reference(x, rows, columns);
            // Rounding moves Q by some 1e-7 times the condition of A, which for square Gaussian matrices is a few times n.
            double tolerance = 2e-6 * rows;
            for (int i = 0; i < q.length; i++) {
                assertThat((double) q[i]).as("%s [%d]", twin, i).isCloseTo(wanted[i], within(tolerance));
            }
            assertOrthonormal(q, rows, columns);
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1", "2,2", "3,2", "16,16", "33,33", "64,64", "70,65", "129,129", "150,33"})
    void bothTwinsGiveTheSameBits(int rows, int columns) {
        float[] x = gaussian(rows, columns);
        Arrays.fill(x, columns / 2 * rows, (columns / 2 + 1) * rows, 0); // a column that is not reflected

        assertThat(orthonormalized(Twin.VECTOR, x, rows, columns)).containsExactly(orthonormalized(Twin.PLAIN, x, rows, columns));
    }

    /** Columns of any length, columns that are 0, columns that stand there twice, one single direction. */
    @ParameterizedTest
    @EnumSource
    void isOrthonormalWhateverTheRank(Shape shape) {
        for (int n : new int[] {1, 2, 8, 31, 70, 130}) {
            float[] x = gaussian(n, n);
            shape.spoil(x, n);
            for (Twin twin : Twin.values()) {
                assertOrthonormal(orthonormalized(twin, x, n, n), n, n);
            }
        }
    }

    enum Shape {
        LENGTHS,
        TINY,
        HUGE,
        ZEROS,
        TWINS,
        ONE_DIRECTION,
        NOTHING;

        void spoil(float[] x, int n) {
            for (int j = 0; j < n; j++) {
                for (int i = 0; i < n; i++) {
                    x[j * n + i] = switch (this) {
                        case LENGTHS -> (float) (x[j * n + i] * Math.pow(10, -30.0 * j / n));
                        case TINY -> x[j * n + i] * 1e-42f;
                        case HUGE -> x[j * n + i] * 1e37f;
                        case ZEROS -> j % 3 == 1 ? 0 : x[j * n + i];
                        case TWINS -> x[j / 2 * n + i];
                        case ONE_DIRECTION -> x[i] * (j + 1);
                        case NOTHING -> 0;
                    };
                }
            }
        }
    }

    @Test
    void mayWriteOverWhatItReads() {
        float[] x = gaussian(40, 40);
        float[] q = orthonormalized(Twin.selected(), x, 40, 40);

        new Qr(Twin.selected(), 40, 40).orthonormalize(x, 0, x, 0);

        assertThat(x).containsExactly(q);
    }

    @Test
    void aMatrixThatIsNotFiniteGivesNaNAndTheNextOneIsFine() {
        Qr qr = new Qr(Twin.selected(), 3, 3);
        float[] q = new float[9];
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            qr.orthonormalize(new float[] {1, 0, 0, 0, bad, 0, 0, 0, 1}, 0, q, 0);
            assertThat(q).containsOnly(Float.NaN);

            qr.orthonormalize(gaussian(3, 3), 0, q, 0);
            assertOrthonormal(q, 3, 3);
        }
    }

    @Test
    void refusesMoreColumnsThanRows() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Qr(Twin.PLAIN, 3, 4)).withMessageContaining("[3, 4]");
    }

    private static float[] gaussian(int rows, int columns) {
        float[] x = new float[rows * columns];
        Rng.of(3, "matrix", rows, columns).fillGaussian(x, 1);
        return x;
    }

    private static float[] orthonormalized(Twin twin, float[] x, int rows, int columns) {
        int at = 3;
        float[] from = new float[x.length + at];
        float[] q = new float[x.length + at + 1];
        System.arraycopy(x, 0, from, at, x.length);
        q[0] = q[q.length - 1] = 5;
        new Qr(twin, rows, columns).orthonormalize(from, at, q, at);
        assertThat(q[0] + q[q.length - 1]).isEqualTo(10);
        return Arrays.copyOfRange(q, at, at + x.length);
    }

    /** By EJML. */
    private static double[] reference(float[] x, int rows, int columns) {
        DMatrixRMaj a = new DMatrixRMaj(rows, columns);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                a.set(i, j, x[j * rows + i]);
            }
        }
        var qr = new QRDecompositionHouseholderColumn_DDRM();
        qr.decompose(a);
        return qr.getQ(null, true).data;
    }

    private static void assertOrthonormal(float[] q, int rows, int columns) {
        double tolerance = 1e-6 * Math.sqrt(rows);
        for (int j = 0; j < columns; j++) {
            for (int k = j; k < columns; k++) {
                double sum = 0;
                for (int i = 0; i < rows; i++) {
                    sum += (double) q[i * columns + j] * q[i * columns + k];
                }
                assertThat(sum).as("%d·%d", j, k).isCloseTo(j == k ? 1 : 0, within(tolerance));
            }
        }
    }
}
