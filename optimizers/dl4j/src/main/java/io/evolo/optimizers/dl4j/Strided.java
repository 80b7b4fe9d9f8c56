package io.evolo.optimizers.dl4j;

import io.evolo.tasks.kernels.Transpose;
import io.evolo.tasks.kernels.Twin;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a tensor's values lie in DL4J's memory, to bring them into row-major order and back. Axes that lie one behind the other in both
 * orders count as one; what is left is a number of transposed matrices: one for a dense layer's weights, which DL4J keeps by columns,
 * and one per input channel for a convolution's. Immutable.
 */
final class Strided {
    private static final Axis NONE = new Axis(1, 1, 1);

    private final int size;
    private final boolean dense;
    private final Axis along; // whose neighbours are neighbours in DL4J's memory
    private final Axis inner; // whose neighbours are neighbours in row-major order
    private final int[] memoryAt; // where the matrices of the two begin
    private final int[] arrayAt;

    /**
     * @param size number of positions
     * @param stride distance of neighbours in DL4J's memory
     * @param step distance of neighbours in row-major order
     */
    private record Axis(int size, int stride, int step) {}

    /**
     * @param axes sizes as rules see them, outermost first
     * @param strides distance in memory of neighbours along each axis, in values
     * @throws IllegalArgumentException if the values do not fill a stretch of memory
     */
    Strided(List<Integer> axes, List<Integer> strides) {
        if (axes.size() != strides.size()) {
            throw new IllegalArgumentException("axes " + axes + " and strides " + strides + ", expected as many");
        }
        this.size = axes.stream().reduce(1, Math::multiplyExact);
        List<Axis> merged = merged(axes, strides);
        int span = merged.stream().mapToInt(axis -> (axis.size() - 1) * axis.stride()).sum() + 1;
        if (span != size) {
            throw new IllegalArgumentException("a tensor of axes " + axes + " with strides " + strides + " spreads " + size
                    + " values over " + span + ", expected a dense one; replace it by its dup()");
        }
        this.along = merged.stream().filter(axis -> axis.stride() == 1).findFirst().orElse(NONE);
        Axis last = merged.isEmpty() ? NONE : merged.getLast();
        this.dense = along.equals(last);
        this.inner = dense ? NONE : last;
        merged.remove(along);
        merged.remove(inner);
        this.memoryAt = places(merged, true);
        this.arrayAt = places(merged, false);
    }

    /** Axes of more than one position, neighbours made one where a single stride leads through both. */
    private static List<Axis> merged(List<Integer> axes, List<Integer> strides) {
        List<Axis> merged = new ArrayList<>();
        int step = 1;
        for (int i = axes.size() - 1; i >= 0; i--) {
            Axis axis = new Axis(axes.get(i), strides.get(i), step);
            step *= axes.get(i);
            if (!merged.isEmpty() && axis.stride() == merged.getFirst().size() * merged.getFirst().stride()) {
                Axis behind = merged.removeFirst();
                merged.addFirst(new Axis(axis.size() * behind.size(), behind.stride(), behind.step()));
            } else if (axis.size() > 1) {
                merged.addFirst(axis);
            }
        }
        return merged;
    }

    /** Where each position on these axes is. */
    private static int[] places(List<Axis> axes, boolean inMemory) {
        int[] places = new int[] {0};
        for (Axis axis : axes) {
            int[] more = new int[places.length * axis.size()];
            for (int i = 0; i < more.length; i++) {
                more[i] = places[i / axis.size()] + i % axis.size() * (inMemory ? axis.stride() : axis.step());
            }
            places = more;
        }
        return places;
    }

    int size() {
        return size;
    }

    /**
     * Reads the tensor.
     *
     * @param place its first value in {@code memory}
     * @param to row-major, from {@code at} on
     */
    void read(Memory memory, int place, float[] to, int at) {
        if (dense && memoryAt.length == 1) {
            memory.get(place, to, at, size);
            return;
        }
        long first = place + memory.shift();
        for (int i = 0; i < memoryAt.length; i++) {
            Crossing.read(Twin.selected(), memory.values(), first + memoryAt[i], inner.stride(), inner.size(), along.size(), to,
                    at + arrayAt[i], along.step());
        }
    }

    /**
     * Writes the old values less the new ones.
     *
     * @param updated the new values, row-major, from {@code at} on
     * @param old holds the old ones at the same place as {@code memory} the difference
     */
    void writeDecrease(float[] updated, int at, Memory old, Memory memory, int place) {
        long oldAt = place + old.shift();
        long first = place + memory.shift();
        if (dense && memoryAt.length == 1) {
            Crossing.subtract(Twin.selected(), updated, at, size, old.values(), oldAt, memory.values(), first);
            return;
        }
        for (int i = 0; i < memoryAt.length; i++) {
            Crossing.subtract(Twin.selected(), updated, at + arrayAt[i], along.step(), along.size(), inner.size(), old.values(),
                    oldAt + memoryAt[i], memory.values(), first + memoryAt[i], inner.stride());
        }
    }

    /** Writes the tensor; the counterpart of {@link #read}. */
    void write(float[] from, int at, Memory memory, int place) {
        if (dense && memoryAt.length == 1) {
            memory.put(place, from, at, size);
            return;
        }
        float[] arranged = new float[size];
        for (int i = 0; i < memoryAt.length; i++) {
            Transpose.run(Twin.selected(), from, at + arrayAt[i], along.step(), along.size(), inner.size(), arranged, memoryAt[i],
                    inner.stride());
        }
        memory.put(place, arranged, 0, size);
    }
}
