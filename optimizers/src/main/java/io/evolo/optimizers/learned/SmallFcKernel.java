package io.evolo.optimizers.learned;

import static io.evolo.optimizers.learned.Lanes.BLOCK;
import static io.evolo.optimizers.learned.Lanes.GROUP;
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
        whole(plan, state, step, at, count / L * L, x, across, along, momenta);
        if (count % GROUP != 0) {
            partial(plan, state, step, at, count, x, across, along, momenta);
        }
    }

    /** Without masks, which cost much where there are no registers for them. */
    private static void whole(
            FusedPlan plan, OptimizerState state, Step step, int at, int end, int x, int across, int along, int momenta) {
        float[] s = state.scratch();
        float[] params = step.params();
        float[] gradient = step.gradient();
        float[] seconds = state.slot(SECOND_MOMENT);
        float[] m0 = state.slot(MOMENTUM);
        float[] m1 = state.slot(MOMENTUM + 1);
        float[] m2 = state.slot(MOMENTUM + 2);
        int stride = plan.sideStride;
        float across0 = s[across];
        float across1 = s[across + stride];
        float across2 = s[across + 2 * stride];
        for (int i = 0; i < end; i += L) {
            FloatVector g = FloatVector.fromArray(S, gradient, at + i);
            FloatVector v = FloatVector.fromArray(S, seconds, at + i);
            FloatVector q = FloatVector.broadcast(S, 1).div(v.add(1e-6f).sqrt());
            int y = x + i;
            g.intoArray(s, y);
            FloatVector.fromArray(S, params, at + i).intoArray(s, y + BLOCK);
            v.intoArray(s, y + 5 * BLOCK);
            q.intoArray(s, y + 9 * BLOCK);
            FloatVector m = FloatVector.fromArray(S, m0, at + i);
            m.intoArray(s, y + 2 * BLOCK);
            m.mul(q).intoArray(s, y + 6 * BLOCK);
            g.mul(FloatVector.fromArray(S, s, along + i).mul(across0)).intoArray(s, y + 10 * BLOCK);
            m.mul(FloatVector.fromArray(S, s, momenta + i).mul(across0)).intoArray(s, y + 13 * BLOCK);
            m = FloatVector.fromArray(S, m1, at + i);
            m.intoArray(s, y + 3 * BLOCK);
            m.mul(q).intoArray(s, y + 7 * BLOCK);
            g.mul(FloatVector.fromArray(S, s, along + stride + i).mul(across1)).intoArray(s, y + 11 * BLOCK);
            m.mul(FloatVector.fromArray(S, s, momenta + stride + i).mul(across1)).intoArray(s, y + 14 * BLOCK);
            m = FloatVector.fromArray(S, m2, at + i);
            m.intoArray(s, y + 4 * BLOCK);
            m.mul(q).intoArray(s, y + 8 * BLOCK);
            g.mul(FloatVector.fromArray(S, s, along + 2 * stride + i).mul(across2)).intoArray(s, y + 12 * BLOCK);
            m.mul(FloatVector.fromArray(S, s, momenta + 2 * stride + i).mul(across2)).intoArray(s, y + 15 * BLOCK);
        }
    }

    /** The rest of the last group. */
    private static void partial(
            FusedPlan plan, OptimizerState state, Step step, int at, int count, int x, int across, int along, int momenta) {
        float[] s = state.scratch();
        int stride = plan.sideStride;
        int end = Lanes.padded(count);
        for (int i = count / L * L; i < end; i += L) {
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
        float rate = s[plan.rates];
        float keepAfter = s[plan.rates + 1];
        float keepBefore = s[plan.rates + 2];
        int i = 0;
        for (; i + L <= count; i += L) {
            FloatVector growth = FloatVector.fromArray(S, s, y + BLOCK + i);
            FloatVector move = FloatVector.fromArray(S, s, y + i).mul(growth).mul(rate);
            FloatVector p = FloatVector.fromArray(S, params, at + i);
            p.mul(keepBefore).sub(move).mul(keepAfter).intoArray(params, at + i);
        }
        for (; i < count; i++) {
            float move = s[y + i] * s[y + BLOCK + i] * rate;
            params[at + i] = (params[at + i] * keepBefore - move) * keepAfter;
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
