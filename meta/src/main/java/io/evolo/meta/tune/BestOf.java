package io.evolo.meta.tune;

import io.evolo.meta.Checks;
import java.util.Arrays;

/** What a search of k trials would have given: makes the price of tuning visible. */
public final class BestOf {
    private BestOf() {}

    /**
     * The expected least of k losses drawn from these without replacement, for k = 1 … n. Exact: with x₁ ≤ … ≤ xₙ it is
     * Σᵢ xᵢ C(n − i, k − 1) / C(n, k), as xᵢ is the least where the other k − 1 come from the n − i above it.
     *
     * @param losses at least one, finite
     */
    public static double[] curve(double[] losses) {
        double[] x = losses.clone();
        Arrays.sort(x);
        int n = x.length;
        Checks.that(n >= 1 && Double.isFinite(x[n - 1]), "losses", Arrays.toString(losses), "at least one, all finite");
        double[] expected = new double[n];
        for (int k = 1; k <= n; k++) {
            double share = (double) k / n; // C(n − 1, k − 1) / C(n, k)
            for (int i = 1; i <= n - k + 1; i++) {
                expected[k - 1] += share * x[i - 1];
                share *= (double) (n - i - k + 1) / (n - i); // of xᵢ₊₁; 0 after the last
            }
        }
        return expected;
    }
}
