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
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The features of {@link Celo2}, from the clipped gradient that stands at {@link FusedPlan#values}, and where its dir goes.
 *
 * @param eps added to the second moment before its root: 1e-8
 */
record Celo2Kernel(float eps) implements FusedKernel {
    /** Per-element features: g, clipped g, p, m, v, m·q, q, g·factor, g·q, m·factor. */
    static final int FEATURES = 7 + 5 + 2 * K;

    @Override
    public void features(FusedPlan plan, OptimizerState state, Step step, int at, int count, int x, int across, int along, int momenta) {
        whole(plan, state, step, at, count / L * L, x, across, along, momenta);
        if (count % GROUP != 0) {
            partial(plan, state, step, at, count, x, across, along, momenta);
        }
    }

    /** Without masks, which cost much where there are no registers for them. */
    private void whole(FusedPlan plan, OptimizerState state, Step step, int at, int end, int x, int across, int along, int momenta) {
        float[] s = state.scratch();
        float[] params = step.params();
        float[] seconds = state.slot(SECOND_MOMENT);
        float[] m0 = state.slot(MOMENTUM);
        float[] m1 = state.slot(MOMENTUM + 1);
        float[] m2 = state.slot(MOMENTUM + 2);
        int stride = plan.sideStride;
        int values = plan.values + at;
        float across0 = s[across];
        float across1 = s[across + stride];
        float across2 = s[across + 2 * stride];
        for (int i = 0; i < end; i += L) {
            FloatVector g = FloatVector.fromArray(S, s, values + i);
            FloatVector v = FloatVector.fromArray(S, seconds, at + i);
            FloatVector q = FloatVector.broadcast(S, 1).div(v.add(eps).sqrt());
            FloatVector clipped = g.blend(0.1f, g.compare(VectorOperators.GT, 0.1f));
            clipped = clipped.blend(-0.1f, clipped.compare(VectorOperators.LT, -0.1f));
            int y = x + i;
            g.intoArray(s, y);
            clipped.intoArray(s, y + BLOCK);
            FloatVector.fromArray(S, params, at + i).intoArray(s, y + 2 * BLOCK);
            v.intoArray(s, y + 6 * BLOCK);
            q.intoArray(s, y + 10 * BLOCK);
            g.mul(q).intoArray(s, y + 14 * BLOCK);
            FloatVector m = FloatVector.fromArray(S, m0, at + i);
            m.intoArray(s, y + 3 * BLOCK);
            m.mul(q).intoArray(s, y + 7 * BLOCK);
            g.mul(FloatVector.fromArray(S, s, along + i).mul(across0)).intoArray(s, y + 11 * BLOCK);
            m.mul(FloatVector.fromArray(S, s, momenta + i).mul(across0)).intoArray(s, y + 15 * BLOCK);
            m = FloatVector.fromArray(S, m1, at + i);
            m.intoArray(s, y + 4 * BLOCK);
            m.mul(q).intoArray(s, y + 8 * BLOCK);
            g.mul(FloatVector.fromArray(S, s, along + stride + i).mul(across1)).intoArray(s, y + 12 * BLOCK);
            m.mul(FloatVector.fromArray(S, s, momenta + stride + i).mul(across1)).intoArray(s, y + 16 * BLOCK);
            m = FloatVector.fromArray(S, m2, at + i);
            m.intoArray(s, y + 5 * BLOCK);
            m.mul(q).intoArray(s, y + 9 * BLOCK);
            g.mul(FloatVector.fromArray(S, s, along + 2 * stride + i).mul(across2)).intoArray(s, y + 13 * BLOCK);
            m.mul(FloatVector.fromArray(S, s, momenta + 2 * stride + i).mul(across2)).intoArray(s, y + 17 * BLOCK);
        }
    }

    /** The rest of the last group. */
    private void partial(FusedPlan plan, OptimizerState state, Step step, int at, int count, int x, int across, int along, int momenta) {
        float[] s = state.scratch();
        int stride = plan.sideStride;
        int end = Lanes.padded(count);
        for (int i = count / L * L; i < end; i += L) {
            VectorMask<Float> in = S.indexInRange(i, count);
            FloatVector g = FloatVector.fromArray(S, s, plan.values + at + i, in);
            FloatVector v = FloatVector.fromArray(S, state.slot(SECOND_MOMENT), at + i, in);
            FloatVector q = FloatVector.zero(S).blend(1, in).div(v.add(eps).sqrt());
            FloatVector clipped = g.blend(0.1f, g.compare(VectorOperators.GT, 0.1f));
            clipped = clipped.blend(-0.1f, clipped.compare(VectorOperators.LT, -0.1f));
            int y = x + i;
            g.intoArray(s, y);
            clipped.intoArray(s, y + BLOCK);
            FloatVector.fromArray(S, step.params(), at + i, in).intoArray(s, y + 2 * BLOCK);
            v.intoArray(s, y + 6 * BLOCK);
            q.intoArray(s, y + 10 * BLOCK);
            g.mul(q).intoArray(s, y + 14 * BLOCK);
            for (int k = 0; k < K; k++) {
                FloatVector m = FloatVector.fromArray(S, state.slot(MOMENTUM + k), at + i, in);
                FloatVector factor = FloatVector.fromArray(S, s, along + i + k * stride, in).mul(s[across + k * stride]);
                FloatVector momentumFactor =
                        FloatVector.fromArray(S, s, momenta + i + k * stride, in).mul(s[across + k * stride]);
                m.intoArray(s, y + (3 + k) * BLOCK);
                m.mul(q).intoArray(s, y + (7 + k) * BLOCK);
                g.mul(factor).intoArray(s, y + (11 + k) * BLOCK);
                m.mul(momentumFactor).intoArray(s, y + (15 + k) * BLOCK);
            }
        }
    }

    /** Keeps dir where the gradient was. */
    @Override
    public void finish(FusedPlan plan, OptimizerState state, Step step, int at, int count, int y) {
        float[] s = state.scratch();
        int dir = plan.values + at;
        int i = 0;
        for (; i + L <= count; i += L) {
            FloatVector.fromArray(S, s, y + i).intoArray(s, dir + i);
        }
        for (; i < count; i++) {
            s[dir + i] = s[y + i];
        }
    }
}
