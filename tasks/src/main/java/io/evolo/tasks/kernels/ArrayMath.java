package io.evolo.tasks.kernels;

import static io.evolo.tasks.kernels.FloatMath.*;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector twins of {@link FloatMath} on arrays: same formulas, same bits, at every vector size. Counts are multiples of the
 * vector length; y may be x itself.
 *
 * <p>Every function is one loop with its whole formula in the body. A helper that took and gave a vector would be allocation waiting
 * to happen: the compiler stops inlining where a compilation has grown large, and what it does not inline gets its vectors by
 * reference.
 */
final class ArrayMath {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    /** Of a vector: counts are multiples of it. */
    static final int LENGTH = L;

    private static final int ONE = Float.floatToRawIntBits(1f);
    private static final int SIGN = Integer.MIN_VALUE;

    private ArrayMath() {}

    /** y = e^x; n values from xAt and yAt. */
    static void exp(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xAt + i);
            FloatVector clamped = v.blend(EXP_MIN, v.compare(VectorOperators.LT, EXP_MIN));
            FloatVector shifted = clamped.fma(FloatVector.broadcast(S, LOG2_E), FloatVector.broadcast(S, ROUND));
            FloatVector k = shifted.sub(ROUND);
            FloatVector r = k.fma(FloatVector.broadcast(S, -LN2_HIGH), clamped);
            r = k.fma(FloatVector.broadcast(S, -LN2_LOW), r);
            FloatVector p = r.fma(FloatVector.broadcast(S, E7), FloatVector.broadcast(S, E6));
            p = p.fma(r, FloatVector.broadcast(S, E5));
            p = p.fma(r, FloatVector.broadcast(S, E4));
            p = p.fma(r, FloatVector.broadcast(S, E3));
            p = p.fma(r, FloatVector.broadcast(S, E2));
            p = p.fma(r.mul(r), r).add(1);
            IntVector exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, MANTISSA_BITS);
            FloatVector e = p.reinterpretAsInts().add(exponent).reinterpretAsFloats();
            e = e.blend(Float.POSITIVE_INFINITY, v.compare(VectorOperators.GT, EXP_MAX));
            e.blend(v, v.compare(VectorOperators.NE, v)).intoArray(y, yAt + i);
        }
    }

    /** y = 1/(1 + e^−x). */
    static void sigmoid(float[] x, int xAt, float[] y, int yAt, int n) {
        Elements.scale(Twin.VECTOR, -1, x, xAt, y, yAt, n);
        exp(y, yAt, y, yAt, n);
        for (int i = 0; i < n; i += L) {
            FloatVector e = FloatVector.fromArray(S, y, yAt + i);
            FloatVector.broadcast(S, 1).div(e.add(1)).intoArray(y, yAt + i);
        }
    }

    /** y = x above 0, e^x − 1 below. */
    static void elu(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xAt + i);
            FloatVector clamped = v.blend(EXP_MIN, v.compare(VectorOperators.LT, EXP_MIN));
            clamped = clamped.blend(0, v.compare(VectorOperators.GT, 0));
            FloatVector shifted = clamped.fma(FloatVector.broadcast(S, LOG2_E), FloatVector.broadcast(S, ROUND));
            FloatVector k = shifted.sub(ROUND);
            FloatVector r = k.fma(FloatVector.broadcast(S, -LN2_HIGH), clamped);
            r = k.fma(FloatVector.broadcast(S, -LN2_LOW), r);
            FloatVector p = r.fma(FloatVector.broadcast(S, E7), FloatVector.broadcast(S, E6));
            p = p.fma(r, FloatVector.broadcast(S, E5));
            p = p.fma(r, FloatVector.broadcast(S, E4));
            p = p.fma(r, FloatVector.broadcast(S, E3));
            p = p.fma(r, FloatVector.broadcast(S, E2));
            p = p.fma(r.mul(r), r);
            IntVector exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, MANTISSA_BITS);
            FloatVector scale = exponent.add(ONE).reinterpretAsFloats();
            FloatVector m = scale.fma(p, scale.sub(1));
            m.blend(v, v.compare(VectorOperators.LE, 0).not()).intoArray(y, yAt + i);
        }
    }

    /** y = tanh x. */
    static void tanh(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xAt + i);
            FloatVector twice = v.abs().mul(-2);
            FloatVector clamped = twice.blend(EXP_MIN, twice.compare(VectorOperators.LT, EXP_MIN));
            FloatVector shifted = clamped.fma(FloatVector.broadcast(S, LOG2_E), FloatVector.broadcast(S, ROUND));
            FloatVector k = shifted.sub(ROUND);
            FloatVector r = k.fma(FloatVector.broadcast(S, -LN2_HIGH), clamped);
            r = k.fma(FloatVector.broadcast(S, -LN2_LOW), r);
            FloatVector p = r.fma(FloatVector.broadcast(S, E7), FloatVector.broadcast(S, E6));
            p = p.fma(r, FloatVector.broadcast(S, E5));
            p = p.fma(r, FloatVector.broadcast(S, E4));
            p = p.fma(r, FloatVector.broadcast(S, E3));
            p = p.fma(r, FloatVector.broadcast(S, E2));
            p = p.fma(r.mul(r), r);
            IntVector exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, MANTISSA_BITS);
            FloatVector scale = exponent.add(ONE).reinterpretAsFloats();
            FloatVector m = scale.fma(p, scale.sub(1)).abs();
            FloatVector t = m.div(FloatVector.broadcast(S, 2).sub(m));
            IntVector signed = t.reinterpretAsInts().or(v.reinterpretAsInts().and(SIGN));
            signed.reinterpretAsFloats().blend(v, v.compare(VectorOperators.NE, v)).intoArray(y, yAt + i);
        }
    }

    /** y = ln(1 + x) for x ≥ 0. */
    static void log1p(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xAt + i);
            FloatVector u = v.add(1);
            IntVector bits = u.reinterpretAsInts().sub(SQRT_HALF);
            FloatVector k = (FloatVector) bits.lanewise(VectorOperators.ASHR, MANTISSA_BITS).convert(VectorOperators.I2F, 0);
            FloatVector f = bits.and(MANTISSA).add(SQRT_HALF).reinterpretAsFloats().sub(1);
            FloatVector s = f.div(f.add(2));
            FloatVector z = s.mul(s);
            FloatVector p = z.fma(FloatVector.broadcast(S, L9), FloatVector.broadcast(S, L7));
            p = p.fma(z, FloatVector.broadcast(S, L5)).fma(z, FloatVector.broadcast(S, L3)).mul(z);
            FloatVector log = f.sub(s.fma(f.sub(p), k.mul(-LN2_LOW)));
            log = k.fma(FloatVector.broadcast(S, LN2_HIGH), log);
            log = u.blend(log, u.compare(VectorOperators.LT, Float.POSITIVE_INFINITY));
            FloatVector lost = v.sub(u.sub(1)).div(u);
            log.add(lost.blend(0, v.compare(VectorOperators.EQ, Float.POSITIVE_INFINITY))).intoArray(y, yAt + i);
        }
    }
}
