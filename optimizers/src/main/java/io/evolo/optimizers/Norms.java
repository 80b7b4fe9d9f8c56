package io.evolo.optimizers;

/** Sums over parts of arrays in one fixed order, in double: four interleaved sums, since one alone would wait for each addition. */
public final class Norms {

    private Norms() {}

    /** √Σ x² over [begin, end). */
    public static double norm(float[] x, int begin, int end) {
        return Math.sqrt(squares(x, begin, end));
    }

    /** The root of the mean of x² over [begin, end). */
    public static double rms(float[] x, int begin, int end) {
        return Math.sqrt(squares(x, begin, end) / (end - begin));
    }

    /** Σ x² over [begin, end). */
    public static double squares(float[] x, int begin, int end) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int i = begin;
        for (; i + 4 <= end; i += 4) {
            sum0 += square(x[i]);
            sum1 += square(x[i + 1]);
            sum2 += square(x[i + 2]);
            sum3 += square(x[i + 3]);
        }
        for (; i < end; i++) {
            sum0 += square(x[i]);
        }
        return sum0 + sum1 + (sum2 + sum3);
    }

    /** Σ (x + factor·y)² over [begin, end). */
    public static double squares(float[] x, float factor, float[] y, int begin, int end) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int i = begin;
        for (; i + 4 <= end; i += 4) {
            sum0 += square(x[i] + factor * y[i]);
            sum1 += square(x[i + 1] + factor * y[i + 1]);
            sum2 += square(x[i + 2] + factor * y[i + 2]);
            sum3 += square(x[i + 3] + factor * y[i + 3]);
        }
        for (; i < end; i++) {
            sum0 += square(x[i] + factor * y[i]);
        }
        return sum0 + sum1 + (sum2 + sum3);
    }

    /** Σ x over [begin, end). */
    public static double sum(float[] x, int begin, int end) {
        double sum0 = 0;
        double sum1 = 0;
        int i = begin;
        for (; i + 2 <= end; i += 2) {
            sum0 += x[i];
            sum1 += x[i + 1];
        }
        return i < end ? sum0 + x[i] + sum1 : sum0 + sum1;
    }

    private static double square(double x) {
        return x * x;
    }
}
