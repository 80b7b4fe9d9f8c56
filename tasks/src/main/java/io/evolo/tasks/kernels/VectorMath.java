package io.evolo.tasks.kernels;

import static io.evolo.tasks.kernels.FloatMath.*;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The lanewise twins of {@link FloatMath}: same formulas, same bits, at every vector size. The library's own lanewise functions are
 * not used: interpreter and compiler disagree on their last bits. Every method is small enough to be inlined, so that no vector is
 * ever allocated.
 */
public final class VectorMath {

    private VectorMath() {}

    public static FloatVector exp(FloatVector x) {
        FloatVector clamped = x.blend(EXP_MIN, x.lt(EXP_MIN));
        FloatVector shifted = clamped.fma(broadcast(x, LOG2_E), broadcast(x, ROUND));
        IntVector power = reducedExpm1(clamped, shifted.sub(ROUND)).add(1).reinterpretAsInts();
        IntVector exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, MANTISSA_BITS);
        FloatVector y = power.add(exponent).reinterpretAsFloats().blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, EXP_MAX));
        return y.blend(x, x.test(VectorOperators.IS_NAN));
    }

    public static FloatVector expm1Negative(FloatVector x) {
        FloatVector clamped = x.blend(EXP_MIN, x.lt(EXP_MIN));
        FloatVector shifted = clamped.fma(broadcast(x, LOG2_E), broadcast(x, ROUND));
        IntVector exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, MANTISSA_BITS);
        FloatVector scale = exponent.add(Float.floatToRawIntBits(1f)).reinterpretAsFloats();
        FloatVector y = scale.fma(reducedExpm1(clamped, shifted.sub(ROUND)), scale.sub(1));
        return y.blend(x, x.test(VectorOperators.IS_NAN));
    }

    private static FloatVector reducedExpm1(FloatVector x, FloatVector n) {
        FloatVector r = n.fma(broadcast(x, -LN2_LOW), n.fma(broadcast(x, -LN2_HIGH), x));
        FloatVector p = broadcast(x, E7).fma(r, broadcast(x, E6)).fma(r, broadcast(x, E5));
        p = p.fma(r, broadcast(x, E4)).fma(r, broadcast(x, E3)).fma(r, broadcast(x, E2));
        return p.fma(r.mul(r), r);
    }

    public static FloatVector log(FloatVector x) {
        IntVector bits = x.reinterpretAsInts().sub(SQRT_HALF);
        FloatVector n = (FloatVector) bits.lanewise(VectorOperators.ASHR, MANTISSA_BITS).convert(VectorOperators.I2F, 0);
        FloatVector f = bits.and(MANTISSA).add(SQRT_HALF).reinterpretAsFloats().sub(1);
        FloatVector s = f.div(f.add(2));
        FloatVector z = s.mul(s);
        FloatVector p = broadcast(x, L9).fma(z, broadcast(x, L7)).fma(z, broadcast(x, L5)).fma(z, broadcast(x, L3)).mul(z);
        FloatVector y = n.fma(broadcast(x, LN2_HIGH), f.sub(s.fma(f.sub(p), n.mul(-LN2_LOW))));
        return x.blend(y, x.lt(Float.POSITIVE_INFINITY));
    }

    public static FloatVector sigmoid(FloatVector x) {
        return broadcast(x, 1).div(exp(x.neg()).add(1));
    }

    public static FloatVector tanh(FloatVector x) {
        FloatVector m = expm1Negative(x.abs().mul(-2));
        FloatVector t = m.div(m.add(2));
        IntVector sign = x.reinterpretAsInts().and(Integer.MIN_VALUE);
        return t.reinterpretAsInts().and(Integer.MAX_VALUE).or(sign).reinterpretAsFloats();
    }

    public static FloatVector softplus(FloatVector x) {
        FloatVector e = exp(x.abs().neg());
        FloatVector u = e.add(1);
        FloatVector tail = log(u).add(e.sub(u.sub(1)).div(u));
        return tail.blend(tail.add(x), x.compare(VectorOperators.GT, 0));
    }

    private static FloatVector broadcast(FloatVector like, float value) {
        return like.broadcast(value);
    }
}
