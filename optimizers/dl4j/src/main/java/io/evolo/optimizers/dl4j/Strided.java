package io.evolo.optimizers.dl4j;

import io.evolo.tasks.kernels.Transpose;
import io.evolo.tasks.kernels.Twin;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * Where a tensor lies in DL4J's memory, to read and write it row-major. Dense tensors and transposed matrices (DL4J's dense weights
 * are stored by columns) go by blocks of memory; other strides element by element. Immutable.
 */
final class Strided {
    private final List<Integer> axes;
    private final int size;
    private final boolean dense;
    private final int[] places;

    /**
     * @param axes sizes as rules see them, outermost first
     * @param strides distance in memory of neighbours along each axis, in values
     */
    Strided(List<Integer> axes, List<Integer> strides) {
        if (axes.size() != strides.size()) {
            throw new IllegalArgumentException("axes " + axes + " and strides " + strides + ", expected as many");
        }
        this.axes = List.copyOf(axes);
        this.size = axes.stream().reduce(1, Math::multiplyExact);
        this.dense = isDense(axes, strides);
        this.places = dense || isTransposed(axes, strides) ? new int[0] : places(axes, strides, size);
    }

    private static boolean isDense(List<Integer> axes, List<Integer> strides) {
        int expected = 1;
        for (int i = axes.size() - 1; i >= 0; i--) {
            if (axes.get(i) > 1 && strides.get(i) != expected) {
                return false;
            }
            expected *= axes.get(i);
        }
        return true;
    }

    private static boolean isTransposed(List<Integer> axes, List<Integer> strides) {
        return axes.size() == 2 && strides.get(0) == 1 && strides.get(1).equals(axes.get(0));
    }

    /** Where each element is, counted from the first, in row-major order. */
    private static int[] places(List<Integer> axes, List<Integer> strides, int size) {
        int[] places = new int[size];
        int inner = 1;
        for (int axis = axes.size() - 1; axis >= 0; axis--) {
            for (int i = 0; i < size; i++) {
                places[i] += i / inner % axes.get(axis) * strides.get(axis);
            }
            inner *= axes.get(axis);
        }
        return places;
    }

    int size() {
        return size;
    }

    /**
     * Reads the tensor.
     *
     * @param memory the array that it lies in
     * @param offset its first value there
     * @param to row-major, from {@code at} on
     * @param scratch at least {@link #size} values, overwritten
     */
    void read(FloatBuffer memory, int offset, float[] to, int at, float[] scratch) {
        if (dense) {
            memory.get(offset, to, at, size);
        } else if (places.length == 0) {
            memory.get(offset, scratch, 0, size);
            Transpose.run(Twin.selected(), scratch, 0, axes.get(1), axes.get(0), to, at);
        } else {
            for (int i = 0; i < size; i++) {
                to[at + i] = memory.get(offset + places[i]);
            }
        }
    }

    /** Writes the tensor; the counterpart of {@link #read}. */
    void write(float[] from, int at, FloatBuffer memory, int offset, float[] scratch) {
        if (dense) {
            memory.put(offset, from, at, size);
        } else if (places.length == 0) {
            Transpose.run(Twin.selected(), from, at, axes.get(0), axes.get(1), scratch, 0);
            memory.put(offset, scratch, 0, size);
        } else {
            for (int i = 0; i < size; i++) {
                memory.put(offset + places[i], from[at + i]);
            }
        }
    }
}
