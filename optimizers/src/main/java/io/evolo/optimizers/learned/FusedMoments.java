package io.evolo.optimizers.learned;

import static io.evolo.optimizers.learned.FusedPlan.FACTOR;
import static io.evolo.optimizers.learned.FusedPlan.MOMENTUM_FACTOR;
import static io.evolo.optimizers.learned.FusedPlan.ROOT;
import static io.evolo.optimizers.learned.Lanes.GROUP;
import static io.evolo.optimizers.learned.Lanes.L;
import static io.evolo.optimizers.learned.Lanes.S;
import static io.evolo.optimizers.learned.LearnedState.FACTORED;
import static io.evolo.optimizers.learned.LearnedState.K;
import static io.evolo.optimizers.learned.LearnedState.MOMENTUM;
import static io.evolo.optimizers.learned.LearnedState.SECOND_MOMENT;

import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.learned.FusedTensor.Grain;
import io.evolo.optimizers.learned.FusedTensor.Slice;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The accumulators of one tensor, updated by the fused kernels: the same formulas as {@link Decays}. Sums are taken in the order of
 * rows, so that they do not depend on how a tensor might be shared out among threads.
 */
final class FusedMoments {
    /** Rows whose sums are added up before they meet the total, so that long columns lose little to rounding. */
    private static final int ROWS = 64;

    private FusedMoments() {}

    /** Writes g within ±limit, NaN as NaN. */
    static void clip(float[] g, float limit, float[] out, int at) {
        int i = 0;
        for (; i + L <= g.length; i += L) {
            FloatVector x = FloatVector.fromArray(S, g, i);
            x = x.blend(limit, x.compare(VectorOperators.GT, limit));
            x.blend(-limit, x.compare(VectorOperators.LT, -limit)).intoArray(out, at + i);
        }
        for (; i < g.length; i++) {
            out[at + i] = Decays.clip(g[i], limit);
        }
    }

    /**
     * Updates the factored second moments of a tensor and writes the arrays of its sides; {@link #momenta} are the other accumulators.
     *
     * @param eps of a tensor that is not factored, what is added to its moments before their root for momenta; ∞ for none
     */
    static void update(FusedPlan plan, OptimizerState state, FusedTensor tensor, Decays decays, float[] g, int gAt, float eps) {
        FactoredTensor factoring = tensor.factoring();
        float[] s = state.scratch();
        sumSquares(plan, tensor, g, gAt + factoring.offset(), s);
        int stride = plan.sideStride;
        for (int k = 0; k < K; k++) {
            float[] accumulators = state.slot(FACTORED + k);
            float beta = decays.adafactor()[k];
            int cols = plan.colSide + k * stride;
            average(accumulators, factoring.colOffset(), beta, factoring.cols(), factoring.size1(), s, plan.colSums, cols, stride);
            if (factoring.factored()) {
                int rows = plan.rowSide + k * stride;
                average(accumulators, factoring.rowOffset(), beta, factoring.rows(), factoring.size0(), s, plan.rowSums, rows, stride);
                roots(s, cols, cols + FACTOR * stride, factoring.cols(), 0, 1e-9f);
            } else {
                roots(s, cols, cols + FACTOR * stride, factoring.cols(), 1e-9f, 1e-9f);
                roots(s, cols, cols + MOMENTUM_FACTOR * stride, factoring.cols(), eps, 0);
            }
        }
        if (factoring.factored()) {
            rowFactors(plan, factoring, s);
        }
    }

    /** Updates momenta and second moment of {@code count} elements from {@code at} on. */
    static void momenta(OptimizerState state, Decays decays, int at, int count, float[] g, int gAt) {
        for (int k = 0; k < K; k++) {
            float beta = decays.momentum()[k];
            momentum(state.slot(MOMENTUM + k), at, count, beta, g, gAt + at);
        }
        secondMoment(state.slot(SECOND_MOMENT), at, count, decays.rms(), g, gAt + at);
    }

    /** m ← βm + (1−β)g. */
    static void momentum(float[] m, int at, int count, float beta, float[] g, int gAt) {
        int i = 0;
        for (; i + L <= count; i += L) {
            FloatVector x = FloatVector.fromArray(S, g, gAt + i);
            x.mul(1 - beta).add(FloatVector.fromArray(S, m, at + i).mul(beta)).intoArray(m, at + i);
        }
        for (; i < count; i++) {
            m[at + i] = beta * m[at + i] + (1 - beta) * g[gAt + i];
        }
    }

    private static void secondMoment(float[] v, int at, int count, float beta, float[] g, int gAt) {
        int i = 0;
        for (; i + L <= count; i += L) {
            FloatVector x = FloatVector.fromArray(S, g, gAt + i);
            x.mul(x).mul(1 - beta).add(FloatVector.fromArray(S, v, at + i).mul(beta)).intoArray(v, at + i);
        }
        for (; i < count; i++) {
            v[at + i] = beta * v[at + i] + (1 - beta) * (g[gAt + i] * g[gAt + i]);
        }
    }

    /** Sums of g² + 1e-30 per row and per column; of a tensor that is not factored, that value per element. */
    private static void sumSquares(FusedPlan plan, FusedTensor tensor, float[] g, int gAt, float[] s) {
        Arrays.fill(s, plan.rowSums, plan.rowSums + Lanes.padded(tensor.factoring().rows()), 0);
        Arrays.fill(s, plan.colSums, plan.colSums + Lanes.padded(tensor.factoring().cols()), 0);
        for (int i = 0; i < tensor.slices().size(); i++) {
            Slice slice = tensor.slices().get(i);
            for (int j = 0; j < slice.chunks().size(); j++) {
                FusedTile tile = slice.chunks().get(j);
                for (int row = 0; row < tile.rows(); row += ROWS) {
                    sumRows(plan, tensor.grain(), tile, row, Math.min(tile.rows(), row + ROWS), g, gAt, s);
                }
            }
        }
    }

    private static void sumRows(FusedPlan plan, Grain grain, FusedTile tile, int row, int end, float[] g, int gAt, float[] s) {
        int along = (grain == Grain.ROWS_ALONG ? plan.rowSums : plan.colSums) + tile.along();
        int across = (grain == Grain.COLUMNS_ALONG ? plan.rowSums : plan.colSums) + tile.across();
        boolean gather = tile.alongStep() == 0 && end > row + 1;
        if (gather) {
            Arrays.fill(s, plan.partial, plan.partial + Lanes.padded(tile.cols()), 0);
        }
        for (int r = row; r < end; r++) {
            int at = gAt + tile.at() + r * tile.pitch();
            addSquares(g, at, tile.cols(), s, gather ? plan.partial : along + r * tile.alongStep(), plan.lanes);
            switch (grain) {
                case COLUMNS_ALONG, ROWS_ALONG -> s[across + r] += Lanes.sum(s, plan.lanes);
                case BOTH_ALONG ->
                    addSquares(g, at, tile.cols(), s, plan.rowSums + tile.other() + r * tile.otherStep(), plan.lanes);
                case UNFACTORED -> {}
            }
        }
        if (gather) {
            add(s, plan.partial, along, tile.cols());
        }
    }

    /**
     * Adds g² + 1e-30 to {@code count} sums.
     *
     * @param lanes gets the sums over every GROUP-th element [GROUP]
     */
    private static void addSquares(float[] g, int gAt, int count, float[] s, int sums, int lanes) {
        for (int lane = 0; lane < GROUP; lane += L) {
            FloatVector total = FloatVector.zero(S);
            int i = lane;
            for (; i + L <= count; i += GROUP) {
                FloatVector x = FloatVector.fromArray(S, g, gAt + i);
                x = x.mul(x).add(1e-30f);
                total = total.add(x);
                FloatVector.fromArray(S, s, sums + i).add(x).intoArray(s, sums + i);
            }
            if (i < count) {
                VectorMask<Float> rest = S.indexInRange(i, count);
                FloatVector x = FloatVector.fromArray(S, g, gAt + i, rest);
                x = x.mul(x).add(1e-30f, rest);
                total = total.add(x);
                FloatVector.fromArray(S, s, sums + i).add(x).intoArray(s, sums + i);
            }
            total.intoArray(s, lanes + lane);
        }
    }

    private static void add(float[] s, int from, int to, int count) {
        for (int i = 0; i < count; i++) {
            s[to + i] += s[from + i];
        }
    }

    /** a ← βa + (1−β)·sum/size in the accumulators, as a copy at {@code out}, and its {@link FusedPlan#ROOT}. */
    private static void average(
            float[] a, int at, float beta, int count, int size, float[] s, int sums, int out, int stride) {
        for (int i = 0; i < count; i += L) {
            VectorMask<Float> rest = S.indexInRange(i, count);
            FloatVector mean = FloatVector.fromArray(S, s, sums + i).div(size);
            FloatVector x = FloatVector.fromArray(S, a, at + i, rest).mul(beta).add(mean.mul(1 - beta));
            x.intoArray(a, at + i, rest);
            x.intoArray(s, out + i);
            FloatVector.broadcast(S, 1).div(x.add(1e-8f).sqrt()).intoArray(s, out + ROOT * stride + i);
        }
    }

    /** The rows' factors: 1/√(row / (mean of the rows that differ only on axis d1 + 1e-9)), root of 1e-9 at least. */
    private static void rowFactors(FusedPlan plan, FactoredTensor tensor, float[] s) {
        int factors = plan.rowSide + FACTOR * plan.sideStride;
        for (int row = 0; row < tensor.rows(); row++) {
            if (tensor.rowStride1() == 1 ? row % tensor.size1() == 0 : tensor.firstRowOfGroup(row) == row) {
                groupMeans(s, plan.rowSide + row, plan.sideStride, tensor.rowStride1(), tensor.size1(), factors + row);
            }
        }
        for (int k = 0; k < K; k++) {
            int rows = plan.rowSide + k * plan.sideStride;
            inverseRootRatios(s, rows, rows + FACTOR * plan.sideStride, tensor.rows());
        }
    }

    /** For {@code count} rows of each moment: their mean, written for each. */
    private static void groupMeans(float[] s, int rows, int stride, int step, int count, int means) {
        float sum0 = 0;
        float sum1 = 0;
        float sum2 = 0;
        for (int i = 0; i < count * step; i += step) {
            sum0 += s[rows + i];
            sum1 += s[rows + stride + i];
            sum2 += s[rows + 2 * stride + i];
        }
        for (int i = 0; i < count * step; i += step) {
            s[means + i] = sum0 / count;
            s[means + stride + i] = sum1 / count;
            s[means + 2 * stride + i] = sum2 / count;
        }
    }

    /** y ← 1/√max(x / (y + 1e-9), 1e-9); whole vectors. */
    private static void inverseRootRatios(float[] s, int x, int y, int count) {
        for (int i = 0; i < count; i += L) {
            FloatVector mean = FloatVector.fromArray(S, s, y + i).add(1e-9f);
            FloatVector ratio = FloatVector.fromArray(S, s, x + i).div(mean);
            FloatVector.broadcast(S, 1).div(ratio.max(1e-9f).sqrt()).intoArray(s, y + i);
        }
    }

    /** 1/√max(x + add, floor). Writes whole vectors. */
    static void roots(float[] s, int x, int out, int count, float add, float floor) {
        for (int i = 0; i < count; i += L) {
            FloatVector y = FloatVector.fromArray(S, s, x + i).add(add).max(floor).sqrt();
            FloatVector.broadcast(S, 1).div(y).intoArray(s, out + i);
        }
    }

    /** Sums of squares of {@code count} values over every GROUP-th of them, to {@code lanes} [GROUP]. */
    static void squares(float[] s, int x, int count, int lanes) {
        for (int lane = 0; lane < GROUP; lane += L) {
            FloatVector total = FloatVector.zero(S);
            for (int i = lane; i < count; i += GROUP) {
                FloatVector y = FloatVector.fromArray(S, s, x + i, S.indexInRange(i, count));
                total = y.fma(y, total);
            }
            total.intoArray(s, lanes + lane);
        }
    }

    /** {@link #squares} of a side's six arrays, to {@code lanes} [SIDE, GROUP]. */
    static void sideSquares(float[] s, int side, int stride, int count, int lanes) {
        for (int lane = 0; lane < GROUP; lane += L) {
            FloatVector t0 = FloatVector.zero(S), t1 = t0, t2 = t0, t3 = t0, t4 = t0, t5 = t0;
            for (int i = lane; i < count; i += GROUP) {
                VectorMask<Float> in = S.indexInRange(i, count);
                FloatVector x0 = FloatVector.fromArray(S, s, side + i, in);
                FloatVector x1 = FloatVector.fromArray(S, s, side + stride + i, in);
                FloatVector x2 = FloatVector.fromArray(S, s, side + 2 * stride + i, in);
                t0 = x0.fma(x0, t0);
                t1 = x1.fma(x1, t1);
                t2 = x2.fma(x2, t2);
                FloatVector x3 = FloatVector.fromArray(S, s, side + 3 * stride + i, in);
                FloatVector x4 = FloatVector.fromArray(S, s, side + 4 * stride + i, in);
                FloatVector x5 = FloatVector.fromArray(S, s, side + 5 * stride + i, in);
                t3 = x3.fma(x3, t3);
                t4 = x4.fma(x4, t4);
                t5 = x5.fma(x5, t5);
            }
            t0.intoArray(s, lanes + lane);
            t1.intoArray(s, lanes + GROUP + lane);
            t2.intoArray(s, lanes + 2 * GROUP + lane);
            t3.intoArray(s, lanes + 3 * GROUP + lane);
            t4.intoArray(s, lanes + 4 * GROUP + lane);
            t5.intoArray(s, lanes + 5 * GROUP + lane);
        }
    }
}
