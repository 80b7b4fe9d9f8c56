package io.evolo.optimizers.learned;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Features of one kind that the network of a learned rule reads, with where its weights for them stand in theta: with zeros there the
 * rule does without them, and is otherwise the same.
 *
 * @param name in the symbols of docs/learned-rules.md, for instance {@code m/√v}
 * @param from index into theta
 * @param size number of weights
 */
public record InputGroup(String name, int from, int size) {

    /** A theta without these features; the other is not changed. */
    public float[] takenFrom(float[] theta) {
        float[] without = theta.clone();
        Arrays.fill(without, from, from + size, 0);
        return without;
    }

    /** A kind of features and how many there are. */
    record Kind(String name, int features) {}

    /**
     * Groups that stand one behind the other.
     *
     * @param from where the first begins in theta
     * @param hidden weights of one feature
     */
    static List<InputGroup> inOrder(int from, int hidden, List<Kind> kinds) {
        List<InputGroup> groups = new ArrayList<>();
        int at = from;
        for (Kind kind : kinds) {
            groups.add(new InputGroup(kind.name, at, hidden * kind.features));
            at += hidden * kind.features;
        }
        return groups;
    }
}
