package io.evolo.optimizers.learned;

import static io.evolo.optimizers.learned.Lanes.BLOCK;
import static io.evolo.optimizers.learned.Lanes.L;
import static io.evolo.optimizers.learned.LearnedState.K;

import io.evolo.optimizers.learned.FusedTensor.Grain;
import io.evolo.optimizers.learned.FusedTensor.Slice;
import java.util.List;

/**
 * How the fused kernels walk over a layout's tensors, and where in the state's scratch array they keep what.
 *
 * @param tensors in parameter order
 * @param features per-element features; the other inputs of the network are constant along a row or column, or everywhere
 * @param units hidden units, padded to a multiple of {@link FusedNet#UNITS}
 * @param sideStride distance of two arrays of a side, see {@link #MEAN}
 * @param tableStride distance of two units' rows in the tables of the first layer
 * @param elements space for one value per parameter; 0 if the rule needs none
 */
record FusedPlan(
        List<FusedTensor> tensors,
        int features,
        int units,
        int sideStride,
        int tableStride,
        int elements) {

    // Arrays of a side, one per factored second moment, in units of sideStride: the moment, 1/√(moment + 1e-8), what turns a gradient
    // and what turns a momentum into an Adafactor-scaled one.
    static final int MEAN = 0;
    static final int ROOT = K;
    static final int FACTOR = 2 * K;
    static final int MOMENTUM_FACTOR = 3 * K;
    private static final int ARRAYS = 4 * K;

    /** Space for inputs that are the same for every element. */
    static final int TIMES = 16;

    /** Step size, factor that keeps the parameters. */
    static final int RATES = 2;

    /** Features of a row or of a column: {@link #MEAN} and {@link #ROOT}. */
    static final int SIDE = 2 * K;

    static FusedPlan of(List<FusedTensor> tensors, int features, int units, int elements) {
        int entries = 1;
        int table = 1;
        for (FusedTensor tensor : tensors) {
            entries = Math.max(entries, Math.max(tensor.factoring().rows(), tensor.factoring().cols()));
            for (Slice slice : tensor.slices()) {
                for (FusedTile tile : slice.tiles()) {
                    table = Math.max(table, Math.max(tile.rows(), tile.alongEntries()));
                }
            }
        }
        // Beyond the entries: a vector of slack for loads at odd entries, one entry 1, and a vector for products of both sides. The
        // odd vectors keep a unit's row of a table from falling on the cache lines of the next unit's.
        return new FusedPlan(List.copyOf(tensors), features, units, Lanes.padded(entries) + 3 * L, (table / L | 1) * L + 2 * L,
                elements);
    }

    // The scratch array.

    /** Features of a block [features, BLOCK]. */
    int x() {
        return 0;
    }

    /** First hidden layer of a block [units, BLOCK]. */
    int hidden1() {
        return x() + features * BLOCK;
    }

    /** Second hidden layer of a block [units, BLOCK]. */
    int hidden2() {
        return hidden1() + units * BLOCK;
    }

    /** Outputs of a block [2, BLOCK]. */
    int outputs() {
        return hidden2() + units * BLOCK;
    }

    /** Partial sums of squares per feature [features, L]. */
    int lanes() {
        return outputs() + 2 * BLOCK;
    }

    /** Mean squares of the per-element features, then of the rows' and of the columns' features. */
    int means() {
        return lanes() + features * L;
    }

    /** Scales of the same features. */
    int scales() {
        return means() + Lanes.padded(features + 2 * SIDE);
    }

    /** Scaled weights of the first layer's per-element features, packed. */
    int weights() {
        return scales() + Lanes.padded(features + 2 * SIDE);
    }

    /** Scaled weights of the rows' features [units, SIDE], then of the columns'. */
    int sideWeights() {
        return weights() + features * units;
    }

    /** Inputs that are the same for every element. */
    int times() {
        return sideWeights() + 2 * SIDE * units;
    }

    /** What a kernel needs to finish a tensor's elements [RATES]. */
    int rates() {
        return times() + TIMES;
    }

    /** The first layer's bias with the inputs in it that are the same for every element [units]. */
    int bias() {
        return rates() + RATES;
    }

    /** The first layer's part that is constant along a run [units, tableStride]. */
    int acrossTable() {
        return bias() + Lanes.padded(units);
    }

    /** The first layer's part that varies along a run [units, tableStride]. */
    int alongTable() {
        return acrossTable() + units * tableStride;
    }

    /** The rows' arrays. */
    int rowSide() {
        return alongTable() + units * tableStride;
    }

    /** The columns' arrays; of a tensor that is not factored, the elements' arrays. */
    int colSide() {
        return rowSide() + ARRAYS * sideStride;
    }

    /** In a side's arrays: an entry whose factors are 1. */
    int unit() {
        return sideStride - 2 * L;
    }

    /** Writes the entry whose factors are 1, on the rows' side. */
    void setUnit(float[] s) {
        for (int array = FACTOR; array < ARRAYS; array++) {
            s[rowSide() + array * sideStride + unit()] = 1;
        }
    }

    /** In a side's arrays: a vector of entries for products of both sides. */
    int products() {
        return sideStride - L;
    }

    /** Sums of squares of the gradient per row. */
    int rowSums() {
        return colSide() + ARRAYS * sideStride;
    }

    /** Sums of squares of the gradient per column. */
    int colSums() {
        return rowSums() + sideStride;
    }

    /** Sums over a few rows; a mean per row. */
    int partial() {
        return colSums() + sideStride;
    }

    /** One value per parameter. */
    int values() {
        return partial() + sideStride;
    }

    /** What follows. */
    int end() {
        return values() + elements + L;
    }

    int across(Grain grain) {
        return grain == Grain.COLUMNS_ALONG ? rowSide() : colSide();
    }

    int along(Grain grain) {
        return grain == Grain.ROWS_ALONG ? rowSide() : colSide();
    }
}
