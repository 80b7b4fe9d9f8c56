package io.evolo.checkpoints;

import java.util.List;

/**
 * Name and shape of a tensor within a flat array.
 *
 * @param shape sizes of the axes, each at least 1; empty for a scalar
 */
public record NamedTensor(String name, List<Integer> shape) {

    public NamedTensor {
        shape = List.copyOf(shape);
        if (name.isBlank()) {
            throw new IllegalArgumentException("a tensor of shape " + shape + " has no name");
        }
        long size = 1;
        for (int axis : shape) {
            size = axis < 1 ? -1 : size * axis;
            if (size < 1 || size > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("tensor '" + name + "' has shape " + shape
                        + ", expected axes of at least 1 and at most " + Integer.MAX_VALUE + " values");
            }
        }
    }

    /** The number of values. */
    public int size() {
        return shape.stream().reduce(1, (a, b) -> a * b);
    }

    /** @throws IllegalArgumentException if the array does not hold just these tensors */
    static void requireFilled(String what, float[] values, List<NamedTensor> tensors) {
        long size = tensors.stream().mapToLong(NamedTensor::size).sum();
        if (values.length != size) {
            throw new IllegalArgumentException(what + " has " + values.length + " values, expected " + size + " for its "
                    + tensors.size() + " tensors");
        }
    }
}
