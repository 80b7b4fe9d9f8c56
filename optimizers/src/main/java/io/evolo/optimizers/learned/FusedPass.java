package io.evolo.optimizers.learned;

import static io.evolo.optimizers.learned.FusedPlan.FACTOR;
import static io.evolo.optimizers.learned.FusedPlan.MOMENTUM_FACTOR;
import static io.evolo.optimizers.learned.FusedPlan.SIDE;
import static io.evolo.optimizers.learned.Lanes.BLOCK;
import static io.evolo.optimizers.learned.Lanes.GROUP;
import static io.evolo.optimizers.learned.Lanes.HALF;
import static io.evolo.optimizers.learned.LearnedState.K;

import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.learned.FusedTensor.Grain;
import io.evolo.optimizers.learned.FusedTensor.Slice;
import io.evolo.tasks.kernels.Team;
import java.util.Arrays;

/**
 * The two passes over the elements of a slice: one sums the squares of their features, one runs the network on them. Both take a
 * tile's elements row by row in blocks; a row's last group may be partial, and a block may hold ends and beginnings of several rows.
 * A place in a tile is the number of elements before it.
 */
record FusedPass(FusedNet net, FusedKernel kernel) {

    /**
     * First pass: updates momenta and second moment, chunk by chunk, while the chunk is in the second-level cache, and scales the
     * network's weights to the slice.
     *
     * @param g holds the gradient, from {@code gAt} on
     *
     * @return 0, or NaN; see {@link FusedNet#scale}
     */
    float scale(
            FusedPlan plan,
            OptimizerState state,
            Step step,
            FusedTensor tensor,
            Slice slice,
            Decays decays,
            float[] g,
            int gAt,
            float eps) {
        float[] s = state.scratch();
        Arrays.fill(s, plan.means, plan.means + plan.features, 0);
        int threads = FusedShares.threads(slice);
        if (threads > 1) {
            shareSquares(plan, state, step, tensor, slice, decays, g, gAt, threads);
        } else {
            int x = plan.x;
            for (int i = 0; i < slice.chunks().size(); i++) {
                x = squares(plan, state, step, tensor, slice, i, decays, g, gAt, x);
                for (int feature = 0; feature < plan.features; feature++) {
                    s[plan.means + feature] += Lanes.sum(s, plan.lanes + feature * GROUP);
                }
            }
        }
        for (int feature = 0; feature < plan.features; feature++) {
            s[plan.means + feature] /= slice.size();
        }
        return net.scale(plan, s, tensor, slice, eps);
    }

    /** Of one chunk: updates its momenta, and leaves the partial sums of its features' squares; returns the next block's features. */
    private int squares(
            FusedPlan plan, OptimizerState state, Step step, FusedTensor tensor, Slice slice, int index, Decays decays, float[] g, int gAt,
            int x) {
        FusedTile chunk = slice.chunks().get(index);
        float[] s = state.scratch();
        momenta(state, decays, tensor, chunk, g, gAt);
        Arrays.fill(s, plan.lanes, plan.lanes + plan.features * GROUP, 0);
        for (int place = 0; place < chunk.size(); x += step(plan, slice)) {
            place = features(plan, state, step, tensor, chunk, place, chunk.size(), x);
            FusedLayers.addSquares(s, x, plan.features, plan.lanes);
        }
        return x;
    }

    /** Every thread takes some of the chunks; their sums are added in the order of chunks, as by one thread. */
    private void shareSquares(
            FusedPlan plan, OptimizerState state, Step step, FusedTensor tensor, Slice slice, Decays decays, float[] g, int gAt, int threads) {
        int chunks = slice.chunks().size();
        FusedShares shares = plan.shares;
        shares.reserve(state, threads, chunks * plan.features);
        float[] sums = shares.sums();
        Team.each(part -> {
            shares.copy(part, plan.rowSide, plan.rowSums);
            OptimizerState mine = shares.state(part);
            for (int i = Team.cut(chunks, 1, part, threads); i < Team.cut(chunks, 1, part + 1, threads); i++) {
                FusedTile chunk = slice.chunks().get(i);
                values(plan, tensor, chunk, 0, chunk.rows(), (from, to) -> shares.copy(part, from, to));
                squares(plan, mine, step, tensor, slice, i, decays, g, gAt, plan.x);
                for (int feature = 0; feature < plan.features; feature++) {
                    sums[i * plan.features + feature] = Lanes.sum(mine.scratch(), plan.lanes + feature * GROUP);
                }
            }
        });
        float[] s = state.scratch();
        for (int i = 0; i < chunks; i++) {
            for (int feature = 0; feature < plan.features; feature++) {
                s[plan.means + feature] += sums[i * plan.features + feature];
            }
        }
    }

    /** Places in a scratch array, from the first to before the last. */
    @FunctionalInterface
    private interface Places {
        void at(int from, int to);
    }

    /** The values per parameter of some rows, if the rule has any. */
    private static void values(FusedPlan plan, FusedTensor tensor, FusedTile tile, int fromRow, int toRow, Places places) {
        for (int row = fromRow; plan.hasValues && row < toRow; row++) {
            int at = plan.values + at(tensor, tile, row, 0);
            places.at(at, at + tile.cols());
        }
    }

    private static void momenta(OptimizerState state, Decays decays, FusedTensor tensor, FusedTile chunk, float[] g, int gAt) {
        boolean joined = chunk.cols() == chunk.pitch();
        int runs = joined ? 1 : chunk.rows();
        for (int row = 0; row < runs; row++) {
            FusedMoments.momenta(state, decays, at(tensor, chunk, row, 0), joined ? chunk.size() : chunk.cols(), g, gAt);
        }
    }

    /** Second pass: runs the network on every element and lets the kernel finish it. */
    void run(FusedPlan plan, OptimizerState state, Step step, FusedTensor tensor, Slice slice) {
        int threads = FusedShares.threads(slice);
        if (threads > 1) {
            share(plan, state, step, tensor, slice, threads);
            return;
        }
        int x = plan.x;
        for (int i = 0; i < slice.tiles().size(); i++) {
            FusedTile tile = slice.tiles().get(i);
            x = run(plan, state, step, tensor, slice, tile, 0, tile.rows(), x);
        }
    }

    /** Every thread takes some rows of every tile. */
    private void share(FusedPlan plan, OptimizerState state, Step step, FusedTensor tensor, Slice slice, int threads) {
        FusedShares shares = plan.shares;
        shares.reserve(state, threads, 0);
        Team.each(part -> {
            shares.copy(part, plan.scales, plan.acrossTable);
            for (int i = 0; i < slice.tiles().size(); i++) {
                FusedTile tile = slice.tiles().get(i);
                int from = Team.cut(tile.rows(), 1, part, threads);
                int to = Team.cut(tile.rows(), 1, part + 1, threads);
                values(plan, tensor, tile, from, to, (a, b) -> shares.copy(part, a, b));
                run(plan, shares.state(part), step, tensor, slice, tile, from, to, plan.x);
                values(plan, tensor, tile, from, to, (a, b) -> shares.copyBack(part, a, b));
            }
        });
    }

    /** Some rows of a tile; returns the next block's features. */
    private int run(
            FusedPlan plan, OptimizerState state, Step step, FusedTensor tensor, Slice slice, FusedTile tile, int fromRow, int toRow, int x) {
        if (fromRow == toRow) {
            return x;
        }
        int end = toRow * tile.cols();
        net.tables(plan, state.scratch(), tensor.grain(), tile);
        for (int place = fromRow * tile.cols(); place < end; x += step(plan, slice)) {
            if (slice.kept() == 0) {
                features(plan, state, step, tensor, tile, place, end, x);
            }
            network(plan, state.scratch(), tensor.grain(), tile, place, end, x);
            place = finish(plan, state, step, tensor, tile, place, end);
        }
        return x;
    }

    /** How far the next block's features are. */
    private static int step(FusedPlan plan, Slice slice) {
        return slice.kept() > 0 ? plan.features * BLOCK : 0;
    }

    /** Writes the features of the block that begins at {@code place}, up to the place {@code end}; returns the next block's place. */
    private int features(
            FusedPlan plan, OptimizerState state, Step step, FusedTensor tensor, FusedTile tile, int place, int end, int x) {
        int lane = 0;
        while (lane < BLOCK && place < end) {
            int row = place / tile.cols();
            int col = place - row * tile.cols();
            int count = Math.min(BLOCK - lane, tile.cols() - col);
            features(plan, state, step, tensor, tile, row, col, count, x + lane);
            lane += Lanes.padded(count);
            place += count;
        }
        if (lane < BLOCK) {
            for (int i = 0; i < plan.features; i++) {
                Arrays.fill(state.scratch(), x + i * BLOCK + lane, x + (i + 1) * BLOCK, 0);
            }
        }
        return place;
    }

    private void features(
            FusedPlan plan,
            OptimizerState state,
            Step step,
            FusedTensor tensor,
            FusedTile tile,
            int row,
            int col,
            int count,
            int x) {
        Grain grain = tensor.grain();
        int factors = FACTOR * plan.sideStride;
        int momenta = grain == Grain.UNFACTORED ? (MOMENTUM_FACTOR - FACTOR) * plan.sideStride : 0;
        int across = plan.rowSide + factors + plan.unit;
        int along = plan.along(grain) + factors + tile.along() + row * tile.alongStep() + col;
        switch (grain) {
            case COLUMNS_ALONG, ROWS_ALONG -> across = plan.across(grain) + factors + tile.across() + row;
            case BOTH_ALONG -> {
                int other = plan.rowSide + factors + tile.other() + row * tile.otherStep() + col;
                int products = plan.colSide + factors + plan.products;
                FusedLayers.products(state.scratch(), along, other, plan.sideStride, K, count, products);
                along = products;
            }
            case UNFACTORED -> {}
        }
        kernel.features(plan, state, step, at(tensor, tile, row, col), count, x, across, along, along + momenta);
    }

    /** Runs the network on the block that begins at {@code place}. */
    private void network(FusedPlan plan, float[] s, Grain grain, FusedTile tile, int place, int end, int x) {
        int stride = plan.tableStride;
        if (grain == Grain.BOTH_ALONG || tile.cols() % HALF != 0) {
            start(plan, s, grain, tile, place, end);
            net.run(plan, s, x, plan.zero, plan.zero, 0, plan.hidden1, plan.hidden1 + HALF, BLOCK);
            return;
        }
        // A block at the tile's end may have no second half; then any elements do.
        int other = Math.min(place + HALF, tile.size() - HALF);
        int alongA = plan.alongTable + along(tile, place);
        int alongB = plan.alongTable + along(tile, other);
        if (grain == Grain.UNFACTORED) {
            net.run(plan, s, x, plan.zero, plan.zero, 0, alongA, alongB, stride);
        } else {
            int acrossA = plan.acrossTable + place / tile.cols();
            int acrossB = plan.acrossTable + other / tile.cols();
            net.run(plan, s, x, acrossA, acrossB, stride, alongA, alongB, stride);
        }
    }

    /** The entry along of a place, counted from the tile's first. */
    private static int along(FusedTile tile, int place) {
        int row = place / tile.cols();
        return row * tile.alongStep() + place - row * tile.cols();
    }

    /** Gathers what the first layer of a block starts with, where the tables cannot be read in halves of blocks. */
    private void start(FusedPlan plan, float[] s, Grain grain, FusedTile tile, int place, int end) {
        int lane = 0;
        while (lane < BLOCK && place < end) {
            int row = place / tile.cols();
            int col = place - row * tile.cols();
            int count = Math.min(BLOCK - lane, tile.cols() - col);
            start(plan, s, grain, tile, row, col, count, plan.hidden1 + lane);
            lane += Lanes.padded(count);
            place += count;
        }
    }

    private void start(FusedPlan plan, float[] s, Grain grain, FusedTile tile, int row, int col, int count, int y) {
        int entry = row * tile.alongStep() + col;
        int along = plan.alongTable + entry;
        int stride = plan.tableStride;
        switch (grain) {
            case COLUMNS_ALONG, ROWS_ALONG ->
                FusedLayers.start(s, plan.acrossTable + row, stride, along, stride, plan.units, count, y);
            case UNFACTORED -> FusedLayers.start(s, plan.zero, 0, along, stride, plan.units, count, y);
            case BOTH_ALONG -> {
                int rows = plan.rowSide + tile.other() + row * tile.otherStep() + col;
                int cols = plan.colSide + tile.along() + entry;
                for (int j = 0; j < plan.units; j++) {
                    int unit = y + j * BLOCK;
                    Arrays.fill(s, unit, unit + Lanes.padded(count), s[plan.bias + j]);
                    FusedLayers.addSide(s, rows, plan.sideStride, plan.rowWeights + j * SIDE, count, unit);
                    FusedLayers.addSide(s, cols, plan.sideStride, plan.colWeights + j * SIDE, count, unit);
                }
            }
        }
    }

    /** Finishes the elements of a block; returns the next block's place. */
    private int finish(FusedPlan plan, OptimizerState state, Step step, FusedTensor tensor, FusedTile tile, int place, int end) {
        int lane = 0;
        while (lane < BLOCK && place < end) {
            int row = place / tile.cols();
            int col = place - row * tile.cols();
            int count = Math.min(BLOCK - lane, tile.cols() - col);
            kernel.finish(plan, state, step, at(tensor, tile, row, col), count, plan.outputs + lane);
            lane += Lanes.padded(count);
            place += count;
        }
        return place;
    }

    /** Where an element is in the flat parameters. */
    private static int at(FusedTensor tensor, FusedTile tile, int row, int col) {
        return tensor.factoring().offset() + tile.at() + row * tile.pitch() + col;
    }
}
