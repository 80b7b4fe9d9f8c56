package io.evolo.optimizers.learned;

import static io.evolo.optimizers.learned.Lanes.BLOCK;
import static io.evolo.optimizers.learned.Lanes.L;
import static io.evolo.optimizers.learned.Lanes.S;
import static io.evolo.optimizers.learned.LearnedState.K;
import static io.evolo.optimizers.learned.LearnedState.MOMENTUM;
import static io.evolo.optimizers.learned.LearnedState.SECOND_MOMENT;

import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** The features of {@link SmallFc} and what it makes of dir and mag. */
record SmallFcKernel(float expMult) implements FusedKernel {
    /** Per-element features: g, p, m, v, m·q, q, g·factor, m·factor. */
    static final int FEATURES = 6 + 4 + 2 * K;

    @Override
    public void features(FusedPlan plan, OptimizerState state, Step step, int at, int count, int x, int across, int along, int momenta) {
        float[] s = state.scratch();
        int stride = plan.sideStride;
        int end = Lanes.padded(count);
        for (int i = 0; i < end; i += L) {
            VectorMask<Float> in = S.indexInRange(i, count);
            FloatVector g = FloatVector.fromArray(S, step.gradient(), at + i, in);
            FloatVector v = FloatVector.fromArray(S, state.slot(SECOND_MOMENT), at + i, in);
            FloatVector q = FloatVector.zero(S).blend(1, in).div(v.add(1e-6f).sqrt());
            int y = x + i;
            g.intoArray(s, y);
            FloatVector.fromArray(S, step.params(), at + i, in).intoArray(s, y + BLOCK);
            v.intoArray(s, y + 5 * BLOCK);
            q.intoArray(s, y + 9 * BLOCK);
            for (int k = 0; k < K; k++) {
                FloatVector m = FloatVector.fromArray(S, state.slot(MOMENTUM + k), at + i, in);
                FloatVector factor = FloatVector.fromArray(S, s, along + i + k * stride, in).mul(s[across + k * stride]);
                FloatVector momentumFactor =
                        FloatVector.fromArray(S, s, momenta + i + k * stride, in).mul(s[across + k * stride]);
                m.intoArray(s, y + (2 + k) * BLOCK);
                m.mul(q).intoArray(s, y + (6 + k) * BLOCK);
                g.mul(factor).intoArray(s, y + (10 + k) * BLOCK);
                m.mul(momentumFactor).intoArray(s, y + (13 + k) * BLOCK);
            }
        }
    }

    /** p ← (keepBefore·p − stepSize·dir·exp(mag·expMult))·keepAfter, in place. */
    @Override
    public void finish(FusedPlan plan, OptimizerState state, Step step, int at, int count, int y) {
        float[] s = state.scratch();
        float[] params = step.params();
        exp(s, y + BLOCK, count, expMult);
        for (int i = 0; i < count; i += L) {
            VectorMask<Float> in = S.indexInRange(i, count);
            FloatVector growth = FloatVector.fromArray(S, s, y + BLOCK + i);
            FloatVector move = FloatVector.fromArray(S, s, y + i).mul(growth).mul(s[plan.rates]);
            FloatVector p = FloatVector.fromArray(S, params, at + i, in);
            p.mul(s[plan.rates + 2]).sub(move).mul(s[plan.rates + 1]).intoArray(params, at + i, in);
        }
    }

    /**
     * x ← exp(factor·x) within 2 ulp, for exponents cut to ±87; whole groups. With n = round(x/ln 2) and r = x − n·ln 2, it is 2^n
     * times e^r's Taylor series, whose first omitted term is below 6e-9. Written out here, for whether a method that takes and
     * returns vectors is inlined depends on the run, and where it is not, it allocates them.
     */
    static void exp(float[] s, int x, int count, float factor) {
        int end = x + Lanes.padded(count);
        for (int i = x; i < end; i += L) {
            FloatVector e = FloatVector.fromArray(S, s, i).mul(factor);
            e = e.blend(87, e.compare(VectorOperators.GT, 87));
            e = e.blend(-87, e.compare(VectorOperators.LT, -87));
            // Adding 1.5·2^23 rounds to an integer, which then stands in the lowest bits.
            FloatVector shifted = e.mul(1.44269504f).add(12582912f);
            FloatVector n = shifted.sub(12582912f);
            FloatVector r = n.fma(FloatVector.broadcast(S, -0.693359375f), e);
            r = n.fma(FloatVector.broadcast(S, 2.12194440e-4f), r);
            FloatVector p = r.mul(1 / 5040f).add(1 / 720f);
            p = p.fma(r, FloatVector.broadcast(S, 1 / 120f));
            p = p.fma(r, FloatVector.broadcast(S, 1 / 24f));
            p = p.fma(r, FloatVector.broadcast(S, 1 / 6f));
            p = p.fma(r, FloatVector.broadcast(S, 0.5f));
            p = p.fma(r, FloatVector.broadcast(S, 1));
            p = p.fma(r, FloatVector.broadcast(S, 1));
            IntVector power = shifted.reinterpretAsInts().add(127).lanewise(VectorOperators.LSHL, 23);
            p.mul(power.reinterpretAsFloats()).intoArray(s, i);
        }
    }
}
