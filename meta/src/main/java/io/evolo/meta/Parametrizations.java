package io.evolo.meta;

import io.evolo.checkpoints.Usage;
import io.evolo.tasks.Parametrization;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * How the networks of every family scale with their width for one optimizer. The step that suits a convolution's 9 inputs per channel and
 * a recurrent layer's shared weights is not the one that suits a dense layer of their width, so each family may have a base width of its
 * own.
 *
 * @param standard of the families that are not in the map, and of tasks that are no networks
 * @param byFamily by the name of the {@link io.evolo.tasks.families.Architecture}'s record, or of the {@link ScaledFamily}'s where it has
 *     none: {@code TransformerLm}
 */
public record Parametrizations(Parametrization standard, Map<String, Parametrization> byFamily) {

    public Parametrizations {
        byFamily = Map.copyOf(byFamily);
    }

    /** One for all families. */
    public static Parametrizations of(Parametrization one) {
        return new Parametrizations(one, Map.of());
    }

    /**
     * Those of a recipe: every family as the first of its tasks has it, or else the first of its meta-validation's problems; those that
     * neither has, as the first task.
     *
     * @throws IllegalArgumentException if the first task is not one of networks
     */
    public static Parametrizations of(Recipe recipe) {
        Map<String, Parametrization> met = new HashMap<>();
        Stream.concat(recipe.tasks().stream(), recipe.validation().problems().stream().map(HeldOut::task))
                .map(Tasks::kind)
                .filter(ScaledFamily.class::isInstance)
                .map(ScaledFamily.class::cast)
                .forEach(networks -> met.putIfAbsent(family(networks), scaling(networks)));
        return new Parametrizations(scaling(recipe.tasks().getFirst().networks()), met);
    }

    /** Those that a package says. */
    public static Parametrizations of(Usage usage) {
        Map<String, Parametrization> met = new HashMap<>();
        usage.families().forEach((family, scaling) -> met.put(family, parametrization(scaling)));
        return new Parametrizations(parametrization(usage.networks()), met);
    }

    /** As a package says them. */
    public Usage usage(SortedSet<String> needs) {
        SortedMap<String, Usage.Scaling> families = new TreeMap<>();
        byFamily.forEach((family, scaling) -> families.put(family, said(scaling)));
        return new Usage(said(standard), families, needs);
    }

    private static Usage.Scaling said(Parametrization one) {
        return one.kind() == Parametrization.Kind.SP ? new Usage.Scaling("sp", 1) : new Usage.Scaling("mup", one.baseWidth());
    }

    private static Parametrization parametrization(Usage.Scaling said) {
        return said.kind().equals("sp") ? Parametrization.standard() : Parametrization.mup(said.baseWidth());
    }

    /** The one of this task's networks. */
    public Parametrization of(Tasks task) {
        return task.kind() instanceof ScaledFamily networks ? byFamily.getOrDefault(family(networks), standard) : standard;
    }

    private static Parametrization scaling(ScaledFamily networks) {
        return networks.parametrization() == Parametrization.Kind.SP
                ? Parametrization.standard()
                : new Parametrization(networks.parametrization(), networks.baseWidth());
    }

    private static String family(ScaledFamily networks) {
        return switch (networks) {
            case NetworkFamilySpec onData -> onData.architecture().getClass().getSimpleName();
            case TeacherStudent student -> student.getClass().getSimpleName();
        };
    }
}
