package io.evolo.schema;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The records that a {@link Variant} chooses from, and their names: {@code TransformerLm} is written {@code transformer_lm}. */
final class Variants {
    private Variants() {}

    /** The record of that name, with {@code -} or {@code _} and in any case. */
    static Optional<Class<?>> find(Class<?> type, String key, String name) {
        String wanted = name.replace('-', '_').toLowerCase(Locale.ROOT);
        return records(type).filter(record -> namesOf(record, key).anyMatch(wanted::equals)).findFirst();
    }

    /** All names that the key may have for a component of that type. */
    static List<String> names(Class<?> type, String key) {
        return records(type).flatMap(record -> namesOf(record, key)).toList();
    }

    /** Of a record that does not choose by the same key once more. */
    static String name(Class<?> record) {
        return record.getSimpleName().replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }

    /** The component that chooses by this key, if the record has one. */
    static Optional<RecordComponent> component(Class<?> record, String key) {
        return Arrays.stream(record.getRecordComponents())
                .filter(component -> component.isAnnotationPresent(Variant.class)
                        && component.getAnnotation(Variant.class).key().equals(key))
                .findFirst();
    }

    private static Stream<String> namesOf(Class<?> record, String key) {
        return component(record, key)
                .map(inner -> names(inner.getType(), key).stream())
                .orElseGet(() -> Stream.of(name(record)));
    }

    private static Stream<Class<?>> records(Class<?> type) {
        return type.isRecord() ? Stream.of(type) : Arrays.stream(type.getPermittedSubclasses()).flatMap(Variants::records);
    }
}
