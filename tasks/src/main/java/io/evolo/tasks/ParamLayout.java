package io.evolo.tasks;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Order, names, shapes and scalings of the tensors that one flat {@code float[size]} holds, one behind the other without gaps, and
 * which of them make a dense layer together. Immutable; equal if every specification and layer is.
 */
public final class ParamLayout {
    private final List<ParamSpec> specs;
    private final List<DenseLayer> dense;
    private final int[] offsets;

    /** Tensors that make no dense layers. */
    public ParamLayout(List<ParamSpec> specs) {
        this(specs, List.of());
    }

    /** @param dense no tensor in more than one */
    public ParamLayout(List<ParamSpec> specs, List<DenseLayer> dense) {
        this.specs = List.copyOf(specs);
        this.dense = List.copyOf(dense);
        this.offsets = new int[specs.size() + 1];
        Set<String> names = new HashSet<>();
        for (int i = 0; i < specs.size(); i++) {
            ParamSpec spec = specs.get(i);
            if (!names.add(spec.name())) {
                throw new IllegalArgumentException("two parameters are named '" + spec.name() + "'");
            }
            offsets[i + 1] = offsets[i] + spec.shape().size();
            if (offsets[i + 1] < 0) {
                throw new IllegalArgumentException("the parameters up to '" + spec.name() + "' " + spec.shape() + " would be "
                        + ((long) offsets[i] + spec.shape().size()) + " values, expected at most " + Integer.MAX_VALUE
                        + ", which is what one array holds");
            }
        }
        checkDense();
    }

    private void checkDense() {
        Set<Integer> seen = new HashSet<>();
        for (DenseLayer layer : dense) {
            Shape weight = spec(layer.weight()).shape();
            Shape bias = spec(layer.bias()).shape();
            if (weight.rank() != 2 || !bias.equals(Shape.of(weight.axis(1)))) {
                throw new IllegalArgumentException("dense layer of '" + spec(layer.weight()).name() + "' " + weight + " and '"
                        + spec(layer.bias()).name() + "' " + bias + ", expected shapes [in, units] and [units]");
            }
            if (!seen.add(layer.weight()) || !seen.add(layer.bias())) {
                throw new IllegalArgumentException(
                        "a tensor of dense layer '" + spec(layer.weight()).name() + "' is in another dense layer too");
            }
        }
    }

    public List<ParamSpec> specs() {
        return specs;
    }

    /** The dense layers, in the order in which the network computes them. */
    public List<DenseLayer> dense() {
        return dense;
    }

    /** The number of tensors. */
    public int tensors() {
        return specs.size();
    }

    public ParamSpec spec(int tensor) {
        return specs.get(tensor);
    }

    /** Where the tensor begins in the flat array; {@code offset(tensors())} is the size. */
    public int offset(int tensor) {
        return offsets[tensor];
    }

    /** The number of values of all tensors. */
    public int size() {
        return offsets[specs.size()];
    }

    /**
     * Writes initial values to {@code w}: normal, truncated at two standard deviations, with the tensor's mean and with its
     * {@code initialStd} as the standard deviation before truncation (after it, 0.8796 of that), as muLO does.
     */
    public void init(Rng rng, float[] w) {
        for (int tensor = 0; tensor < tensors(); tensor++) {
            double mean = spec(tensor).initialMean();
            double std = spec(tensor).scaling().initialStd();
            for (int i = offsets[tensor]; i < offsets[tensor + 1]; i++) {
                w[i] = (float) (std == 0 ? mean : mean + std * rng.truncatedGaussian());
            }
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ParamLayout that && specs.equals(that.specs) && dense.equals(that.dense);
    }

    @Override
    public int hashCode() {
        return 31 * specs.hashCode() + dense.hashCode();
    }

    @Override
    public String toString() {
        return tensors() + " tensors, " + size() + " values";
    }
}
