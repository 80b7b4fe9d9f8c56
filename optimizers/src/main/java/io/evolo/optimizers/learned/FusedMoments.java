package io.evolo.optimizers.learned;

import static io.evolo.optimizers.learned.FusedPlan.FACTOR;
import static io.evolo.optimizers.learned.FusedPlan.MEAN;
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

    /** Updates all accumulators of a tensor and writes the arrays of its sides. */
    static void update(FusedPlan plan, OptimizerState state, FusedTensor tensor, Decays decays, float[] g, int gAt) {
        FactoredTensor factoring = tensor.factoring();
        float[] s = state.scratch();
        momenta(state, decays, factoring.offset(), factoring.size(), g, gAt);
        sumSquares(plan, tensor, g, gAt + factoring.offset(), s);
        for (int k = 0; k < K; k++) {
            float[] accumulators = state.slot(FACTORED + k);
            float beta = decays.adafactor()[k];
            int cols = plan.colSide + k * plan.sideStride;
            average(accumulators, factoring.colOffset(), beta, factoring.cols(), factoring.size1(), s, plan.colSums, cols);
            roots(s, cols, cols + ROOT * plan.sideStride, factoring.cols(), 1e-8f, 0);
            if (factoring.factored()) {
                int rows = plan.rowSide + k * plan.sideStride;
                average(accumulators, factoring.rowOffset(), beta, factoring.rows(), factoring.size0(), s, plan.rowSums, rows);
                roots(s, rows, rows + ROOT * plan.sideStride, factoring.rows(), 1e-8f, 0);
                factors(plan, factoring, k, s);
            }
        }
    }

    /** Momenta and second moment. */
    private static void momenta(OptimizerState state, Decays decays, int at, int count, float[] g, int gAt) {
        for (int k = 0; k < K; k++) {
            float beta = decays.momentum()[k];
            momentum(state.slot(MOMENTUM + k), at, count, beta, g, gAt + at);
        }
        secondMoment(state.slot(SECOND_MOMENT), at, count, decays.rms(), g, gAt + at);
    }

    private static void momentum(float[] m, int at, int count, float beta, float[] g, int gAt) {
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

    /** a ← βa + (1−β)·sum/size, in the accumulators and as a copy at {@code out}. */
    private static void average(float[] a, int at, float beta, int count, int size, float[] s, int sums, int out) {
        for (int i = 0; i < count; i += L) {
            VectorMask<Float> rest = S.indexInRange(i, count);
            FloatVector mean = FloatVector.fromArray(S, s, sums + i).div(size);
            FloatVector x = FloatVector.fromArray(S, a, at + i, rest).mul(beta).add(mean.mul(1 - beta));
            x.intoArray(a, at + i, rest);
            x.intoArray(s, out + i);
        }
    }

    /** The factors of rows and columns for the k-th factored second moment. */
    private static void factors(FusedPlan plan, FactoredTensor tensor, int k, float[] s) {
        int rows = plan.rowSide + k * plan.sideStride;
        int cols = plan.colSide + k * plan.sideStride;
        int rowFactors = rows + FACTOR * plan.sideStride;
        int colFactors = cols + FACTOR * plan.sideStride;
        groupMeans(tensor, s, rows, plan.partial);
        ratios(s, rows, plan.partial, rowFactors, tensor.rows());
        roots(s, rowFactors, rowFactors, tensor.rows(), 0, 1e-9f);
        roots(s, cols, colFactors, tensor.cols(), 0, 1e-9f);
        System.arraycopy(s, rowFactors, s, rows + MOMENTUM_FACTOR * plan.sideStride, tensor.rows());
        System.arraycopy(s, colFactors, s, cols + MOMENTUM_FACTOR * plan.sideStride, tensor.cols());
    }

    /** For every row: the mean of the rows that differ from it only on axis d1. */
    private static void groupMeans(FactoredTensor tensor, float[] s, int rows, int means) {
        Arrays.fill(s, means, means + Lanes.padded(tensor.rows()), 0);
        for (int row = 0; row < tensor.rows(); row++) {
            if (tensor.firstRowOfGroup(row) == row) {
                int end = row + tensor.size1() * tensor.rowStride1();
                float sum = 0;
                for (int i = row; i < end; i += tensor.rowStride1()) {
                    sum += s[rows + i];
                }
                for (int i = row; i < end; i += tensor.rowStride1()) {
                    s[means + i] = sum / tensor.size1();
                }
            }
        }
    }

    private static void ratios(float[] s, int x, int means, int out, int count) {
        for (int i = 0; i < count; i += L) {
            FloatVector mean = FloatVector.fromArray(S, s, means + i).add(1e-9f);
            FloatVector.fromArray(S, s, x + i).div(mean).intoArray(s, out + i);
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

    /** Factors of a tensor that is not factored: 1/√(d + 1e-9) for gradients; for momenta 1/√(d + eps), or 0 for eps = ∞. */
    static void elementFactors(FusedPlan plan, FactoredTensor tensor, float[] s, float eps) {
        for (int k = 0; k < K; k++) {
            int d = plan.colSide + (MEAN + k) * plan.sideStride;
            roots(s, d, d + FACTOR * plan.sideStride, tensor.size(), 1e-9f, 1e-9f);
            roots(s, d, d + MOMENTUM_FACTOR * plan.sideStride, tensor.size(), eps, 0);
        }
    }
}
