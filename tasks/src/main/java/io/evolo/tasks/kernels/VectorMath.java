package io.evolo.tasks.kernels;

import static io.evolo.tasks.kernels.FloatMath.*;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** The vector twins of {@link FloatMath#exp} and {@link FloatMath#log} for the inside of other kernels. */
public final class VectorMath {

    private VectorMath() {}

    /**
     * e^x in every lane, with the bits of {@link FloatMath#exp}. Call it from small methods only: where the compiler finds the
     * compilation too large to inline it, the vectors are allocated.
     */
    public static FloatVector exp(FloatVector x) {
        FloatVector clamped = x.blend(EXP_MIN, x.compare(VectorOperators.LT, EXP_MIN));
        FloatVector shifted = clamped.fma(x.broadcast(LOG2_E), x.broadcast(ROUND));
        FloatVector k = shifted.sub(ROUND);
        FloatVector r = k.fma(x.broadcast(-LN2_LOW), k.fma(x.broadcast(-LN2_HIGH), clamped));
        FloatVector p = r.fma(x.broadcast(E7), x.broadcast(E6)).fma(r, x.broadcast(E5)).fma(r, x.broadcast(E4));
        p = p.fma(r, x.broadcast(E3)).fma(r, x.broadcast(E2));
        p = p.fma(r.mul(r), r).add(1);
        IntVector exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, MANTISSA_BITS);
        FloatVector y = p.reinterpretAsInts().add(exponent).reinterpretAsFloats();
        y = y.blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, EXP_MAX));
        return y.blend(x, x.compare(VectorOperators.NE, x));
    }

    /** ln x in every lane, with the bits of {@link FloatMath#log}; for its arguments. Call it as {@link #exp}. */
    public static FloatVector log(FloatVector x) {
        IntVector bits = x.reinterpretAsInts().sub(SQRT_HALF);
        FloatVector n = bits.lanewise(VectorOperators.ASHR, MANTISSA_BITS).convert(VectorOperators.I2F, 0).reinterpretAsFloats();
        FloatVector f = bits.and(MANTISSA).add(SQRT_HALF).reinterpretAsFloats().sub(1);
        FloatVector s = f.div(f.add(2));
        FloatVector z = s.mul(s);
        FloatVector p = z.fma(x.broadcast(L9), x.broadcast(L7)).fma(z, x.broadcast(L5)).fma(z, x.broadcast(L3)).mul(z);
        FloatVector y = n.fma(x.broadcast(LN2_HIGH), f.sub(s.fma(f.sub(p), n.mul(-LN2_LOW))));
        return y.blend(x, x.compare(VectorOperators.LT, Float.POSITIVE_INFINITY).not());
    }
}
