package io.evolo.meta.cuda;

import java.util.ArrayList;
import java.util.List;

/**
 * Newton–Schulz as kernels: of small matrices one block has all iterations of one; of a large one every product is a launch, which as
 * many blocks share as there are tiles for, or the device wants.
 */
final class Orthogonal {
    private static final int TIMES = 5;
    private static final float A = 3.4445f;
    private static final float B = -4.7750f;
    private static final float C = 2.0315f;
    private static final float EPSILON = 1e-8f;
    private static final int TILE = 4;

    private Orthogonal() {}

    /** Of all groups that have scratch memory for it: twice the matrix, and twice the square of its smaller side. */
    static Call ofSmall(int groupCount, byte[] places, Struct.Table groups) {
        return Call.blocks("newton_schulz", groupCount, places, groups, TIMES, A, B, C, EPSILON);
    }

    /**
     * Of one matrix.
     *
     * @param direction where it lies
     */
    static List<Call> ofLarge(LaneMemory memory, int direction, int rows, int cols) {
        int size = rows * cols;
        int least = Math.min(rows, cols);
        int[] x = {memory.take(size), memory.take(size)};
        int gram = memory.take((long) least * least);
        int polynomial = memory.take((long) least * least);
        int norms = memory.take(Norms.parts(size));
        byte[] quintic = new Struct().floats(A, B, C).ints(rows, cols).toBytes();
        List<Call> calls = new ArrayList<>();
        calls.add(Norms.call(direction, size, norms));
        calls.add(Call.items("large_begin", size, direction, x[0], size, norms, Norms.parts(size), EPSILON));
        for (int time = 0; time < TIMES; time++) {
            int from = x[time % 2];
            int to = time == TIMES - 1 ? direction : x[1 - time % 2];
            calls.add(Call.items("large_gram", tiles(least, least), from, gram, quintic));
            calls.add(Call.items("large_polynomial", tiles(least, least), gram, polynomial, quintic));
            calls.add(Call.items("large_next", tiles(rows, cols), from, polynomial, to, quintic));
        }
        return calls;
    }

    private static long tiles(int m, int n) {
        return (long) ((m + TILE - 1) / TILE) * ((n + TILE - 1) / TILE);
    }
}
