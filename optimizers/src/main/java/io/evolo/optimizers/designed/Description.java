package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.Schedule;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the record of a rule says of itself: its name and its hyperparameters, read from its annotations. A rule's first component is its
 * schedule; a wrapper's is the rule inside, and its second may be the schedule.
 *
 * @param name see {@link RuleName}
 * @param hyperparameters in the order of the record's components, rule and schedule before them left out
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
        if (types.length == 0 || !isGiven(types[0])) {
            throw new IllegalArgumentException(rule.getName() + ": the first component must be the schedule, or the rule inside");
        }
        try {
            return new Description(
                    rule.getAnnotation(RuleName.class).value(),
                    Arrays.stream(components).filter(one -> !isGiven(one.getType())).map(Description::hyperparameter).toList(),
                    rule.getDeclaredConstructor(types));
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException(rule.getName() + " has no canonical constructor", e);
        }
    }

    /** Whether a component of that type is no hyperparameter. */
    private static boolean isGiven(Class<?> type) {
        return type == Schedule.class || type == Optimizer.class;
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

    /**
     * To be called by a compact constructor for a product of hyperparameters that is divided by.
     *
     * @throws IllegalArgumentException if no float is as small; names rule, product and value
     */
    void requireFloat(String product, double value) {
        if (!(value >= Float.MIN_NORMAL)) {
            throw new IllegalArgumentException(name + ": " + product + " is " + value + ", expected at least " + Float.MIN_NORMAL
                    + ", the least that a float holds with all its digits");
        }
    }

    /**
     * The rule with these hyperparameters, the defaults for those not given.
     *
     * @param inside what a wrapper is put around; none for a rule
     */
    Optimizer make(Map<String, Double> given, Schedule rate, Optimizer... inside) {
        Iterator<Hyperparameter> left = hyperparameters.iterator();
        return make(Arrays.stream(constructor.getParameterTypes())
                .map(type -> type == Schedule.class ? rate : type == Optimizer.class ? inside[0] : argument(left.next(), given))
                .toArray());
    }

    private Object argument(Hyperparameter hyperparameter, Map<String, Double> given) {
        return argument(hyperparameter, given.getOrDefault(hyperparameter.name(), hyperparameter.standard()));
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
