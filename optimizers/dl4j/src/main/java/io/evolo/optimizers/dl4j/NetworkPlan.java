package io.evolo.optimizers.dl4j;

import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Parametrization;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The tensors of a network that one updater moves.
 *
 * @param variables by ascending offset; none: not attached to a network yet
 */
record NetworkPlan(List<Variable> variables) {
    static final NetworkPlan NONE = new NetworkPlan(List.of());

    NetworkPlan {
        variables = variables.stream().sorted(Comparator.comparingInt(Variable::offset)).toList();
    }

    boolean isEmpty() {
        return variables.isEmpty();
    }

    /** Those that lie in the flattened parameters from {@code begin} to before {@code end}. */
    NetworkPlan within(long begin, long end) {
        return new NetworkPlan(variables.stream()
                .filter(v -> v.offset() >= begin && v.offset() + v.size() <= end)
                .toList());
    }

    /** Matrices with their axes as they lie in DL4J's memory. */
    NetworkPlan asStored() {
        return new NetworkPlan(variables.stream().map(Variable::asStored).toList());
    }

    int size() {
        return variables.stream().mapToInt(Variable::size).sum();
    }

    /** The tensors in so many parts of like size, or less: the largest first, each to the part that has the least. */
    List<NetworkPlan> dealt(int parts) {
        List<List<Variable>> hands = IntStream.range(0, parts).<List<Variable>>mapToObj(i -> new ArrayList<>()).toList();
        int[] sizes = new int[parts];
        for (Variable v : variables.stream().sorted(Comparator.comparingInt(Variable::size).reversed()).toList()) {
            int least = IntStream.range(0, parts).reduce(0, (a, b) -> sizes[b] < sizes[a] ? b : a);
            hands.get(least).add(v);
            sizes[least] += v.size();
        }
        return hands.stream().filter(hand -> !hand.isEmpty()).map(NetworkPlan::new).toList();
    }

    ParamLayout layout(Parametrization parametrization) {
        return new ParamLayout(variables.stream().map(v -> v.spec(parametrization)).toList());
    }

    /** One string that {@link #parse} reads. */
    String encode() {
        return variables.stream().map(Variable::encode).collect(Collectors.joining("|"));
    }

    static NetworkPlan parse(String text) {
        return text.isEmpty()
                ? NONE
                : new NetworkPlan(Arrays.stream(text.split("\\|")).map(Variable::parse).toList());
    }
}
