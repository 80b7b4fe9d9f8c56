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
            sameBits(form, n, n + 2, 1, 2 * n + 1);
        }
    }

    /** Rows of every rest, panels that are not full, several blocks of the depth, of the rows and of the columns. */
    @ParameterizedTest
    @CsvSource({
        "19,34,1100", "20,97,515", "21,96,33", "22,100,17", "23,95,64", "55,129,40", "113,64,1030", "97,1030,9", "1,600,600", "49,530,1029"
    })
    void twinsGiveTheSameBitsInEveryBlock(int rows, int columns, int depth) {
        for (Gemm.Form form : Gemm.Form.values()) {
            sameBits(form, rows, columns, 1, depth);
        }
    }

    @ParameterizedTest
    @CsvSource({"14,16,3,48", "7,32,5,9", "14,100,3,30", "20,96,4,200", "3,5,2,1"})
    void twinsGiveTheSameBitsWhereTheDepthIsCut(int rows, int columns, int segments, int depth) {
        sameBits(Gemm.Form.NN, rows, columns, segments, depth);
        sameBits(Gemm.Form.TN, rows, columns, segments, depth);
    }

    /** A row or column apart, with room between the rows and between the segments. */
    private static void sameBits(Gemm.Form form, int rows, int columns, int segments, int depth) {
        int aRow = form == Gemm.Form.TN ? 1 : depth + 2;
        int aDepth = form == Gemm.Form.TN ? rows + 3 : 1;
        int aSegment = form == Gemm.Form.TN ? (depth + 1) * aDepth : rows * aRow + 1;
        int bRow = (form == Gemm.Form.NT ? depth : columns) + 1;
        int bRows = form == Gemm.Form.NT ? columns : depth;
        var strides = new Gemm.Strides(aRow, aDepth, aSegment, bRow, (bRows + 1) * bRow, columns + 4);
        float[] a = Operands.random(segments * Math.max(aSegment, 1) + rows * aRow + depth * aDepth, 1);
        float[] b = Operands.random(segments * (bRows + 1) * bRow, 2);
        float[] start = Operands.random(rows * (columns + 4), 3);
        float[] plain = start.clone();
        products(new Gemm(Twin.PLAIN, form, rows, columns, segments, depth, strides), a, b, plain);

        for (Gemm.Tiles tiles : Gemm.Tiles.values()) {
            float[] vector = start.clone();
            products(new Gemm(
                    Twin.VECTOR, tiles, form, false, rows, columns, segments, depth, strides, new PanelMemory()), a, b, vector);

            assertThat(vector).as("%s %s %d×%d·%d×%d", tiles, form, rows, segments, depth, columns).isEqualTo(plain);
        }
    }

    private static void products(Gemm gemm, float[] a, float[] b, float[] c) {
        gemm.multiplyBias(a, PAD, b, PAD, b, 0, c, PAD);
        gemm.multiplyAdd(a, PAD, b, PAD, c, PAD);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "7,9", "16,3", "33,100", "64,64", "130,70", "600,20"})
    void aSymmetricProductHasTheBitsOfTheWholeOne(int n, int depth) {
        float[] x = Operands.random(n * depth, 1);
        for (Twin twin : Twin.values()) {
            for (Gemm.Form form : new Gemm.Form[] {Gemm.Form.NT, Gemm.Form.TN}) {
                float[] whole = new float[n * n + PAD];
                float[] half = new float[n * n + PAD];

                new Gemm(twin, form, n, n, depth).multiply(x, PAD, x, PAD, whole, PAD);
                Gemm.symmetric(twin, form, n, depth).multiply(x, PAD, x, PAD, half, PAD);
                assertThat(half).as("%s %s", twin, form).isEqualTo(whole);

                float[] square = whole.clone();
                new Gemm(twin, Gemm.Form.NN, n, n, n).multiplyAdd(whole, PAD, whole, PAD, square, PAD);
                Gemm.symmetric(twin, Gemm.Form.NN, n, n).multiplyAdd(whole, PAD, whole, PAD, half, PAD);
                assertThat(half).as("%s %s squared", twin, form).isEqualTo(square);
            }
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
