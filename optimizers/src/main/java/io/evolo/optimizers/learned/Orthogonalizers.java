package io.evolo.optimizers.learned;

import io.evolo.tasks.kernels.NewtonSchulz;
import io.evolo.tasks.kernels.Twin;
import java.util.ArrayList;
import java.util.List;

/**
 * One {@link NewtonSchulz} for every shape of matrix among a layout's slices. Working memory of one state: belongs to one thread.
 *
 * @param shapes one per shape
 */
record Orthogonalizers(List<NewtonSchulz> shapes) {
    private static final NewtonSchulz.Iteration ITERATION = NewtonSchulz.Iteration.muon(1e-8f);

    static Orthogonalizers of(Factoring factoring, Twin twin) {
        List<NewtonSchulz> shapes = new ArrayList<>();
        for (FactoredTensor tensor : factoring.tensors()) {
            if (tensor.factored() && shapes.stream().noneMatch(shape -> shape.fits(tensor.sliceRows(), tensor.sliceCols()))) {
                shapes.add(new NewtonSchulz(twin, ITERATION, tensor.sliceRows(), tensor.sliceCols()));
            }
        }
        return new Orthogonalizers(List.copyOf(shapes));
    }

    /** Orthogonalises one slice of the tensor, row-major from {@code at} on, in place. */
    void apply(FactoredTensor tensor, float[] slice, int at) {
        for (int i = 0; i < shapes.size(); i++) {
            if (shapes.get(i).fits(tensor.sliceRows(), tensor.sliceCols())) {
                shapes.get(i).apply(slice, at);
                return;
            }
        }
        throw new IllegalArgumentException("no orthogonaliser for slices of " + tensor.sliceRows() + "×" + tensor.sliceCols()
                + "; was it made for another layout?");
    }
}
