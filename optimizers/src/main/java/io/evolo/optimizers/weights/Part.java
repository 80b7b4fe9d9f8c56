package io.evolo.optimizers.weights;

import io.evolo.tasks.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which part of theta a tensor of a published file is: one of theta's tensors, or a slice of it along one axis, with axes in another
 * order.
 *
 * @param name in the file
 * @param tensor theta's, by name
 * @param axis along which it is cut
 * @param from first index of the slice
 * @param count length of the slice; 0: all that there is
 * @param order axis j of the file's tensor is axis {@code order[j]} of theta's; empty: the same order
 */
record Part(String name, String tensor, int axis, int from, int count, List<Integer> order) {

    Part {
        order = List.copyOf(order);
    }

    /** The whole tensor as it is. */
    static Part same(String name, String tensor) {
        return new Part(name, tensor, 0, 0, 0, List.of());
    }

    /** The whole tensor, its axes in another order. */
    static Part permuted(String name, String tensor, Integer... order) {
        return new Part(name, tensor, 0, 0, 0, List.of(order));
    }

    /** A matrix (in, out) that the file has as (out, in). */
    static Part transposed(String name, String tensor) {
        return permuted(name, tensor, 1, 0);
    }

    /** Indices {@code from} to {@code from + count} along an axis. */
    static Part slice(String name, String tensor, int axis, int from, int count) {
        return new Part(name, tensor, axis, from, count, List.of());
    }

    /**
     * Slices that lie one behind the other along an axis.
     *
     * @param name with {@code %d} for the slice's number
     * @param counts length of each
     */
    static List<Part> slices(String name, String tensor, int axis, int... counts) {
        List<Part> parts = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < counts.length; i++) {
            parts.add(slice(name.formatted(i), tensor, axis, from, counts[i]));
            from += counts[i];
        }
        return parts;
    }

    /** The shape in the file. */
    List<Integer> shape(Shape whole) {
        return axes(whole).map(j -> length(whole, j)).boxed().toList();
    }

    private IntStream axes(Shape whole) {
        return order.isEmpty() ? IntStream.range(0, whole.rank()) : order.stream().mapToInt(Integer::intValue);
    }

    private int length(Shape whole, int j) {
        return j == axis && count > 0 ? count : whole.axis(j);
    }

    /** Where in theta's tensor the values of the file's tensor are. */
    Places places(Shape whole) {
        int[] strides = new int[whole.rank()];
        int stride = 1;
        for (int j = whole.rank() - 1; j >= 0; j--) {
            strides[j] = stride;
            stride *= whole.axis(j);
        }
        return new Places(
                whole.rank() == 0 ? 0 : from * strides[axis],
                axes(whole).map(j -> length(whole, j)).toArray(),
                axes(whole).map(j -> strides[j]).toArray());
    }

    /** A tensor of the file as a view of theta's. */
    record Places(int first, int[] lengths, int[] strides) {

        /** The number of values. */
        int size() {
            int size = 1;
            for (int length : lengths) {
                size *= length;
            }
            return size;
        }

        /** Where in theta's tensor the i-th value of the file's is. */
        int of(int i) {
            int place = first;
            int rest = i;
            for (int j = lengths.length - 1; j >= 0; j--) {
                place += rest % lengths[j] * strides[j];
                rest /= lengths[j];
            }
            return place;
        }
    }
}
