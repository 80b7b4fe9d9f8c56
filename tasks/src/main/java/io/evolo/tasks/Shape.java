package io.evolo.tasks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The sizes of a tensor's axes, outermost first; values are stored row-major. No axes: a scalar, one value.
 *
 * @param axes sizes, each at least 1
 */
public record Shape(List<Integer> axes) {

    public Shape {
        axes = List.copyOf(axes);
        for (int axis : axes) {
            if (axis < 1) {
                throw new IllegalArgumentException("shape " + axes + ": every axis must be at least 1");
            }
        }
    }

    public static Shape of(int... axes) {
        return new Shape(Arrays.stream(axes).boxed().toList());
    }

    public int rank() {
        return axes.size();
    }

    public int axis(int i) {
        return axes.get(i);
    }

    /**
     * The number of values.
     *
     * @throws IllegalArgumentException if no array holds as many
     */
    public int size() {
        double values = 1;
        int size = 1;
        for (int axis : axes) {
            values *= axis;
            size *= axis;
        }
        if (values > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "a tensor of shape %s would have %.3g values, expected at most %d, which is what one array holds", this,
                    values, Integer.MAX_VALUE));
        }
        return size;
    }

    @Override
    public String toString() {
        return axes.stream().map(String::valueOf).collect(Collectors.joining("×", "[", "]"));
    }
}
