package io.evolo.optimizers.learned;

import static io.evolo.optimizers.learned.Lanes.BLOCK;
import static io.evolo.optimizers.learned.Lanes.S;
import static io.evolo.optimizers.learned.LearnedState.K;
import static io.evolo.optimizers.learned.LearnedState.MOMENTUM;
import static io.evolo.optimizers.learned.LearnedState.SECOND_MOMENT;

import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** The features of {@link Celo2}, from the clipped gradient that stands at {@link FusedPlan#values}, and where its dir goes. */
record Celo2Kernel() implements FusedKernel {
    /** Per-element features: g, clipped g, p, m, v, m·q, q, g·factor, g·q, m·factor. */
    static final int FEATURES = 7 + 5 + 2 * K;

    @Override
    public void features(FusedPlan plan, OptimizerState state, Step step, int at, int count, int x, int across, int along) {
        float[] s = state.scratch();
        VectorMask<Float> in = S.indexInRange(0, count);
        FloatVector g = FloatVector.fromArray(S, s, plan.values() + at, in);
        FloatVector v = FloatVector.fromArray(S, state.slot(SECOND_MOMENT), at, in);
        FloatVector q = FloatVector.zero(S).blend(1, in).div(v.add(1e-8f).sqrt());
        FloatVector clipped = g.blend(0.1f, g.compare(VectorOperators.GT, 0.1f));
        clipped = clipped.blend(-0.1f, clipped.compare(VectorOperators.LT, -0.1f));
        g.intoArray(s, x);
        clipped.intoArray(s, x + BLOCK);
        FloatVector.fromArray(S, step.params(), at, in).intoArray(s, x + 2 * BLOCK);
        v.intoArray(s, x + 6 * BLOCK);
        q.intoArray(s, x + 10 * BLOCK);
        g.mul(q).intoArray(s, x + 14 * BLOCK);
        int stride = plan.sideStride();
        for (int k = 0; k < K; k++) {
            FloatVector m = FloatVector.fromArray(S, state.slot(MOMENTUM + k), at, in);
            FloatVector factor = FloatVector.fromArray(S, s, along + k * stride, in).mul(s[across + k * stride]);
            FloatVector momentumFactor =
                    FloatVector.fromArray(S, s, along + (K + k) * stride, in).mul(s[across + k * stride]);
            m.intoArray(s, x + (3 + k) * BLOCK);
            m.mul(q).intoArray(s, x + (7 + k) * BLOCK);
            g.mul(factor).intoArray(s, x + (11 + k) * BLOCK);
            m.mul(momentumFactor).intoArray(s, x + (15 + k) * BLOCK);
        }
    }

    /** Keeps dir where the gradient was. */
    @Override
    public void finish(FusedPlan plan, OptimizerState state, Step step, int at, int count, int y) {
        float[] s = state.scratch();
        FloatVector.fromArray(S, s, y).intoArray(s, plan.values() + at, S.indexInRange(0, count));
    }
}
