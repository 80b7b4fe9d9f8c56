package io.evolo.optimizers.verify;

import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Tensors recorded in torch's order of axes, (out, in) and (out, in, height, width), as this project has them: (in, out) and (height,
 * width, in, out). Values are row-major in both.
 */
final class TorchTensors {
    private TorchTensors() {}

    /** This project's shape. */
    static Shape shape(Shape torch) {
        int[] order = order(torch.rank());
        List<Integer> axes = new ArrayList<>();
        for (int axis : order) {
            axes.add(torch.axis(axis));
        }
        return new Shape(axes);
    }

    /** Writes all tensors of {@code values}, name → numbers, to a flat array of the layout, whose shapes are this project's. */
    static float[] read(JsonValue values, ParamLayout layout) {
        float[] flat = new float[layout.size()];
        for (int i = 0; i < layout.tensors(); i++) {
            Shape shape = layout.spec(i).shape();
            float[] recorded = new float[shape.size()];
            values.get(layout.spec(i).name()).copyTo(recorded, 0, recorded.length);
            reorder(recorded, shape, flat, layout.offset(i));
        }
        return flat;
    }

    /** @param shape this project's */
    static void reorder(float[] recorded, Shape shape, float[] out, int at) {
        int rank = shape.rank();
        int[] order = order(rank);
        int[] stride = new int[rank]; // in the recorded array, of this project's axes
        int step = 1;
        for (int torchAxis = rank - 1; torchAxis >= 0; torchAxis--) {
            for (int axis = 0; axis < rank; axis++) {
                if (order[axis] == torchAxis) {
                    stride[axis] = step;
                    step *= shape.axis(axis);
                    break;
                }
            }
        }
        for (int i = 0; i < recorded.length; i++) {
            int rest = i;
            int from = 0;
            for (int axis = rank - 1; axis >= 0; axis--) {
                from += rest % shape.axis(axis) * stride[axis];
                rest /= shape.axis(axis);
            }
            out[at + i] = recorded[from];
        }
    }

    /** Which of torch's axes stands at each place: all but the first two, then those two the other way round. */
    private static int[] order(int rank) {
        int[] order = new int[rank];
        for (int i = 0; i < rank; i++) {
            order[i] = rank < 2 ? i : i < rank - 2 ? i + 2 : rank - 1 - i;
        }
        return order;
    }
}
