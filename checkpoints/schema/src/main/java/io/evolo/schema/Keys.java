package io.evolo.schema;

import io.evolo.schema.Schema.Key;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The keys that a configuration may have, read off its records as {@link Binder} reads them. */
final class Keys {
    private Keys() {}

    /**
     * All keys of a record and of the records within, outermost first.
     *
     * @param choices which record a key of {@link Variant} means, where it is not the standard one
     */
    static List<Key> of(Class<?> root, Map<String, String> choices) {
        List<Key> keys = new ArrayList<>();
        group(root, "", choices, List.of(), keys);
        return keys;
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
            } else if (Key.itemOf(component.getGenericType()).filter(Keys::isGroup).isPresent()) {
                group(Key.itemOf(component.getGenericType()).orElseThrow(), path + ".0.", choices, within, keys);
            } else {
                keys.add(new Key(path, component.getGenericType(), record, standard(record, component)));
            }
        }
    }

    private static boolean isGroup(Class<?> type) {
        return type.isRecord() && !Binder.isRange(type);
    }

    private static Optional<String> standard(Class<?> record, RecordComponent component) {
        Default written = component.getAnnotation(Default.class);
        return written == null ? Binder.standard(record, component).map(YamlWriter::flow) : Optional.of(written.value());
    }
}
