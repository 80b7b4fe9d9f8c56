package io.evolo.optimizers.learned;

import static io.evolo.optimizers.learned.Lanes.BLOCK;
import static io.evolo.optimizers.learned.Lanes.GROUP;
import static io.evolo.optimizers.learned.LearnedState.K;

import io.evolo.optimizers.learned.FusedTensor.Grain;
import io.evolo.optimizers.learned.FusedTensor.Slice;
import java.util.List;

/**
 * How the fused kernels walk over a layout's tensors, and where in the state's scratch array they keep what. Places are multiples of
 * a group from {@link #x} on. Immutable but for {@link #shares}, which is memory.
 */
final class FusedPlan {
    // Arrays of a side, one per factored second moment, in units of sideStride: the moment, 1/√(moment + 1e-8), what turns a gradient
    // or a momentum into an Adafactor-scaled one; what turns a momentum into one, if that differs, as where a tensor is not factored.
    static final int MEAN = 0;
    static final int ROOT = K;
    static final int FACTOR = 2 * K;
    static final int MOMENTUM_FACTOR = 3 * K;
    private static final int ARRAYS = 4 * K;

    /** Features of a row or of a column: {@link #MEAN} and {@link #ROOT}. */
    static final int SIDE = 2 * K;

    private static final int MOST_TIMES = GROUP;

    /**
     * Values before the first place. An array's values begin 16 bytes into the object, so that all places are on cache lines where
     * objects are (-XX:ObjectAlignmentInBytes=64), which makes the kernels about a tenth faster.
     */
    private static final int TO_CACHE_LINE = 12;

    /** In parameter order. */
    final List<FusedTensor> tensors;

    /** Number of per-element features; the network's other inputs are constant along a row or column, or everywhere. */
    final int features;

    /** Number of hidden units, padded. */
    final int units;

    /** Distance of two arrays of a side. */
    final int sideStride;

    /** In a side's arrays: an entry whose factors are 1. */
    final int unit;

    /** In a side's arrays: a block of entries for products of both sides. */
    final int products;

    /** Distance of two units' rows in the tables of the first layer. */
    final int tableStride;

    /** Features of a block [features, BLOCK]; where features are kept, of one block after the other. */
    final int x;

    /** First hidden layer of a block [units, BLOCK]. */
    final int hidden1;

    /** Second hidden layer of a block [units, BLOCK]. */
    final int hidden2;

    /** Outputs of a block [2, BLOCK]. */
    final int outputs;

    /** Partial sums of squares per feature [features, GROUP]. */
    final int lanes;

    /** Mean squares of the per-element features, then of the rows' and of the columns' features [features + 2·SIDE]. */
    final int means;

    /** Scales of the same features. */
    final int scales;

    /** Scaled weights of the first layer's per-element features, packed. */
    final int weights;

    /** Scaled weights of the rows' features [units, SIDE]. */
    final int rowWeights;

    /** Scaled weights of the columns' features [units, SIDE]. */
    final int colWeights;

    /** Inputs that are the same for every element. */
    final int times;

    /** The first layer's bias with these inputs in it [units]. */
    final int bias;

    /** The step size, then the factors that keep the parameters after and before the step. */
    final int rates;

    /** A value that is 0. */
    final int zero;

    /** The first layer's part that is constant along a run [units, tableStride]. */
    final int acrossTable;

    /** The first layer's part that varies along a run [units, tableStride]. */
    final int alongTable;

    /** The rows' arrays. */
    final int rowSide;

    /** The columns' arrays; of a tensor that is not factored, the elements' arrays. */
    final int colSide;

    /** Sums of squares of the gradient per row. */
    final int rowSums;

    /** Sums of squares of the gradient per column. */
    final int colSums;

    /** Sums over a few rows; a mean per row. */
    final int partial;

    /** One value per parameter, where a rule needs that. */
    final int values;

    /** The first place that is free. */
    final int end;

    /** Whether there is a value per parameter. */
    final boolean hasValues;

    /** For steps that a team shares out. */
    final FusedShares shares = new FusedShares();

    /**
     * @param features number of per-element features
     * @param units number of hidden units, padded
     * @param room how many values per parameter have room: their number, or 0
     */
    FusedPlan(List<FusedTensor> tensors, int features, int units, int room) {
        this(List.copyOf(tensors), Sizes.of(tensors), features, units, room);
    }

    /**
     * For a rule without factored second moments, which walks over its tensors by itself. The table along has room for the starts of
     * {@link Lanes#HALF} a block.
     */
    static FusedPlan withoutSides(int features, int units) {
        return new FusedPlan(List.of(), new Sizes(1, Lanes.HALF, 1), features, units, 0);
    }

    private FusedPlan(List<FusedTensor> tensors, Sizes sizes, int features, int units, int room) {
        this.tensors = tensors;
        this.features = features;
        this.units = units;
        // Beyond the entries: a group of slack for loads at odd entries, one with the entry 1, and a block for products of both
        // sides. An odd number of groups keeps a unit's row of a table from falling on the cache lines of the next unit's.
        this.sideStride = Lanes.padded(sizes.entries) + 2 * GROUP + BLOCK;
        this.products = sideStride - BLOCK;
        this.unit = products - GROUP;
        this.tableStride = (sizes.table / GROUP | 1) * GROUP + 2 * GROUP;

        this.x = TO_CACHE_LINE;
        this.hidden1 = x + sizes.blocks * features * BLOCK;
        this.hidden2 = hidden1 + units * BLOCK;
        this.outputs = hidden2 + units * BLOCK;
        this.lanes = outputs + 2 * BLOCK;
        this.means = lanes + features * GROUP;
        this.scales = means + Lanes.padded(features + 2 * SIDE);
        this.weights = scales + Lanes.padded(features + 2 * SIDE);
        this.rowWeights = weights + Lanes.padded(features * units);
        this.colWeights = rowWeights + Lanes.padded(SIDE * units);
        this.times = colWeights + Lanes.padded(SIDE * units);
        this.bias = times + MOST_TIMES;
        this.rates = bias + Lanes.padded(units);
        this.zero = rates + GROUP;
        this.acrossTable = zero + GROUP;
        this.alongTable = acrossTable + units * tableStride;
        this.rowSide = alongTable + units * tableStride;
        this.colSide = rowSide + ARRAYS * sideStride;
        this.rowSums = colSide + ARRAYS * sideStride;
        this.colSums = rowSums + sideStride;
        this.partial = colSums + sideStride;
        this.values = partial + sideStride;
        this.end = values + Lanes.padded(room) + GROUP;
        this.hasValues = room > 0;
    }

    /**
     * What the largest tensor needs.
     *
     * @param entries rows or columns
     * @param table entries of a table
     * @param blocks blocks whose features have room
     */
    private record Sizes(int entries, int table, int blocks) {

        static Sizes of(List<FusedTensor> tensors) {
            Sizes most = new Sizes(1, 1, 1);
            for (FusedTensor tensor : tensors) {
                most = most.and(tensor.factoring().rows(), 1, 1).and(tensor.factoring().cols(), 1, 1);
                for (Slice slice : tensor.slices()) {
                    for (FusedTile tile : slice.tiles()) {
                        most = most.and(1, Math.max(tile.rows(), tile.alongEntries()), slice.kept());
                    }
                }
            }
            return most;
        }

        private Sizes and(int otherEntries, int otherTable, int otherBlocks) {
            return new Sizes(Math.max(entries, otherEntries), Math.max(table, otherTable), Math.max(blocks, otherBlocks));
        }
    }

    /** Writes the value 0, and the entry whose factors are 1 on the rows' side. */
    void setConstants(float[] s) {
        s[zero] = 0;
        for (int array = FACTOR; array < ARRAYS; array++) {
            s[rowSide + array * sideStride + unit] = 1;
        }
    }

    /** The side that is constant along a run. */
    int across(Grain grain) {
        return grain == Grain.COLUMNS_ALONG ? rowSide : colSide;
    }

    /** The side that varies along a run. */
    int along(Grain grain) {
        return grain == Grain.ROWS_ALONG ? rowSide : colSide;
    }
}
