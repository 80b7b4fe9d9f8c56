package io.evolo.optimizers.dl4j;

import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Role;
import io.evolo.tasks.Scaling;
import io.evolo.tasks.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One trainable tensor of a DL4J network, as rules see it. Rules were meta-trained on matrices (in, out) and on convolutions
 * (height, width, in, out), row-major; DL4J keeps dense and recurrent weights by columns and convolutions as (out, in, height, width).
 * So a variable's axes stand in the rules' order, each with its stride in DL4J's memory.
 *
 * @param name layer and parameter, as {@code layer0_W}; unique within the network
 * @param offset its first value in the network's flattened parameters
 * @param axes sizes in the rules' order; a vector has one
 * @param strides distance in memory of neighbours along each axis, in values
 * @param role what it is to the width
 * @param fanIn number of inputs that one output sums over; 1 for vectors
 * @param growing size of the axis that grows with the width; 0 where none does
 * @param initialMean mean of the initial values: 1 for gains, else 0
 * @param lookup the axis of an embedding along which its rows lie; -1 for others
 */
public record Variable(
        String name,
        int offset,
        List<Integer> axes,
        List<Integer> strides,
        Role role,
        int fanIn,
        int growing,
        double initialMean,
        int lookup) {
    /** Of tensors whose rows are not looked up. */
    static final int NO_LOOKUP = -1;

    private static final String FIELD = ";";
    private static final int FIELDS = 9;

    /** Written before embeddings were told from others. */
    private static final int FEWER_FIELDS = 8;

    public Variable {
        axes = List.copyOf(axes);
        strides = List.copyOf(strides);
        if (name.isBlank() || name.contains(FIELD) || name.contains("|")) {
            throw new IllegalArgumentException("layer name in '" + name + "': expected one without ';' and '|'; name the layer"
                    + " otherwise in the network's configuration");
        }
    }

    public int size() {
        return new Shape(axes).size();
    }

    /** A matrix that lies by columns, and is not square, with its axes exchanged, so that it lies by rows; any other as it is. */
    Variable asStored() {
        boolean byColumns = axes.size() == 2 && strides.equals(List.of(1, axes.get(0))) && !axes.get(0).equals(axes.get(1));
        return byColumns
                ? new Variable(name, offset, axes.reversed(), strides.reversed(), role, fanIn, growing, initialMean,
                        lookup == NO_LOOKUP ? NO_LOOKUP : 1 - lookup)
                : this;
    }

    /** How many rows can be looked up; 0 of tensors that are no embeddings. */
    int rows() {
        return lookup == NO_LOOKUP ? 0 : axes.get(lookup);
    }

    /**
     * This variable under a parametrization. DL4J's layers have no forward multiplier, so it is folded into what multiplies the
     * weights: with W = forward·V, an Adam-like update of V by u is one of W by forward·u, an SGD-like one gets forward twice (the
     * gradient by V is forward times that by W), and the initial values of W are those of V times forward.
     */
    ParamSpec spec(Parametrization parametrization) {
        Scaling s = parametrization.scaling(role, fanIn, growing);
        double f = s.forward();
        Scaling folded = new Scaling(s.initialStd() * f, 1, s.adam() * f, s.sgd() * f * f);
        return new ParamSpec(name, new Shape(axes), role, fanIn, initialMean, folded);
    }

    /** One line that {@link #parse} reads. */
    String encode() {
        return String.join(FIELD, name, String.valueOf(offset), join(axes), join(strides), role.name(), String.valueOf(fanIn),
                String.valueOf(growing), String.valueOf(initialMean), String.valueOf(lookup));
    }

    static Variable parse(String line) {
        String[] parts = line.split(FIELD, -1);
        if (parts.length != FIELDS && parts.length != FEWER_FIELDS) {
            throw new IllegalArgumentException("tensor '" + line + "' of a saved updater: " + parts.length + " fields, expected "
                    + FIELDS + "; was the configuration edited or written by another release? Attach.to(network) renews it");
        }
        return new Variable(parts[0], Integer.parseInt(parts[1]), integers(parts[2]), integers(parts[3]), Role.valueOf(parts[4]),
                Integer.parseInt(parts[5]), Integer.parseInt(parts[6]), Double.parseDouble(parts[7]),
                parts.length == FIELDS ? Integer.parseInt(parts[8]) : NO_LOOKUP);
    }

    private static String join(List<Integer> values) {
        return values.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    private static List<Integer> integers(String text) {
        return Arrays.stream(text.split(",")).map(Integer::valueOf).toList();
    }
}
