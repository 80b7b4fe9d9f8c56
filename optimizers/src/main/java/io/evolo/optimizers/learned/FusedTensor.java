package io.evolo.optimizers.learned;

import java.util.ArrayList;
import java.util.List;

/**
 * One tensor as the fused kernels walk over it.
 *
 * @param factoring where its elements and accumulators are
 * @param grain which side of the accumulators varies along memory
 * @param slices what is normalised together, in memory order
 */
record FusedTensor(FactoredTensor factoring, Grain grain, List<Slice> slices) {

    /** Which of a tensor's rows and columns vary along runs of its memory; the other side is constant along them. */
    enum Grain {
        /** Axis d0 is innermost: a run is one row. */
        COLUMNS_ALONG,
        /** Axis d1 is innermost: a run is one column. */
        ROWS_ALONG,
        /** Neither is innermost: both vary. */
        BOTH_ALONG,
        /** Not factored: one accumulator per element, kept where columns would be. */
        UNFACTORED
    }

    /**
     * A part of the tensor whose features are normalised together.
     *
     * @param at first element, counted from the tensor's first
     * @param size number of elements
     * @param rows its entries among the tensor's rows
     * @param cols its entries among the tensor's columns
     * @param chunks tiles of a bounded number of elements, each with partial sums of its own
     * @param tiles tiles with a bounded number of rows and columns, for whose tables of the first layer there is room
     * @param kept number of blocks whose features the first pass keeps for the second: all of a small slice, which come from the
     *     second-level cache faster than they are computed again; 0 of others
     */
    record Slice(
            int at, int size, Entries rows, Entries cols, List<FusedTile> chunks, List<FusedTile> tiles, int kept) {}

    /** {@code count} entries from {@code first} on. */
    record Entries(int first, int count) {}

    /** Elements of a chunk. */
    static final int CHUNK = 8192;

    /** Most blocks that are kept: 4,096 elements. */
    static final int KEPT = 64;

    /** Most rows, and most entries of the along side, of a tile. */
    static final int TILE = 1024;

    /** @param sliceSize elements that are normalised together */
    static FusedTensor of(FactoredTensor tensor, int sliceSize) {
        Grain grain = grain(tensor);
        Walk walk = new Walk(tensor, grain, Math.min(run(tensor, grain), sliceSize));
        List<Slice> slices = new ArrayList<>();
        for (int at = 0; at < tensor.size(); at += sliceSize) {
            List<FusedTile> chunks = walk.cut(at, sliceSize, CHUNK, CHUNK, CHUNK);
            List<FusedTile> tiles = walk.cut(at, sliceSize, Integer.MAX_VALUE, TILE, TILE);
            slices.add(new Slice(
                    at,
                    sliceSize,
                    entries(tensor.row(at), tensor.stride0(), tensor.size0(), sliceSize),
                    entries(tensor.col(at), tensor.stride1(), tensor.size1(), sliceSize),
                    chunks,
                    tiles,
                    kept(chunks, tiles)));
        }
        return new FusedTensor(tensor, grain, List.copyOf(slices));
    }

    private static int kept(List<FusedTile> chunks, List<FusedTile> tiles) {
        int blocks = tiles.stream().mapToInt(FusedTile::blocks).sum();
        return blocks <= KEPT && chunks.equals(tiles) ? blocks : 0;
    }

    private static Grain grain(FactoredTensor tensor) {
        if (!tensor.factored()) {
            return Grain.UNFACTORED;
        }
        // Axes of size 1 may follow the innermost axis, so it is told by its stride; d0 first, for both may have stride 1.
        if (tensor.stride0() == 1) {
            return Grain.COLUMNS_ALONG;
        }
        return tensor.stride1() == 1 ? Grain.ROWS_ALONG : Grain.BOTH_ALONG;
    }

    /** Elements that lie side by side and differ on the innermost factored axis only, or on none of the two. */
    private static int run(FactoredTensor tensor, Grain grain) {
        return switch (grain) {
            case COLUMNS_ALONG -> tensor.size0();
            case ROWS_ALONG -> tensor.size1();
            case BOTH_ALONG -> Math.min(tensor.stride0(), tensor.stride1());
            case UNFACTORED -> tensor.size();
        };
    }

    /** The entries, without the axis of that stride and size, of {@code count} elements side by side. */
    private static Entries entries(int first, int stride, int size, int count) {
        return new Entries(first, stride < count ? count / size : count);
    }

    /** How to cut runs into tiles within which entries advance evenly. */
    private record Walk(FactoredTensor tensor, Grain grain, int run) {

        List<FusedTile> cut(int at, int count, int elements, int maxRows, int maxAlong) {
            List<FusedTile> tiles = new ArrayList<>();
            for (int first = at; first < at + count; ) {
                int rows = Math.min(even(first), (at + count - first) / run);
                rows = Math.min(rows, Math.max(1, Math.min(elements / run, maxRows)));
                if (alongStep() + otherStep() > 0) {
                    rows = Math.min(rows, Math.max(1, maxAlong / run));
                }
                for (int col = 0; col < run; col += maxAlong) {
                    tiles.add(tile(first + col, rows, Math.min(maxAlong, run - col)));
                }
                first += rows * run;
            }
            return List.copyOf(tiles);
        }

        private FusedTile tile(int at, int rows, int cols) {
            int row = tensor.row(at);
            int col = tensor.col(at);
            return switch (grain) {
                case COLUMNS_ALONG -> new FusedTile(at, rows, cols, run, row, col, alongStep(), 0, 0);
                case ROWS_ALONG -> new FusedTile(at, rows, cols, run, col, row, alongStep(), 0, 0);
                case BOTH_ALONG -> new FusedTile(at, rows, cols, run, 0, col, alongStep(), row, otherStep());
                case UNFACTORED -> new FusedTile(at, rows, cols, run, 0, at, 0, 0, 0);
            };
        }

        /** Runs from this element on over which the entries advance evenly. */
        private int even(int at) {
            return switch (grain) {
                case COLUMNS_ALONG -> even(at, tensor.stride1(), tensor.size1());
                case ROWS_ALONG -> even(at, tensor.stride0(), tensor.size0());
                case BOTH_ALONG ->
                    Math.min(even(at, tensor.stride0(), tensor.size0()), even(at, tensor.stride1(), tensor.size1()));
                case UNFACTORED -> 1;
            };
        }

        /** Without the axis of that stride and size, entries repeat along that axis and advance within its stride. */
        private int even(int at, int stride, int size) {
            if (stride == run) {
                return size - at / stride % size;
            }
            return Math.max(1, (stride - at % stride) / run);
        }

        private int alongStep() {
            return switch (grain) {
                case COLUMNS_ALONG, BOTH_ALONG -> tensor.stride1() == run ? 0 : run;
                case ROWS_ALONG -> tensor.stride0() == run ? 0 : run;
                case UNFACTORED -> 0;
            };
        }

        private int otherStep() {
            return grain == Grain.BOTH_ALONG && tensor.stride0() != run ? run : 0;
        }
    }
}
