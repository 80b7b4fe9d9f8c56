package io.evolo.meta.scores;

import org.apache.commons.statistics.inference.WilcoxonSignedRankTest;

/** Whether one of two optimizers is better over the same seeds: Wilcoxon's signed rank test, two-sided. */
public final class PairedTest {
    private PairedTest() {}

    /**
     * The probability of differences as one-sided as these if there were none. Exact up to 1,023 pairs without ties or zeros. Five
     * pairs cannot give less than 1/16.
     *
     * @param a one value per seed, finite
     * @param b the other's, in the same order
     * @return in (0, 1]; 1 where all pairs are equal
     */
    public static double pValue(double[] a, double[] b) {
        if (a.length != b.length || a.length == 0) {
            throw new IllegalArgumentException(a.length + " and " + b.length + " values, expected as many, at least 1");
        }
        double[] differences = new double[a.length];
        boolean equal = true;
        for (int i = 0; i < a.length; i++) {
            differences[i] = a[i] - b[i];
            if (!Double.isFinite(differences[i])) {
                throw new IllegalArgumentException("pair " + i + " is " + a[i] + " and " + b[i] + ", expected finite values");
            }
            equal &= differences[i] == 0;
        }
        return equal ? 1 : WilcoxonSignedRankTest.withDefaults().test(differences).getPValue();
    }
}
