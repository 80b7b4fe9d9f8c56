package io.evolo.optimizers.learned;

import io.evolo.tasks.Shape;

/**
 * One tensor as Adafactor sees it (Shazeer & Stern 2018, section 3): its second moments are kept as means over two axes. Axis d0 is
 * the largest, d1 the second largest; of equal axes the later one counts as the larger. A row is a position on all axes but d0, a
 * column one on all axes but d1, both counted row-major. Axes other than these two are kept in both, so a convolution's kernel of
 * shape [4×3×2×2] (d0 = 0, d1 = 1) has 12 rows and 16 columns.
 *
 * <p>A tensor of rank 0 or 1 is not factored: its second moments are kept as they are. Every element is then its own row and its own
 * column, and both are the same accumulator.
 *
 * @param offset where the tensor begins in the flat parameters
 * @param size number of elements
 * @param factored whether the rank is 2 or more
 * @param size0 size of axis d0; 1 if not factored
 * @param stride0 distance of neighbours on axis d0 in the flat tensor; 1 if not factored
 * @param size1 size of axis d1; 1 if not factored
 * @param stride1 distance of neighbours on axis d1 in the flat tensor; 1 if not factored
 * @param rowStride1 distance of neighbours on axis d1 among the rows; 1 if not factored
 * @param rowOffset where the rows begin in the concatenated accumulators
 * @param colOffset where the columns begin there; {@code rowOffset} if not factored
 * @param sliceSize number of elements of the last two axes; all elements if the rank is below 3
 * @param sliceCols size of the last axis; 1 for rank 0
 */
public record FactoredTensor(
        int offset,
        int size,
        boolean factored,
        int size0,
        int stride0,
        int size1,
        int stride1,
        int rowStride1,
        int rowOffset,
        int colOffset,
        int sliceSize,
        int sliceCols) {

    /** Which of two equal largest axes is d0. */
    public enum Ties {
        /** The later one, as in JAX. */
        LATER,
        /** The earlier one, as in PyLO's VeLO, whose exception is kept too: in rank 4 with the axes 0 and 1, the later one. */
        EARLIER
    }

    /** The factoring with ties as in JAX. */
    public static FactoredTensor of(Shape shape, int offset, int accumulatorOffset) {
        return of(shape, offset, accumulatorOffset, Ties.LATER);
    }

    /**
     * The factoring of a tensor of this shape.
     *
     * @param offset where it begins in the flat parameters
     * @param accumulatorOffset where its accumulators begin
     */
    public static FactoredTensor of(Shape shape, int offset, int accumulatorOffset, Ties ties) {
        int rank = shape.rank();
        int size = shape.size();
        if (rank < 2) {
            return new FactoredTensor(offset, size, false, 1, 1, 1, 1, 1, accumulatorOffset, accumulatorOffset, size,
                    rank == 0 ? 1 : size);
        }
        int first = largest(shape, -1);
        int second = largest(shape, first);
        boolean exchanged = ties == Ties.EARLIER && shape.axis(first) == shape.axis(second) && !(rank == 4 && second == 0 && first == 1);
        int d0 = exchanged ? second : first;
        int d1 = exchanged ? first : second;
        int stride1 = stride(shape, d1);
        int cols = shape.axis(rank - 1);
        return new FactoredTensor(offset, size, true, shape.axis(d0), stride(shape, d0), shape.axis(d1), stride1,
                d1 > d0 ? stride1 : stride1 / shape.axis(d0), accumulatorOffset, accumulatorOffset + size / shape.axis(d0),
                shape.axis(rank - 2) * cols, cols);
    }

    private static int largest(Shape shape, int except) {
        int best = -1;
        for (int axis = 0; axis < shape.rank(); axis++) {
            if (axis != except && (best < 0 || shape.axis(axis) >= shape.axis(best))) {
                best = axis;
            }
        }
        return best;
    }

    private static int stride(Shape shape, int axis) {
        int stride = 1;
        for (int i = axis + 1; i < shape.rank(); i++) {
            stride *= shape.axis(i);
        }
        return stride;
    }

    /** Number of rows. */
    public int rows() {
        return size / size0;
    }

    /** Number of columns; if not factored, as many as rows, and the same. */
    public int cols() {
        return size / size1;
    }

    /** Number of accumulated values: rows and columns, or one per element if not factored. */
    public int accumulators() {
        return factored ? rows() + cols() : size;
    }

    /** The row of the tensor's element {@code n}. */
    public int row(int n) {
        return n / (stride0 * size0) * stride0 + n % stride0;
    }

    /** The column of the tensor's element {@code n}. */
    public int col(int n) {
        return n / (stride1 * size1) * stride1 + n % stride1;
    }

    /** The first of the rows that differ from {@code row} only on axis d1; the others follow at {@code rowStride1}. */
    public int firstRowOfGroup(int row) {
        return row / (rowStride1 * size1) * (rowStride1 * size1) + row % rowStride1;
    }

    /** Number of rows of a slice: the size of the axis before the last; 1 for rank 0 and 1. */
    public int sliceRows() {
        return sliceSize / sliceCols;
    }

    /** Number of slices over the last two axes. */
    public int slices() {
        return size / sliceSize;
    }
}
