package io.evolo.schema;

import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Turns a configuration into records and reports all its problems at once, each with its place.
 *
 * <p>A mapping becomes a record: keys are component names, a missing one takes its {@link Default}. Where a list is expected, one
 * item may stand alone. A record of two numbers {@code min} and {@code max}, or {@code low} and {@code high}, may be written
 * {@code 32} or {@code [32, 128]}. Enum
 * constants are written in any case, with {@code -} or {@code _}. A component that is a {@link Variant} has its keys beside the
 * record's own. A missing key without a {@link Default} takes its value from the static method {@code standard} of the record. What a record's compact constructor refuses is a problem of the
 * component that its message begins with, else of the record.
 */
final class Binder {
    private static final Pattern NUMBER = Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]{1,9})?");

    /** Names of the two components of a record that may be written without them. */
    private static final Set<List<String>> RANGES = Set.of(List.of("min", "max"), List.of("low", "high"));

    private final List<String> problems = new ArrayList<>();

    private Binder() {}

    /** @throws ConfigException with a line per problem */
    public static <T extends Record> T bind(Class<T> type, YamlNode tree) {
        Binder binder = new Binder();
        Optional<Object> bound = binder.value(type, tree);
        if (!binder.problems.isEmpty()) {
            throw new ConfigException(String.join("\n", binder.problems));
        }
        return type.cast(bound.orElseThrow());
    }

    /** The bound value; empty where a problem was reported. */
    private Optional<Object> value(Type type, YamlNode node) {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            return generic.getRawType() == List.class ? list(arguments[0], node) : map(arguments[1], node);
        }
        Class<?> target = MethodType.methodType((Class<?>) type).unwrap().returnType(); // Integer of a list: int
        if (target.isRecord()) {
            return isRange(target) && !(node instanceof YamlNode.Mapping) ? range(target, node) : group(target, node);
        }
        if (!(node instanceof YamlNode.Scalar scalar) || scalar.empty()) {
            return problem(node.place(), "got " + node.kind() + ", expected " + expected(target));
        }
        return target.isEnum() ? constant(target, scalar) : scalar(target, scalar);
    }

    private Optional<Object> scalar(Class<?> target, YamlNode.Scalar scalar) {
        String text = scalar.text();
        try {
            if (target == String.class) {
                return Optional.of(text);
            }
            if (!scalar.quoted() && target == boolean.class && text.matches("true|false")) {
                return Optional.of(Boolean.valueOf(text));
            }
            if (!scalar.quoted() && target == int.class && NUMBER.matcher(text).matches()) {
                return Optional.of(new BigDecimal(text).intValueExact());
            }
            if (!scalar.quoted() && target == long.class && NUMBER.matcher(text).matches()) {
                return Optional.of(new BigDecimal(text).longValueExact());
            }
            if (!scalar.quoted() && target == double.class) {
                return decimal(text).map(Object.class::cast).or(() -> wrong(target, scalar));
            }
        } catch (ArithmeticException e) {
            return wrong(target, scalar); // a fraction, or too large
        }
        return wrong(target, scalar);
    }

    private static Optional<Double> decimal(String text) {
        if (NUMBER.matcher(text).matches()) {
            return Optional.of(Double.valueOf(text)).filter(Double::isFinite);
        }
        return switch (text.toLowerCase(Locale.ROOT)) {
            case ".inf", "+.inf" -> Optional.of(Double.POSITIVE_INFINITY);
            case "-.inf" -> Optional.of(Double.NEGATIVE_INFINITY);
            case ".nan" -> Optional.of(Double.NaN);
            default -> Optional.empty();
        };
    }

    private Optional<Object> wrong(Class<?> target, YamlNode node) {
        return problem(node.place(), "got " + node.kind() + ", expected " + expected(target));
    }

    private static String expected(Class<?> target) {
        if (target == int.class || target == long.class) {
            return "an integer";
        }
        if (target == double.class) {
            return "a number";
        }
        if (target == boolean.class) {
            return "true or false";
        }
        if (target.isEnum()) {
            return "one of " + String.join(", ", names(target));
        }
        return target.isRecord() ? "a group of keys" : "a text";
    }

    private Optional<Object> constant(Class<?> target, YamlNode.Scalar scalar) {
        String wanted = scalar.text().replace('-', '_');
        for (Object constant : target.getEnumConstants()) {
            if (((Enum<?>) constant).name().equalsIgnoreCase(wanted)) {
                return Optional.of(constant);
            }
        }
        return problem(scalar.place(), Names.unknown("choice", scalar.text(), names(target)));
    }

    private static List<String> names(Class<?> target) {
        return Arrays.stream(target.getEnumConstants())
                .map(constant -> YamlWriter.constant((Enum<?>) constant))
                .toList();
    }

    private Optional<Object> list(Type itemType, YamlNode node) {
        List<YamlNode> nodes = node instanceof YamlNode.Sequence sequence ? sequence.items() : List.of(node);
        List<Object> items = new ArrayList<>();
        nodes.forEach(item -> value(itemType, item).ifPresent(items::add));
        return items.size() == nodes.size() ? Optional.of(List.copyOf(items)) : Optional.empty();
    }

    private Optional<Object> map(Type valueType, YamlNode node) {
        if (!(node instanceof YamlNode.Mapping mapping)) {
            return problem(node.place(), "got " + node.kind() + ", expected a group of keys");
        }
        Map<String, Object> values = new LinkedHashMap<>();
        entries(mapping)
                .forEach((key, entry) -> value(valueType, entry.value()).ifPresent(value -> values.put(key, value)));
        return Optional.of(Collections.unmodifiableMap(values));
    }

    /** Entries by key; one that stands twice is a problem. */
    private Map<String, YamlNode.Entry> entries(YamlNode.Mapping mapping) {
        Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
        for (YamlNode.Entry entry : mapping.entries()) {
            YamlNode.Entry first = entries.putIfAbsent(entry.key(), entry);
            if (first != null) {
                problem(entry.place(), "key '" + entry.key() + "' is given twice, first at " + first.place());
            }
        }
        return entries;
    }

    /** Whether it is a record of two numbers that may be written without their names. */
    static boolean isRange(Class<?> target) {
        return RANGES.contains(keys(target));
    }

    private Optional<Object> range(Class<?> target, YamlNode node) {
        List<YamlNode> ends = node instanceof YamlNode.Sequence sequence ? sequence.items() : List.of(node, node);
        if (ends.size() != 2) {
            return problem(node.place(), "got " + node.kind() + ", expected one number or two, as in [32, 128]");
        }
        List<String> names = keys(target);
        return group(
                target,
                new YamlNode.Mapping(
                        node.place(), List.of(entry(names.getFirst(), ends.getFirst()), entry(names.getLast(), ends.getLast()))));
    }

    private static YamlNode.Entry entry(String key, YamlNode value) {
        return new YamlNode.Entry(value.place(), key, value);
    }

    private Optional<Object> group(Class<?> target, YamlNode node) {
        if (node instanceof YamlNode.Scalar scalar && scalar.empty()) {
            return group(target, new YamlNode.Mapping(node.place(), List.of()));
        }
        if (!(node instanceof YamlNode.Mapping mapping)) {
            return problem(node.place(), "got " + node.kind() + ", expected a group of keys: " + String.join(", ", keys(target)));
        }
        Map<String, YamlNode.Entry> entries = entries(mapping);
        refuseUnknown(target, entries);
        return group(target, mapping, entries);
    }

    /** The record of those entries that are its own. */
    private Optional<Object> group(Class<?> target, YamlNode.Mapping mapping, Map<String, YamlNode.Entry> entries) {
        int before = problems.size();
        List<Object> arguments = new ArrayList<>();
        for (RecordComponent component : target.getRecordComponents()) {
            component(target, component, mapping, entries).ifPresent(arguments::add);
        }
        if (problems.size() == before) {
            refuseIdle(target, arguments, entries);
        }
        return problems.size() == before ? construct(target, arguments, mapping, entries) : Optional.empty();
    }

    /** See {@link Unless}. */
    private void refuseIdle(Class<?> target, List<Object> arguments, Map<String, YamlNode.Entry> entries) {
        RecordComponent[] components = target.getRecordComponents();
        List<String> names = Arrays.stream(components).map(RecordComponent::getName).toList();
        for (int i = 0; i < components.length; i++) {
            Unless unless = components[i].getAnnotation(Unless.class);
            YamlNode.Entry entry = entries.get(names.get(i));
            if (unless == null || entry == null) {
                continue;
            }
            int other = names.indexOf(unless.key());
            Type otherType = components[other].getGenericType();
            boolean idle = arguments.get(other).equals(standing(otherType, unless.is()));
            String standard = components[i].getAnnotation(Default.class).value();
            if (idle && !arguments.get(i).equals(standing(components[i].getGenericType(), standard))) {
                problem(entry.value().place(), names.get(i) + " does nothing while " + unless.key() + " is " + unless.is() + ", got "
                        + entry.value().kind() + "; give " + unless.key() + " another value, or leave " + names.get(i) + " at " + standard);
            }
        }
    }

    /** What a text of an annotation means. */
    private Object standing(Type type, String yaml) {
        return value(type, YamlReader.value(yaml, "an annotation")).orElseThrow();
    }

    private void refuseUnknown(Class<?> target, Map<String, YamlNode.Entry> entries) {
        List<String> known = keys(target, entries).toList();
        entries.forEach((key, entry) -> {
            if (!known.contains(key)) {
                problem(entry.place(), Names.unknown("key", key, known));
            }
        });
    }

    /** The keys that may stand in a record's mapping: its own, and those of the variants that the mapping chooses. */
    private static Stream<String> keys(Class<?> target, Map<String, YamlNode.Entry> entries) {
        return Arrays.stream(target.getRecordComponents()).flatMap(component -> {
            Variant variant = component.getAnnotation(Variant.class);
            return variant == null
                    ? Stream.of(component.getName())
                    : Stream.concat(
                            Stream.of(variant.key()),
                            Variants.find(component.getType(), variant.key(), choice(variant, entries)).stream()
                                    .flatMap(chosen -> keys(chosen, entries)));
        });
    }

    private static String choice(Variant variant, Map<String, YamlNode.Entry> entries) {
        YamlNode.Entry entry = entries.get(variant.key());
        return entry != null && entry.value() instanceof YamlNode.Scalar scalar ? scalar.text() : variant.standard();
    }

    private Optional<Object> variant(
            Class<?> type, Variant variant, YamlNode.Mapping mapping, Map<String, YamlNode.Entry> entries) {
        String name = choice(variant, entries);
        Optional<Class<?>> chosen = Variants.find(type, variant.key(), name);
        if (chosen.isEmpty()) {
            String place = entries.containsKey(variant.key()) ? entries.get(variant.key()).value().place() : mapping.place();
            return problem(place, Names.unknown(variant.key(), name, Variants.names(type, variant.key())));
        }
        return group(chosen.orElseThrow(), mapping, entries);
    }

    private static List<String> keys(Class<?> target) {
        return Arrays.stream(target.getRecordComponents())
                .map(RecordComponent::getName)
                .toList();
    }

    private Optional<Object> component(
            Class<?> target, RecordComponent component, YamlNode.Mapping mapping, Map<String, YamlNode.Entry> entries) {
        Variant variant = component.getAnnotation(Variant.class);
        if (variant != null) {
            return variant(component.getType(), variant, mapping, entries);
        }
        YamlNode.Entry entry = entries.get(component.getName());
        if (entry != null) {
            return value(component.getGenericType(), entry.value());
        }
        Default standard = component.getAnnotation(Default.class);
        if (standard == null) {
            return standard(target, component)
                    .or(() -> problem(mapping.place(), "key '" + component.getName() + "' is missing"));
        }
        return value(
                component.getGenericType(),
                YamlReader.value(standard.value(), "the default of " + component.getName()));
    }

    /** What the component is in the record that its type's static method {@code standard} gives, if it has one. */
    static Optional<Object> standard(Class<?> target, RecordComponent component) {
        try {
            Object standard = target.getMethod("standard").invoke(null);
            return Optional.of(component.getAccessor().invoke(standard));
        } catch (NoSuchMethodException e) {
            return Optional.empty();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read the standard " + target.getSimpleName(), e);
        }
    }

    private Optional<Object> construct(
            Class<?> target, List<Object> arguments, YamlNode.Mapping mapping, Map<String, YamlNode.Entry> entries) {
        Class<?>[] types = Arrays.stream(target.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            Constructor<?> constructor = target.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return Optional.of(constructor.newInstance(arguments.toArray()));
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException refused) {
                return problem(blamed(refused.getMessage(), mapping, entries), refused.getMessage());
            }
            throw new IllegalStateException("making a " + target.getSimpleName() + " failed", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make a " + target.getSimpleName(), e);
        }
    }

    /** The place of the component whose name a message begins with, else of the whole record. */
    private static String blamed(String message, YamlNode.Mapping mapping, Map<String, YamlNode.Entry> entries) {
        YamlNode.Entry entry = entries.get(message.split("[^A-Za-z0-9]", 2)[0]);
        return entry == null ? mapping.place() : entry.value().place();
    }

    private Optional<Object> problem(String place, String what) {
        problems.add(place + ": " + what);
        return Optional.empty();
    }
}
