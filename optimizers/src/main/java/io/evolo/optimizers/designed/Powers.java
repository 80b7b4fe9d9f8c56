package io.evolo.optimizers.designed;

/** Powers of doubles, the same bits everywhere, without allocation (StrictMath.pow allocates). */
final class Powers {
    private Powers() {}

    /** base^exponent by squaring, for an exponent of at least 0. */
    static double whole(double base, int exponent) {
        double result = 1;
        double square = base;
        for (int e = exponent; e > 0; e >>= 1) {
            if ((e & 1) == 1) {
                result *= square;
            }
            square *= square;
        }
        return result;
    }

    /** base^exponent for a positive base, within a few units of 1e-16 times the exponent's logarithm. */
    static double real(double base, double exponent) {
        return StrictMath.exp(exponent * StrictMath.log(base));
    }

    /** 1 − beta^t: what an average that started at 0 still lacks after t steps is divided out by this. */
    static double correction(double beta, int t) {
        return 1 - whole(beta, t);
    }
}
