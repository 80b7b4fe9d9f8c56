package io.evolo.optimizers.learned;

import static io.evolo.optimizers.learned.Lanes.BLOCK;
import static io.evolo.optimizers.learned.Lanes.S;
import static io.evolo.optimizers.learned.LearnedState.K;
import static io.evolo.optimizers.learned.LearnedState.MOMENTUM;
import static io.evolo.optimizers.learned.LearnedState.SECOND_MOMENT;

import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.tasks.kernels.VectorMath;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** The features of {@link SmallFc} and what it makes of dir and mag. */
record SmallFcKernel(float expMult) implements FusedKernel {
    /** Per-element features: g, p, m, v, m·q, q, g·factor, m·factor. */
    static final int FEATURES = 6 + 4 + 2 * K;

    @Override
    public void features(FusedPlan plan, OptimizerState state, Step step, int at, int count, int x, int across, int along) {
        float[] s = state.scratch();
        VectorMask<Float> in = S.indexInRange(0, count);
        FloatVector g = FloatVector.fromArray(S, step.gradient(), at, in);
        FloatVector v = FloatVector.fromArray(S, state.slot(SECOND_MOMENT), at, in);
        FloatVector q = FloatVector.zero(S).blend(1, in).div(v.add(1e-6f).sqrt());
        g.intoArray(s, x);
        FloatVector.fromArray(S, step.params(), at, in).intoArray(s, x + BLOCK);
        v.intoArray(s, x + 5 * BLOCK);
        q.intoArray(s, x + 9 * BLOCK);
        int stride = plan.sideStride();
        for (int k = 0; k < K; k++) {
            FloatVector m = FloatVector.fromArray(S, state.slot(MOMENTUM + k), at, in);
            FloatVector factor = FloatVector.fromArray(S, s, along + k * stride, in).mul(s[across + k * stride]);
            FloatVector momentumFactor =
                    FloatVector.fromArray(S, s, along + (K + k) * stride, in).mul(s[across + k * stride]);
            m.intoArray(s, x + (2 + k) * BLOCK);
            m.mul(q).intoArray(s, x + (6 + k) * BLOCK);
            g.mul(factor).intoArray(s, x + (10 + k) * BLOCK);
            m.mul(momentumFactor).intoArray(s, x + (13 + k) * BLOCK);
        }
    }

    /** p ← (p − stepSize·dir·exp(mag·expMult))·keep, in place. */
    @Override
    public void finish(FusedPlan plan, OptimizerState state, Step step, int at, int count, int y) {
        float[] s = state.scratch();
        VectorMask<Float> in = S.indexInRange(0, count);
        FloatVector growth = VectorMath.exp(FloatVector.fromArray(S, s, y + BLOCK).mul(expMult));
        FloatVector move = FloatVector.fromArray(S, s, y).mul(growth).mul(s[plan.rates()]);
        FloatVector p = FloatVector.fromArray(S, step.params(), at, in);
        p.sub(move).mul(s[plan.rates() + 1]).intoArray(step.params(), at, in);
    }
}
