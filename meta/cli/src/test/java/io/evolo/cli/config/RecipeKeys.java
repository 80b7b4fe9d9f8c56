package io.evolo.cli.config;

import io.evolo.meta.config.Default;
import io.evolo.meta.config.Variant;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The keys that a configuration may have, read off its records as {@link Binder} reads them. */
public final class RecipeKeys {
    private static final Set<List<String>> RANGES = Set.of(List.of("min", "max"), List.of("low", "high"));

    private RecipeKeys() {}

    /**
     * One key.
     *
     * @param path as {@code --set} takes it, 0 for the item of a list
     * @param type of its value
     * @param owner the record that has it
     * @param standard its default as YAML; empty: it must be given
     */
    public record Key(String path, Type type, Class<?> owner, Optional<String> standard) {
        public String name() {
            return path.substring(path.lastIndexOf('.') + 1);
        }
    }

    /**
     * All keys of a record and of the records within, outermost first.
     *
     * @param choices which record a key of {@link Variant} means, where it is not the standard one
     */
    public static List<Key> of(Class<?> root, Map<String, String> choices) {
        List<Key> keys = new ArrayList<>();
        group(root, "", choices, List.of(), keys);
        return keys;
    }

    /** What a key of variants may mean. */
    public static List<String> choices(Class<?> record, String key) {
        return Variants.component(record, key).map(component -> Variants.names(component.getType(), key)).orElseThrow();
    }

    private static void group(Class<?> record, String prefix, Map<String, String> choices, List<Class<?>> around, List<Key> keys) {
        if (around.contains(record)) {
            return; // a task within a task has the same keys
        }
        List<Class<?>> within = new ArrayList<>(around);
        within.add(record);
        for (RecordComponent component : record.getRecordComponents()) {
            Variant variant = component.getAnnotation(Variant.class);
            String path = prefix + component.getName();
            if (variant != null) {
                String choice = choices.getOrDefault(variant.key(), variant.standard());
                group(Variants.find(component.getType(), variant.key(), choice).orElseThrow(), prefix, choices, within, keys);
            } else if (isGroup(component.getType())) {
                group(component.getType(), path + ".", choices, within, keys);
            } else if (itemOf(component.getGenericType()).filter(RecipeKeys::isGroup).isPresent()) {
                group(itemOf(component.getGenericType()).orElseThrow(), path + ".0.", choices, within, keys);
            } else {
                keys.add(new Key(path, component.getGenericType(), record, standard(record, component)));
            }
        }
    }

    private static boolean isGroup(Class<?> type) {
        return type.isRecord()
                && !RANGES.contains(Arrays.stream(type.getRecordComponents()).map(RecordComponent::getName).toList());
    }

    /** What a list is of. */
    public static Optional<Class<?>> itemOf(Type type) {
        return type instanceof ParameterizedType list && list.getRawType() == List.class
                ? Optional.of((Class<?>) list.getActualTypeArguments()[0])
                : Optional.empty();
    }

    private static Optional<String> standard(Class<?> record, RecordComponent component) {
        Default written = component.getAnnotation(Default.class);
        if (written != null) {
            return Optional.of(written.value());
        }
        try {
            return Optional.of(YamlWriter.flow(component.getAccessor().invoke(record.getMethod("standard").invoke(null))));
        } catch (NoSuchMethodException e) {
            return Optional.empty();
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
