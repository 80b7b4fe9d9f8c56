package io.evolo.optimizers.learned;

import static io.evolo.optimizers.learned.FusedPlan.SIDE;
import static io.evolo.optimizers.learned.Lanes.BLOCK;
import static io.evolo.optimizers.learned.Lanes.GROUP;
import static io.evolo.optimizers.learned.Lanes.HALF;
import static io.evolo.optimizers.learned.Lanes.L;
import static io.evolo.optimizers.learned.LearnedState.K;

import io.evolo.optimizers.learned.FusedTensor.Grain;
import io.evolo.optimizers.learned.FusedTensor.Slice;
import io.evolo.tasks.kernels.Registers;

/**
 * The network of a learned rule, packed for the fused kernels: inputs → hidden → hidden → outputs with ReLU after the first two
 * layers, {@link Lanes#BLOCK} elements at a time. Of the inputs only {@code features} vary per element. Those of a row or of a column
 * reach the first layer by tables with one entry per row and per column, those that are the same for every element by its bias; the
 * normalisation of an input is a factor on its weights. Immutable but for {@link #load}.
 *
 * <p>The inputs' order is: all per-element features but three, then the {@link FusedPlan#MEAN} of rows and of columns, the
 * {@link FusedPlan#ROOT} of rows and of columns, the last three per-element features, and what is the same for every element.
 */
final class FusedNet {
    /** Hidden units are padded to a multiple of this; as many are computed together, if not more. */
    static final int UNITS = 4;

    /** Whether the tiles are those of {@link FusedTiles}, else of {@link FusedLayers}. */
    private static final boolean SMALL_TILES = Registers.VECTORS < 32;

    private final int features;
    private final int hidden;
    private final int units;
    private final int outputs;
    private final int times;
    private final int inputs;
    private final int netOutputs;
    private final boolean elements;

    /** Features of a row, and as many of a column. */
    private final int side;

    private final float[] w0;
    private final float[] rowWeights;
    private final float[] colWeights;
    private final float[] elementWeights;
    private final float[] timeWeights;
    private final float[] b0;
    private final float[] w1;
    private final float[] b1;
    private final float[] w2;
    private final float[] b2;

    /**
     * @param net not changed and not kept
     * @param features per-element features
     * @param outputs how many of the network's outputs are wanted, 1 or 2
     * @param elements whether a tensor that is not factored has the features of rows and of columns, both of its elements
     */
    FusedNet(Mlp net, int features, int outputs, boolean elements) {
        this(net, features, outputs, elements, SIDE);
    }

    /** A network without features of rows and columns, with two outputs; all of its inputs per element come first. */
    static FusedNet withoutSides(Mlp net, int features) {
        return new FusedNet(net, features, 2, false, 0);
    }

    private FusedNet(Mlp net, int features, int outputs, boolean elements, int side) {
        int hidden = net.hidden();
        this.features = features;
        this.hidden = hidden;
        this.units = units(hidden);
        this.outputs = outputs;
        this.side = side;
        this.times = net.inputs() - features - 2 * side;
        this.elements = elements;
        this.inputs = net.inputs();
        this.netOutputs = net.outputs();
        this.w0 = new float[features * units];
        this.rowWeights = new float[side * units];
        this.colWeights = new float[side * units];
        this.elementWeights = new float[side * units];
        this.timeWeights = new float[times * units];
        this.b0 = new float[units];
        this.w1 = new float[units * units];
        this.b1 = new float[units];
        this.w2 = new float[2 * units];
        this.b2 = new float[2];
        load(net.theta(), 0);
    }

    /** Packs other weights, which stand at {@code at} as {@link Mlp} has them; for those who own this network alone. */
    void load(float[] theta, int at) {
        int bias = at + inputs * hidden;
        int second = bias + hidden;
        int third = second + hidden * hidden + hidden;
        for (int tile = 0; tile < units; tile += height(tile)) {
            for (int j = tile; j < Math.min(hidden, tile + height(tile)); j++) {
                loadUnit(theta, at, j, tile);
                b0[j] = theta[bias + j];
                for (int i = 0; i < hidden; i++) {
                    w1[packed(i, j, tile, units)] = theta[second + i * hidden + j];
                }
                b1[j] = theta[second + hidden * hidden + j];
            }
        }
        for (int j = 0; j < outputs; j++) {
            for (int i = 0; i < hidden; i++) {
                w2[2 * i + j] = theta[third + i * netOutputs + j];
            }
            b2[j] = theta[third + hidden * netOutputs + j];
        }
    }

    /** The first layer's weights of unit j, which is computed with those from {@code tile} on. */
    private void loadUnit(float[] theta, int at, int j, int tile) {
        int lead = features - K;
        for (int i = 0; i < features; i++) {
            w0[packed(i, j, tile, features)] = theta[at + (i < lead ? i : i + 2 * side) * hidden + j];
        }
        for (int i = 0; i < side; i++) {
            // Means of rows, means of columns, roots of rows, roots of columns, K of each.
            int row = at + (lead + (i < K ? i : i + K)) * hidden + j;
            rowWeights[j * side + i] = theta[row];
            colWeights[j * side + i] = theta[row + K * hidden];
            elementWeights[j * side + i] = elements ? theta[row] + theta[row + K * hidden] : 0;
        }
        for (int i = 0; i < times; i++) {
            timeWeights[i * units + j] = theta[at + (features + 2 * side + i) * hidden + j];
        }
    }

    /** Hidden units, padded. */
    static int units(int hidden) {
        return Math.addExact(hidden, UNITS - 1) / UNITS * UNITS;
    }

    /** How many units are computed together, from this one on. */
    private int height(int tile) {
        return SMALL_TILES ? FusedTiles.height(units - tile) : UNITS;
    }

    /** Where the weight from input i to unit j is: one tile of units after the other, of each tile one input after the other. */
    private int packed(int i, int j, int tile, int ins) {
        return tile * ins + i * height(tile) + j - tile;
    }

    /** Once a step: the first layer's bias, from what stands at {@link FusedPlan#times}. */
    void bias(FusedPlan plan, float[] s) {
        System.arraycopy(b0, 0, s, plan.bias, units);
        for (int i = 0; i < times; i++) {
            float x = s[plan.times + i];
            for (int j = 0; j < units; j++) {
                s[plan.bias + j] += x * timeWeights[i * units + j];
            }
        }
    }

    /**
     * Once a slice: scales the first layer's weights by 1/√(eps + mean square of their input).
     *
     * @return 0, or NaN if a mean square is not finite: the ReLU of these kernels does not hand on every NaN, so that this must be
     *     added to something that reaches every element
     */
    float scale(FusedPlan plan, float[] s, FusedTensor tensor, Slice slice, float eps) {
        int rowMeans = plan.means + features;
        int colMeans = rowMeans + SIDE;
        boolean factored = tensor.grain() != Grain.UNFACTORED;
        if (factored) {
            sideMeans(plan, s, plan.rowSide + slice.rows().first(), slice.rows().count(), rowMeans);
        }
        sideMeans(plan, s, plan.colSide + slice.cols().first(), slice.cols().count(), colMeans);
        int count = features + (factored ? 2 * SIDE : 0);
        float check = 0;
        for (int i = 0; i < count; i++) {
            check += 0 * s[plan.means + i];
        }
        FusedMoments.roots(s, plan.means, plan.scales, features + 2 * SIDE, eps, 0);
        scaleWeights(s, plan.scales, plan.weights);
        int side = plan.scales + features;
        scaleSide(rowWeights, s, side, plan.rowWeights);
        scaleSide(factored ? colWeights : elementWeights, s, side + SIDE, plan.colWeights);
        return check;
    }

    /** {@link #scale} for a network without features of rows and columns. */
    float scaleFeatures(FusedPlan plan, float[] s, float eps) {
        float check = 0;
        for (int i = 0; i < features; i++) {
            check += 0 * s[plan.means + i];
        }
        FusedMoments.roots(s, plan.means, plan.scales, features, eps, 0);
        scaleWeights(s, plan.scales, plan.weights);
        return check;
    }

    private void sideMeans(FusedPlan plan, float[] s, int side, int count, int means) {
        FusedMoments.sideSquares(s, side, plan.sideStride, count, plan.lanes);
        for (int i = 0; i < SIDE; i++) {
            s[means + i] = Lanes.sum(s, plan.lanes + i * GROUP) / count;
        }
    }

    private void scaleWeights(float[] s, int scales, int out) {
        int i = 0;
        for (int tile = 0; tile < units; tile += height(tile)) {
            int height = height(tile);
            for (int feature = 0; feature < features; feature++) {
                float scale = s[scales + feature];
                for (int end = i + height; i < end; i++) {
                    s[out + i] = w0[i] * scale;
                }
            }
        }
    }

    private void scaleSide(float[] weights, float[] s, int scales, int out) {
        for (int j = 0; j < units; j++) {
            for (int i = 0; i < SIDE; i++) {
                s[out + j * SIDE + i] = weights[j * SIDE + i] * s[scales + i];
            }
        }
    }

    /** Once a tile: the tables of the first layer. The bias is in the one across. */
    void tables(FusedPlan plan, float[] s, Grain grain, FusedTile tile) {
        int across = plan.acrossTable;
        int along = plan.alongTable;
        switch (grain) {
            case COLUMNS_ALONG -> {
                table(plan, s, plan.rowSide + tile.across(), tile.rows(), plan.rowWeights, plan.bias, across);
                table(plan, s, plan.colSide + tile.along(), tile.alongEntries(), plan.colWeights, -1, along);
            }
            case ROWS_ALONG -> {
                table(plan, s, plan.colSide + tile.across(), tile.rows(), plan.colWeights, plan.bias, across);
                table(plan, s, plan.rowSide + tile.along(), tile.alongEntries(), plan.rowWeights, -1, along);
            }
            case UNFACTORED ->
                table(plan, s, plan.colSide + tile.along(), tile.alongEntries(), plan.colWeights, plan.bias, along);
            case BOTH_ALONG -> {}
        }
    }

    private void table(FusedPlan plan, float[] s, int side, int count, int weights, int bias, int out) {
        int end = Lanes.padded(count);
        for (int i = 0; i < end; i += L) {
            FusedLayers.table(s, side + i, plan.sideStride, weights, bias, units, out + i, plan.tableStride);
        }
    }

    /**
     * The network of a block. Its elements lie in two halves, A and B, each within a row.
     *
     * @param x the block's features
     * @param acrossA what the first layer of the half's elements starts with: the first unit's entry that they share; those of the
     *     other units are {@code acrossStride} apart
     * @param alongA the first unit's entry of the first element, the others' behind it; those of the other units are
     *     {@code alongStride} apart
     */
    void run(
            FusedPlan plan,
            float[] s,
            int x,
            int acrossA,
            int acrossB,
            int acrossStride,
            int alongA,
            int alongB,
            int alongStride) {
        if (SMALL_TILES) {
            smallTiles(plan, s, x, acrossA, acrossB, acrossStride, alongA, alongB, alongStride);
        } else {
            largeTiles(plan, s, x, acrossA, acrossB, acrossStride, alongA, alongB, alongStride);
        }
    }

    private void smallTiles(
            FusedPlan plan,
            float[] s,
            int x,
            int acrossA,
            int acrossB,
            int acrossStride,
            int alongA,
            int alongB,
            int alongStride) {
        for (int j = 0; j < units; j += height(j)) {
            int at = plan.weights + j * features;
            int across = j * acrossStride;
            int along = j * alongStride;
            int y = plan.hidden1 + j * BLOCK;
            if (height(j) == 6) {
                FusedTiles.sixFirst(
                        s, x, features, at, acrossA + across, acrossB + across, acrossStride, alongA + along, alongB + along, alongStride, y);
            } else {
                FusedTiles.fourFirst(
                        s, x, features, at, acrossA + across, acrossB + across, acrossStride, alongA + along, alongB + along, alongStride, y);
            }
        }
        for (int j = 0; j < units; j += height(j)) {
            int y = plan.hidden2 + j * BLOCK;
            if (height(j) == 6) {
                FusedTiles.sixSecond(s, plan.hidden1, units, w1, j * units, b1, j, y);
            } else {
                FusedTiles.fourSecond(s, plan.hidden1, units, w1, j * units, b1, j, y);
            }
        }
        for (int lane = 0; lane < BLOCK; lane += 4 * L) {
            outputs(plan, s, lane);
        }
    }

    private void largeTiles(
            FusedPlan plan,
            float[] s,
            int x,
            int acrossA,
            int acrossB,
            int acrossStride,
            int alongA,
            int alongB,
            int alongStride) {
        for (int lane = 0; lane < BLOCK; lane += 4 * L) {
            int next = lane + 2 * L;
            int across = lane < HALF ? acrossA : acrossB;
            int nextAcross = next < HALF ? acrossA : acrossB;
            int along = lane < HALF ? alongA + lane : alongB + lane - HALF;
            int nextAlong = next < HALF ? alongA + next : alongB + next - HALF;
            int layer1 = plan.hidden1 + lane;
            int layer2 = plan.hidden2 + lane;
            for (int j = 0; j < units; j += UNITS) {
                FusedLayers.hidden1(
                        s,
                        x + lane,
                        features,
                        plan.weights + j * features,
                        across + j * acrossStride,
                        nextAcross + j * acrossStride,
                        acrossStride,
                        along + j * alongStride,
                        nextAlong + j * alongStride,
                        alongStride,
                        layer1 + j * BLOCK);
            }
            for (int j = 0; j < units; j += UNITS) {
                FusedLayers.hidden2(s, layer1, units, w1, j * units, b1, j, layer2 + j * BLOCK);
            }
            outputs(plan, s, lane);
        }
    }

    private void outputs(FusedPlan plan, float[] s, int lane) {
        int x = plan.hidden2 + lane;
        int y = plan.outputs + lane;
        if (outputs == 1) {
            FusedLayers.output(s, x, units, w2, b2[0], y);
        } else {
            FusedLayers.outputs(s, x, units, w2, b2[0], b2[1], y);
        }
    }
}
