package io.evolo.tasks.analytic;

/** How the n eigenvalues of a quadratic lie between 1 and 1/κ, κ being its condition number. */
public enum Spectrum {
    /** κ^(−i/(n−1)): as many in every decade. */
    LOGARITHMIC,
    /** From 1 down to 1/κ in equal steps. */
    LINEAR,
    /** One is 1, all others are 1/κ: a single steep direction. */
    OUTLIER,
    /** (i+1)^(−p), p such that the least is 1/κ: as the Hessians of networks have. */
    POWER;

    /** The eigenvalues, the largest first. */
    double[] values(int n, double condition) {
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
            double t = n == 1 ? 0 : i / (n - 1.0);
            values[i] = switch (this) {
                case LOGARITHMIC -> StrictMath.pow(condition, -t);
                case LINEAR -> 1 - t * (1 - 1 / condition);
                case OUTLIER -> i == 0 ? 1 : 1 / condition;
                case POWER -> n == 1 ? 1 : StrictMath.pow(i + 1, -StrictMath.log(condition) / StrictMath.log(n));
            };
        }
        return values;
    }
}
