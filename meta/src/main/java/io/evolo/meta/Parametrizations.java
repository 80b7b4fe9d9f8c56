package io.evolo.meta;

import io.evolo.tasks.Parametrization;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How the networks of every family scale with their width for one optimizer. The step that suits a convolution's 9 inputs per channel and
 * a recurrent layer's shared weights is not the one that suits a dense layer of their width, so each family may have a base width of its
 * own.
 *
 * @param standard of the families that are not in the map, and of tasks that are no networks
 * @param byFamily by the class of the {@link io.evolo.tasks.families.Architecture}, or of the {@link ScaledFamily} where it has none
 */
public record Parametrizations(Parametrization standard, Map<Class<?>, Parametrization> byFamily) {

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
        Map<Class<?>, Parametrization> met = new HashMap<>();
        Stream.concat(recipe.tasks().stream(), recipe.validation().problems().stream().map(HeldOut::task))
                .map(Tasks::kind)
                .filter(ScaledFamily.class::isInstance)
                .map(ScaledFamily.class::cast)
                .forEach(networks -> met.putIfAbsent(family(networks), scaling(networks)));
        return new Parametrizations(scaling(recipe.tasks().getFirst().networks()), met);
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

    private static Class<?> family(ScaledFamily networks) {
        return switch (networks) {
            case NetworkFamilySpec onData -> onData.architecture().getClass();
            case TeacherStudent student -> student.getClass();
        };
    }
}
