package io.evolo.tasks.kernels;

/**
 * Elementary functions of one float, made of exact operations only (add, multiply, fused multiply-add, divide, bits), so that they
 * give the same bits everywhere; {@link ArrayMath} holds their vector twins, with the same formulas and the same bits. NaN gives NaN.
 *
 * <p>Errors are in units of the last place (ulp), found against double precision over a dense sample of the stated range.
 */
public final class FloatMath {
    /** 1.5·2²³: added to a float of magnitude below 2²², it rounds to the nearest integer and leaves it in the low bits. */
    static final float ROUND = 0x1.8p23f;

    static final float LOG2_E = 1.44269504f;
    /** ln 2 = HIGH + LOW; HIGH has 9 bits to spare, so its product with an exponent is exact. */
    static final float LN2_HIGH = 0x1.62e4p-1f;

    static final float LN2_LOW = (float) (0.6931471805599453 - 0x1.62e4p-1);
    /** Below, exp is at most 1.2e-38 and given as that. */
    static final float EXP_MIN = -87.33f;
    /** Above, exp is infinite. */
    static final float EXP_MAX = 88.72f;
    /** Taylor coefficients 1/k! of (exp(r) − 1 − r)/r²; on |r| ≤ ln(2)/2 the first one left out changes less than 2⁻²⁷. */
    static final float E2 = 1f / 2;

    static final float E3 = 1f / 6;
    static final float E4 = 1f / 24;
    static final float E5 = 1f / 120;
    static final float E6 = 1f / 720;
    static final float E7 = 1f / 5040;
    /** Coefficients of ln((1 + s)/(1 − s)) = 2s + s·(L3·s² + L5·s⁴ + …). */
    static final float L3 = 2f / 3;

    static final float L5 = 2f / 5;
    static final float L7 = 2f / 7;
    static final float L9 = 2f / 9;
    /** Bits of √½: subtracted from those of x, they leave its exponent such that the mantissa lies in [√½, √2). */
    static final int SQRT_HALF = 0x3f3504f3;

    static final int MANTISSA_BITS = 23;
    static final int MANTISSA = 0x007fffff;

    private FloatMath() {}

    /** e^x, within 1.5 ulp on [−87.33, 88.72]; 1.2e-38 below, infinite above. */
    public static float exp(float x) {
        float clamped = x < EXP_MIN ? EXP_MIN : x;
        float shifted = Math.fma(clamped, LOG2_E, ROUND);
        float power = 1 + reducedExpm1(clamped, shifted - ROUND);
        float y = Float.intBitsToFloat(Float.floatToRawIntBits(power) + (Float.floatToRawIntBits(shifted) << MANTISSA_BITS));
        y = x > EXP_MAX ? Float.POSITIVE_INFINITY : y;
        return Float.isNaN(x) ? x : y;
    }

    /** e^x − 1 for x ≤ 0, within 3 ulp; −1 for x below −87.33. */
    public static float expm1Negative(float x) {
        float clamped = x < EXP_MIN ? EXP_MIN : x;
        float shifted = Math.fma(clamped, LOG2_E, ROUND);
        float scale = Float.intBitsToFloat((Float.floatToRawIntBits(shifted) << MANTISSA_BITS) + Float.floatToRawIntBits(1f));
        float y = Math.fma(scale, reducedExpm1(clamped, shifted - ROUND), scale - 1);
        return Float.isNaN(x) ? x : y;
    }

    /** e^r − 1 for r = x − n·ln 2. */
    private static float reducedExpm1(float x, float n) {
        float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, x));
        float p = Math.fma(Math.fma(E7, r, E6), r, E5);
        p = Math.fma(Math.fma(p, r, E4), r, E3);
        p = Math.fma(p, r, E2);
        return Math.fma(p, r * r, r);
    }

    /** ln x for normal positive x, within 2 ulp; anything else gives an unspecified value, but NaN and +∞ themselves. */
    public static float log(float x) {
        int bits = Float.floatToRawIntBits(x) - SQRT_HALF;
        float n = bits >> MANTISSA_BITS;
        float f = Float.intBitsToFloat((bits & MANTISSA) + SQRT_HALF) - 1;
        float s = f / (2 + f);
        float z = s * s;
        float p = Math.fma(Math.fma(Math.fma(L9, z, L7), z, L5), z, L3) * z;
        // 2s + s·p, written as a small correction of the exact f.
        float y = Math.fma(n, LN2_HIGH, f - Math.fma(s, f - p, n * -LN2_LOW));
        return x < Float.POSITIVE_INFINITY ? y : x;
    }

    /** 1/(1 + e^−x), within 3 ulp for x ≥ −87; 0 far below. */
    public static float sigmoid(float x) {
        return 1 / (1 + exp(-x));
    }

    /** Hyperbolic tangent, within 4 ulp. */
    public static float tanh(float x) {
        float m = expm1Negative(-2 * Math.abs(x));
        return Math.copySign(m / (m + 2), x);
    }

    /** ln(1 + x) for x ≥ 0, within 3 ulp. */
    public static float log1p(float x) {
        float u = 1 + x;
        // What rounding 1 + x lost is put back to first order; infinity lost nothing.
        float lost = x == Float.POSITIVE_INFINITY ? 0 : (x - (u - 1)) / u;
        return log(u) + lost;
    }

    /** ln(1 + e^x) = max(x, 0) + ln(1 + e^−|x|), within 4 ulp for x ≥ −87. */
    public static float softplus(float x) {
        float tail = log1p(exp(-Math.abs(x)));
        return x > 0 ? x + tail : tail;
    }
}
