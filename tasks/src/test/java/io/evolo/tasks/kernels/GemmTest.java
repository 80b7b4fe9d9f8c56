package io.evolo.tasks.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.evolo.tasks.Rng;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GemmTest {
    private static final int PAD = 5;

    @ParameterizedTest
    @CsvSource({
        "1,1,1", "3,7,15", "15,16,17", "16,17,1", "17,31,33", "33,100,3", "100,33,31", "4,64,64", "5,65,7", "64,10,32", "64,32,64", "2,130,50",
        "1000,3,2", "3,1000,5", "7,5,1000"
    })
    void agreesWithANaiveProductInDoublePrecision(int rows, int columns, int depth) {
        for (Gemm.Form form : Gemm.Form.values()) {
            for (Twin twin : Twin.values()) {
                Operands o = new Operands(form, rows, columns, depth);
                float[] c = o.start.clone();

                new Gemm(twin, form, rows, columns, depth).multiply(o.a, PAD, o.b, PAD, c, PAD);

                o.check(c, (i, j) -> 0, form + " " + twin);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1,1", "7,33,15", "9,70,31", "64,10,32"})
    void beginsWithWhatIsThereOrWithABias(int rows, int columns, int depth) {
        for (Gemm.Form form : Gemm.Form.values()) {
            for (Twin twin : Twin.values()) {
                Operands o = new Operands(form, rows, columns, depth);
                Gemm gemm = new Gemm(twin, form, rows, columns, depth);
                float[] sum = o.start.clone();
                float[] biased = o.start.clone();

                gemm.multiplyAdd(o.a, PAD, o.b, PAD, sum, PAD);
                gemm.multiplyBias(o.a, PAD, o.b, PAD, o.start, PAD, biased, PAD);

                o.check(sum, (i, j) -> o.start[PAD + i * columns + j], form + " " + twin + " add");
                o.check(biased, (i, j) -> o.start[PAD + j], form + " " + twin + " bias");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void twinsGiveTheSameBits(Gemm.Form form) {
        for (int n : new int[] {1, 3, 7, 15, 16, 17, 31, 33, 100}) {
            Operands o = new Operands(form, n, n + 2, 2 * n + 1);
            float[] plain = o.start.clone();
            float[] vector = o.start.clone();

            new Gemm(Twin.PLAIN, form, n, n + 2, 2 * n + 1).multiply(o.a, PAD, o.b, PAD, plain, PAD);
            new Gemm(Twin.VECTOR, form, n, n + 2, 2 * n + 1).multiply(o.a, PAD, o.b, PAD, vector, PAD);

            assertThat(vector).as("%s %d", form, n).isEqualTo(plain);
        }
    }

    @Test
    void refusesArraysThatAreTooShort() {
        Gemm gemm = new Gemm(Twin.VECTOR, Gemm.Form.NN, 2, 3, 4);

        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> gemm.multiply(new float[8], 0, new float[12], 1, new float[6], 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Gemm(Twin.PLAIN, Gemm.Form.NN, 0, 1, 1)).withMessageContaining("0×1");
    }

    private interface Start {
        double at(int i, int j);
    }

    /** Random matrices with some values before and behind that must not matter nor change. */
    private record Operands(Gemm.Form form, int rows, int columns, int depth, float[] a, float[] b, float[] start) {

        Operands(Gemm.Form form, int rows, int columns, int depth) {
            this(form, rows, columns, depth, random(rows * depth, 1), random(depth * columns, 2), random(rows * columns, 3));
        }

        static float[] random(int n, int index) {
            float[] values = new float[n + 2 * PAD];
            Rng.of(1, "gemm", index).fillGaussian(values, 1);
            return values;
        }

        void check(float[] c, Start z, String what) {
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < columns; j++) {
                    double sum = z.at(i, j);
                    double magnitude = Math.abs(sum);
                    for (int k = 0; k < depth; k++) {
                        double product = (double) a[PAD + (form == Gemm.Form.TN ? k * rows + i : i * depth + k)]
                                * b[PAD + (form == Gemm.Form.NT ? j * depth + k : k * columns + j)];
                        sum += product;
                        magnitude += Math.abs(product);
                    }
                    // Every one of depth roundings errs by at most 2^-24 of the partial sum, itself below the sum of magnitudes.
                    double tolerance = (depth + 1) * magnitude * 0x1p-24;
                    assertThat((double) c[PAD + i * columns + j]).as("%s [%d, %d]", what, i, j).isCloseTo(sum, within(tolerance));
                }
            }
            assertThat(Arrays.copyOf(c, PAD)).isEqualTo(Arrays.copyOf(start, PAD));
            int end = c.length - PAD;
            assertThat(Arrays.copyOfRange(c, end, c.length)).isEqualTo(Arrays.copyOfRange(start, end, c.length));
        }
    }
}
