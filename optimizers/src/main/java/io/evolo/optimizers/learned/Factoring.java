package io.evolo.optimizers.learned;

import io.evolo.tasks.ParamLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * How the second moments of all tensors of a layout are factored, and where their accumulators lie: one array for all tensors, each
 * with its rows and then its columns. Immutable.
 *
 * @param tensors in parameter order
 */
public record Factoring(List<FactoredTensor> tensors) {

    public Factoring {
        tensors = List.copyOf(tensors);
    }

    /** With ties as in JAX. */
    public static Factoring of(ParamLayout layout) {
        return of(layout, FactoredTensor.Ties.LATER);
    }

    public static Factoring of(ParamLayout layout, FactoredTensor.Ties ties) {
        List<FactoredTensor> tensors = new ArrayList<>();
        int accumulators = 0;
        for (int i = 0; i < layout.tensors(); i++) {
            FactoredTensor tensor = FactoredTensor.of(layout.spec(i).shape(), layout.offset(i), accumulators, ties);
            tensors.add(tensor);
            accumulators += tensor.accumulators();
        }
        return new Factoring(tensors);
    }

    public FactoredTensor tensor(int i) {
        return tensors.get(i);
    }

    /** Length of the concatenated accumulators. */
    public int accumulators() {
        return tensors.stream().mapToInt(FactoredTensor::accumulators).sum();
    }

    /** The most accumulated values that one tensor has. */
    public int mostAccumulators() {
        return tensors.stream().mapToInt(FactoredTensor::accumulators).max().orElse(0);
    }
}
