package io.evolo.optimizers.learned;

import static io.evolo.optimizers.learned.Lanes.GROUP;
import static io.evolo.optimizers.learned.Lanes.L;
import static io.evolo.optimizers.learned.Lanes.S;
import static io.evolo.optimizers.learned.LearnedState.K;
import static io.evolo.optimizers.learned.LearnedState.MOMENTUM;
import static io.evolo.optimizers.learned.LearnedState.SECOND_MOMENT;

import io.evolo.optimizers.OptimizerState;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The vector twin of {@link TensorStatistics}. Every chunk of a tensor has partial sums of its own, one for every GROUP-th element;
 * these are added in order, in double precision.
 */
final class TensorStatisticsVectors {
    private static final int CHUNK = FusedTensor.CHUNK;

    private TensorStatisticsVectors() {}

    /** The sum of squares of elements [begin, end). */
    static double squares(float[] x, int begin, int end, float[] s, int work) {
        double sum = 0;
        for (int at = begin; at < end; at += CHUNK) {
            chunkSquares(x, at, Math.min(CHUNK, end - at), s, work);
            sum += Lanes.sum(s, work);
        }
        return sum;
    }

    private static void chunkSquares(float[] x, int at, int count, float[] s, int lanes) {
        for (int lane = 0; lane < GROUP; lane += L) {
            FloatVector total = FloatVector.zero(S);
            int i = lane;
            for (; i + L <= count; i += GROUP) {
                FloatVector y = FloatVector.fromArray(S, x, at + i);
                total = y.fma(y, total);
            }
            if (i < count) {
                FloatVector y = FloatVector.fromArray(S, x, at + i, S.indexInRange(i, count));
                total = y.fma(y, total);
            }
            total.intoArray(s, lanes + lane);
        }
    }

    /** Writes the means of the three momenta and of the second moment. */
    static void moments(OptimizerState state, int begin, int end, float[] s, int out, int work) {
        double m0 = 0;
        double m1 = 0;
        double m2 = 0;
        double v = 0;
        for (int at = begin; at < end; at += CHUNK) {
            int count = Math.min(CHUNK, end - at);
            sums(state.slot(MOMENTUM), state.slot(MOMENTUM + 1), state.slot(MOMENTUM + 2), state.slot(SECOND_MOMENT), at, count, s, work);
            m0 += Lanes.sum(s, work);
            m1 += Lanes.sum(s, work + GROUP);
            m2 += Lanes.sum(s, work + 2 * GROUP);
            v += Lanes.sum(s, work + 3 * GROUP);
        }
        int size = end - begin;
        s[out] = (float) (m0 / size);
        s[out + 1] = (float) (m1 / size);
        s[out + 2] = (float) (m2 / size);
        s[out + 3] = (float) (v / size);
    }

    private static void sums(float[] m0, float[] m1, float[] m2, float[] v, int at, int count, float[] s, int lanes) {
        for (int lane = 0; lane < GROUP; lane += L) {
            FloatVector t0 = FloatVector.zero(S), t1 = t0, t2 = t0, t3 = t0;
            int i = lane;
            for (; i + L <= count; i += GROUP) {
                t0 = t0.add(FloatVector.fromArray(S, m0, at + i));
                t1 = t1.add(FloatVector.fromArray(S, m1, at + i));
                t2 = t2.add(FloatVector.fromArray(S, m2, at + i));
                t3 = t3.add(FloatVector.fromArray(S, v, at + i));
            }
            if (i < count) {
                VectorMask<Float> in = S.indexInRange(i, count);
                t0 = t0.add(FloatVector.fromArray(S, m0, at + i, in));
                t1 = t1.add(FloatVector.fromArray(S, m1, at + i, in));
                t2 = t2.add(FloatVector.fromArray(S, m2, at + i, in));
                t3 = t3.add(FloatVector.fromArray(S, v, at + i, in));
            }
            t0.intoArray(s, lanes + lane);
            t1.intoArray(s, lanes + GROUP + lane);
            t2.intoArray(s, lanes + 2 * GROUP + lane);
            t3.intoArray(s, lanes + 3 * GROUP + lane);
        }
    }

    /** Writes the means of (m − mean m)² and of (v − mean m)² for the three momenta, whose means are at {@code means}. */
    static void deviations(OptimizerState state, int begin, int end, float[] s, int means, int out, int work) {
        for (int k = 0; k < K; k++) {
            double ofM = 0;
            double ofV = 0;
            for (int at = begin; at < end; at += CHUNK) {
                int count = Math.min(CHUNK, end - at);
                deviations(state.slot(MOMENTUM + k), state.slot(SECOND_MOMENT), at, count, s[means + k], s, work);
                ofM += Lanes.sum(s, work);
                ofV += Lanes.sum(s, work + GROUP);
            }
            s[out + k] = (float) (ofM / (end - begin));
            s[out + K + k] = (float) (ofV / (end - begin));
        }
    }

    private static void deviations(float[] m, float[] v, int at, int count, float mean, float[] s, int lanes) {
        for (int lane = 0; lane < GROUP; lane += L) {
            FloatVector t0 = FloatVector.zero(S), t1 = t0;
            int i = lane;
            for (; i + L <= count; i += GROUP) {
                FloatVector dm = FloatVector.fromArray(S, m, at + i).sub(mean);
                FloatVector dv = FloatVector.fromArray(S, v, at + i).sub(mean);
                t0 = dm.fma(dm, t0);
                t1 = dv.fma(dv, t1);
            }
            if (i < count) {
                VectorMask<Float> in = S.indexInRange(i, count);
                FloatVector dm = FloatVector.fromArray(S, m, at + i, in).sub(mean, in);
                FloatVector dv = FloatVector.fromArray(S, v, at + i, in).sub(mean, in);
                t0 = dm.fma(dm, t0);
                t1 = dv.fma(dv, t1);
            }
            t0.intoArray(s, lanes + lane);
            t1.intoArray(s, lanes + GROUP + lane);
        }
    }
}
