package io.evolo.tasks.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evolo.tasks.Rng;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class NewtonSchulzTest {

    @ParameterizedTest
    @EnumSource(Twin.class)
    void singularValuesThatDifferByAFactorOf50EndUpNear1(Twin twin) {
        // Rotations on both sides hide the singular values 1, 1/10 and 1/50; the matrix that has ones instead is known.
        double[] values = {1, 0.1, 0.02};
        float[] x = rotated(values);

        new NewtonSchulz(twin, NewtonSchulz.Iteration.muon(1e-8f), 3, 3).apply(x, 0);

        // Back in the bases of the rotations it is diagonal, with the new singular values.
        double[][] diagonal = multiply(multiply(transpose(rotation(0.4)), matrix(x)), rotation(1.1));
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                if (i == j) {
                    assertThat(diagonal[i][j]).isBetween(0.65, 1.25);
                } else {
                    assertThat(diagonal[i][j]).isCloseTo(0, within(1e-4));
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1", "1,7", "7,1", "2,2", "3,5", "5,3", "4,33", "37,8"})
    void rowsOrColumnsBecomeNearlyOrthonormalInBothTwins(int rows, int cols) {
        float[] start = new float[rows * cols];
        Rng.of(11, "matrix", rows, cols).fillGaussian(start, 3);
        // Square Gaussian matrices may be nearly singular; this keeps them away from it.
        for (int i = 0; i < Math.min(rows, cols); i++) {
            start[i * cols + i] += 9;
        }
        float[] plain = framed(start);
        float[] vector = framed(start);

        new NewtonSchulz(Twin.PLAIN, NewtonSchulz.Iteration.muon(1e-8f), rows, cols).apply(plain, 2);
        new NewtonSchulz(Twin.VECTOR, NewtonSchulz.Iteration.muon(1e-8f), rows, cols).apply(vector, 2);

        assertThat(vector).containsExactly(plain);
        assertThat(new float[] {plain[0], plain[1], plain[plain.length - 1]}).containsExactly(-7, -7, -7);
        float[] x = Arrays.copyOfRange(plain, 2, 2 + rows * cols);
        // All singular values in [0.65, 1.25]: so is the length of the image of any vector of length 1.
        boolean tall = rows > cols;
        int small = Math.min(rows, cols);
        for (int trial = 0; trial < 20; trial++) {
            float[] v = new float[small];
            Rng.of(12, "vector", trial).fillGaussian(v, 1);
            assertThat(imageNorm(x, rows, cols, v, tall) / norm(v)).isBetween(0.65, 1.25);
        }
    }

    /** Sizes on both sides of where the steps are made on the Gram matrix, of full rank and of rank 40. */
    @ParameterizedTest
    @CsvSource({"40,90,40", "128,256,128", "256,128,128", "130,521,130", "521,130,130", "128,300,40", "300,128,40"})
    void staysCloseToTheSameStepsInDouble(int rows, int cols, int rank) {
        float[] start = product(rows, cols, rank);
        for (NewtonSchulz.Iteration iteration : List.of(NewtonSchulz.Iteration.muon(1e-7f), NewtonSchulz.Iteration.polarExpress(1e-8f))) {
            float[] plain = start.clone();
            float[] vector = start.clone();

            new NewtonSchulz(Twin.PLAIN, iteration, rows, cols).apply(plain, 0);
            new NewtonSchulz(Twin.VECTOR, iteration, rows, cols).apply(vector, 0);

            assertThat(vector).containsExactly(plain);
            double[] wanted = inDouble(iteration, start, rows, cols);
            // Entries are some 1/√n. Steps on the Gram matrix of a matrix without full rank err most.
            double tolerance = 1e-2 / Math.sqrt(Math.max(rows, cols));
            for (int k = 0; k < wanted.length; k++) {
                assertThat((double) vector[k]).isCloseTo(wanted[k], within(tolerance));
            }
        }
    }

    @Test
    void polarExpressBringsSmallSingularValuesCloserTo1() {
        float[] x = rotated(new double[] {1, 0.1, 0.01});

        new NewtonSchulz(Twin.selected(), NewtonSchulz.Iteration.polarExpress(1e-8f), 3, 3).apply(x, 0);

        double[][] diagonal = multiply(multiply(transpose(rotation(0.4)), matrix(x)), rotation(1.1));
        for (int i = 0; i < 3; i++) {
            assertThat(diagonal[i][i]).isBetween(0.85, 1.15);
        }
    }

    /** A Gaussian matrix of this rank. */
    private static float[] product(int rows, int cols, int rank) {
        float[] left = new float[rows * rank];
        float[] right = new float[rank * cols];
        Rng.of(13, "left", rows).fillGaussian(left, 1);
        Rng.of(13, "right", cols).fillGaussian(right, 1);
        float[] x = new float[rows * cols];
        new Gemm(Twin.PLAIN, Gemm.Form.NN, rows, cols, rank).multiply(left, 0, right, 0, x, 0);
        return x;
    }

    private static double[] inDouble(NewtonSchulz.Iteration iteration, float[] start, int rows, int cols) {
        double norm = 0;
        for (float value : start) {
            norm += (double) value * value;
        }
        double[] x = new double[start.length];
        for (int i = 0; i < x.length; i++) {
            x[i] = start[i] / (iteration.slack() * Math.sqrt(norm) + iteration.epsilon());
        }
        for (NewtonSchulz.Quintic step : iteration.steps()) {
            double[] once = cubed(x, x, rows, cols);
            double[] twice = cubed(x, once, rows, cols);
            for (int i = 0; i < x.length; i++) {
                x[i] = step.a() * x[i] + step.b() * once[i] + step.c() * twice[i];
            }
        }
        return x;
    }

    /** XXᵀY. */
    private static double[] cubed(double[] x, double[] y, int rows, int cols) {
        double[] gram = new double[rows * rows];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < rows; j++) {
                for (int k = 0; k < cols; k++) {
                    gram[i * rows + j] += x[i * cols + k] * x[j * cols + k];
                }
            }
        }
        double[] z = new double[rows * cols];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < rows; j++) {
                for (int k = 0; k < cols; k++) {
                    z[i * cols + k] += gram[i * rows + j] * y[j * cols + k];
                }
            }
        }
        return z;
    }

    private static float[] framed(float[] x) {
        float[] framed = new float[x.length + 3];
        Arrays.fill(framed, -7);
        System.arraycopy(x, 0, framed, 2, x.length);
        return framed;
    }

    private static double imageNorm(float[] x, int rows, int cols, float[] v, boolean tall) {
        double sum = 0;
        for (int k = 0; k < Math.max(rows, cols); k++) {
            double value = 0;
            for (int i = 0; i < v.length; i++) {
                value += v[i] * (double) (tall ? x[k * cols + i] : x[i * cols + k]);
            }
            sum += value * value;
        }
        return Math.sqrt(sum);
    }

    private static double norm(float[] v) {
        double sum = 0;
        for (float value : v) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }

    private static float[] rotated(double[] values) {
        double[][] diagonal = new double[3][3];
        for (int i = 0; i < 3; i++) {
            diagonal[i][i] = values[i];
        }
        double[][] product = multiply(multiply(rotation(0.4), diagonal), transpose(rotation(1.1)));
        float[] flat = new float[9];
        for (int i = 0; i < 9; i++) {
            flat[i] = (float) product[i / 3][i % 3];
        }
        return flat;
    }

    /** A rotation about two axes. */
    private static double[][] rotation(double angle) {
        double c = Math.cos(angle);
        double s = Math.sin(angle);
        return multiply(new double[][] {{c, -s, 0}, {s, c, 0}, {0, 0, 1}}, new double[][] {{1, 0, 0}, {0, c, -s}, {0, s, c}});
    }

    private static double[][] matrix(float[] x) {
        double[][] matrix = new double[3][3];
        for (int i = 0; i < 9; i++) {
            matrix[i / 3][i % 3] = x[i];
        }
        return matrix;
    }

    private static double[][] transpose(double[][] x) {
        double[][] y = new double[3][3];
        for (int i = 0; i < 9; i++) {
            y[i / 3][i % 3] = x[i % 3][i / 3];
        }
        return y;
    }

    private static double[][] multiply(double[][] x, double[][] y) {
        double[][] z = new double[3][3];
        for (int i = 0; i < 9; i++) {
            for (int k = 0; k < 3; k++) {
                z[i / 3][i % 3] += x[i / 3][k] * y[k][i % 3];
            }
        }
        return z;
    }
}
