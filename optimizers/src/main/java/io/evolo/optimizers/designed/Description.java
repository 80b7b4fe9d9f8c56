package io.evolo.optimizers.designed;

import io.evolo.optimizers.Names;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.Schedule;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the record of a rule says of itself: its name and its hyperparameters, read from its annotations.
 *
 * @param name see {@link RuleName}
 * @param hyperparameters in the order of the record's components, the schedule before them left out
 * @param constructor the canonical one
 */
record Description(String name, List<Hyperparameter> hyperparameters, Constructor<? extends Optimizer> constructor) {

    private static final ClassValue<Description> DESCRIPTIONS = new ClassValue<>() {
        @Override
        protected Description computeValue(Class<?> type) {
            return read(type.asSubclass(Optimizer.class));
        }
    };

    /** The description of a record with a {@link RuleName}. */
    static Description of(Class<? extends Optimizer> rule) {
        return DESCRIPTIONS.get(rule);
    }

    private static Description read(Class<? extends Optimizer> rule) {
        RecordComponent[] components = rule.getRecordComponents();
        Class<?>[] types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        if (types.length == 0 || types[0] != Schedule.class) {
            throw new IllegalArgumentException(rule.getName() + ": the first component must be the schedule");
        }
        try {
            return new Description(
                    rule.getAnnotation(RuleName.class).value(),
                    Arrays.stream(components).skip(1).map(Description::hyperparameter).toList(),
                    rule.getDeclaredConstructor(types));
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException(rule.getName() + " has no canonical constructor", e);
        }
    }

    private static Hyperparameter hyperparameter(RecordComponent component) {
        Hyper said = component.getAnnotation(Hyper.class);
        String name = component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
        return new Hyperparameter(name, said.standard(), said.range(), component.getType() == int.class, said.meaning());
    }

    /**
     * To be called by the rule's compact constructor.
     *
     * @param values of all components that are numbers, in their order
     * @throws IllegalArgumentException for the first value out of range; names rule, hyperparameter, value and range
     */
    void require(double... values) {
        List<Hyperparameter> numbers = hyperparameters.stream().filter(h -> !h.isSwitch()).toList();
        if (values.length != numbers.size()) {
            throw new IllegalArgumentException(name + ": got " + values.length + " values to check, expected those of " + numbers);
        }
        for (int i = 0; i < values.length; i++) {
            numbers.get(i).require(name, values[i]);
        }
    }

    /** The rule with these hyperparameters, the defaults for those not given. */
    Optimizer make(Map<String, Double> given, Schedule rate) {
        List<String> known = hyperparameters.stream().map(Hyperparameter::name).toList();
        given.keySet().stream().filter(key -> !known.contains(key)).sorted().findFirst().ifPresent(key -> {
            throw new IllegalArgumentException(known.isEmpty()
                    ? name + " has no hyperparameters, so none is named '" + key + "'"
                    : Names.unknown("hyperparameter of " + name, key, known));
        });
        Object[] arguments = new Object[1 + hyperparameters.size()];
        arguments[0] = rate;
        for (int i = 1; i < arguments.length; i++) {
            Hyperparameter hyperparameter = hyperparameters.get(i - 1);
            arguments[i] = argument(hyperparameter, given.getOrDefault(hyperparameter.name(), hyperparameter.standard()));
        }
        return make(arguments);
    }

    private Object argument(Hyperparameter hyperparameter, double value) {
        hyperparameter.require(name, value);
        if (hyperparameter.isSwitch()) {
            return value == 1;
        }
        return hyperparameter.whole() ? (Object) (int) value : (Object) value;
    }

    private Optimizer make(Object[] arguments) {
        try {
            return constructor.newInstance(arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException refused) {
                throw refused; // By the record's own check, such as of two values that do not go together.
            }
            throw new IllegalStateException(name + " cannot be made", e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(name + " cannot be made", e);
        }
    }
}
