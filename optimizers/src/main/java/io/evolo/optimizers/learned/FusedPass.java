package io.evolo.optimizers.learned;

import static io.evolo.optimizers.learned.FusedPlan.FACTOR;
import static io.evolo.optimizers.learned.FusedPlan.SIDE;
import static io.evolo.optimizers.learned.Lanes.BLOCK;
import static io.evolo.optimizers.learned.Lanes.GROUPS;
import static io.evolo.optimizers.learned.Lanes.L;
import static io.evolo.optimizers.learned.LearnedState.K;

import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.learned.FusedTensor.Grain;
import io.evolo.optimizers.learned.FusedTensor.Slice;
import java.util.Arrays;

/**
 * The two passes over the elements of a slice: one sums the squares of their features, one runs the network on them. Both write
 * features to a small block that stays in the first-level cache; none keeps a value per element.
 */
record FusedPass(FusedNet net, FusedKernel kernel) {

    /**
     * First pass: scales the network's weights to the slice.
     *
     * @return 0, or NaN; see {@link FusedNet#scale}
     */
    float scale(FusedPlan plan, OptimizerState state, Step step, FusedTensor tensor, Slice slice, float eps) {
        float[] s = state.scratch();
        Arrays.fill(s, plan.means(), plan.means() + plan.features(), 0);
        for (int i = 0; i < slice.chunks().size(); i++) {
            Arrays.fill(s, plan.lanes(), plan.lanes() + plan.features() * L, 0);
            sumSquares(plan, state, step, tensor, slice.chunks().get(i));
            for (int feature = 0; feature < plan.features(); feature++) {
                s[plan.means() + feature] += Lanes.sum(s, plan.lanes() + feature * L);
            }
        }
        for (int feature = 0; feature < plan.features(); feature++) {
            s[plan.means() + feature] /= slice.size();
        }
        return net.scale(plan, s, tensor, slice, eps);
    }

    private void sumSquares(FusedPlan plan, OptimizerState state, Step step, FusedTensor tensor, FusedTile tile) {
        float[] s = state.scratch();
        int group = 0;
        for (int row = 0; row < tile.rows(); row++) {
            for (int col = 0; col < tile.cols(); col += L) {
                features(plan, state, step, tensor, tile, row, col, group);
                if (++group == GROUPS) {
                    FusedLayers.addSquares(s, plan.x(), plan.features(), plan.lanes());
                    group = 0;
                }
            }
        }
        if (group > 0) {
            for (int i = plan.x(); i < plan.x() + plan.features() * BLOCK; i += BLOCK) {
                Arrays.fill(s, i + group * L, i + BLOCK, 0);
            }
            FusedLayers.addSquares(s, plan.x(), plan.features(), plan.lanes());
        }
    }

    /** Second pass: runs the network on every element and lets the kernel finish it. */
    void run(FusedPlan plan, OptimizerState state, Step step, FusedTensor tensor, Slice slice) {
        for (int i = 0; i < slice.tiles().size(); i++) {
            FusedTile tile = slice.tiles().get(i);
            net.tables(plan, state.scratch(), tensor.grain(), tile);
            run(plan, state, step, tensor, tile);
        }
    }

    private void run(FusedPlan plan, OptimizerState state, Step step, FusedTensor tensor, FusedTile tile) {
        int group = 0;
        int doneRow = 0;
        int doneCol = 0;
        for (int row = 0; row < tile.rows(); row++) {
            for (int col = 0; col < tile.cols(); col += L) {
                features(plan, state, step, tensor, tile, row, col, group);
                start(plan, state.scratch(), tensor.grain(), tile, row, col, plan.hidden1() + group * L);
                group++;
                if (group == GROUPS || row == tile.rows() - 1 && col + L >= tile.cols()) {
                    net.run(plan, state.scratch());
                    for (int i = 0; i < group; i++) {
                        finish(plan, state, step, tensor, tile, doneRow, doneCol, i);
                        doneCol += L;
                        if (doneCol >= tile.cols()) {
                            doneCol = 0;
                            doneRow++;
                        }
                    }
                    group = 0;
                }
            }
        }
    }

    private void features(
            FusedPlan plan, OptimizerState state, Step step, FusedTensor tensor, FusedTile tile, int row, int col, int group) {
        int at = tensor.factoring().offset() + tile.at() + row * tile.pitch() + col;
        int factors = FACTOR * plan.sideStride();
        int across = plan.rowSide() + factors + plan.unit();
        int along = plan.along(tensor.grain()) + factors + tile.along() + row * tile.alongStep() + col;
        switch (tensor.grain()) {
            case COLUMNS_ALONG, ROWS_ALONG -> across = plan.across(tensor.grain()) + factors + tile.across() + row;
            case BOTH_ALONG -> {
                int other = plan.rowSide() + factors + tile.other() + row * tile.otherStep() + col;
                int products = plan.colSide() + factors + plan.products();
                FusedLayers.products(state.scratch(), along, other, plan.sideStride(), 2 * K, products);
                along = products;
            }
            case UNFACTORED -> {}
        }
        kernel.features(plan, state, step, at, Math.min(L, tile.cols() - col), plan.x() + group * L, across, along);
    }

    /** Starts the first layer of one vector of elements with what is not in their per-element features. */
    private void start(FusedPlan plan, float[] s, Grain grain, FusedTile tile, int row, int col, int y) {
        int along = row * tile.alongStep() + col;
        switch (grain) {
            case COLUMNS_ALONG, ROWS_ALONG ->
                FusedLayers.start(s, plan.acrossTable() + row, plan.alongTable() + along, plan.tableStride(), plan.units(), y);
            case UNFACTORED -> FusedLayers.start(s, plan.alongTable() + along, plan.tableStride(), plan.units(), y);
            case BOTH_ALONG -> {
                int other = plan.rowSide() + tile.other() + row * tile.otherStep() + col;
                along += plan.colSide() + tile.along();
                for (int j = 0; j < plan.units(); j++) {
                    FusedLayers.fill(s, s[plan.bias() + j], y + j * BLOCK);
                    FusedLayers.addSide(s, other, plan.sideStride(), plan.sideWeights() + j * SIDE, y + j * BLOCK);
                    FusedLayers.addSide(
                            s, along, plan.sideStride(), plan.sideWeights() + (plan.units() + j) * SIDE, y + j * BLOCK);
                }
            }
        }
    }

    private void finish(
            FusedPlan plan, OptimizerState state, Step step, FusedTensor tensor, FusedTile tile, int row, int col, int group) {
        int at = tensor.factoring().offset() + tile.at() + row * tile.pitch() + col;
        kernel.finish(plan, state, step, at, Math.min(L, tile.cols() - col), plan.outputs() + group * L);
    }
}
