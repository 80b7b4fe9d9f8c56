package io.evolo.schema;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The one description of a record's named values, which is the record itself: text becomes the record and the record text, and its keys
 * can be listed. A component has its default in {@link Default}, or in the record's static method {@code standard}.
 *
 * @param <T> the record
 */
public final class Schema<T extends Record> {
    private final Class<T> type;

    private Schema(Class<T> type) {
        this.type = type;
    }

    public static <T extends Record> Schema<T> of(Class<T> type) {
        return new Schema<>(type);
    }

    /**
     * The record that a YAML document says.
     *
     * @param where names the text, for messages
     * @throws ConfigException with a line per problem
     */
    public T read(String yaml, String where) {
        return bind(YamlReader.document(yaml, where));
    }

    /** @throws ConfigException with a line per problem */
    public T bind(YamlNode tree) {
        return Binder.bind(type, tree);
    }

    /**
     * The record of some settings and of defaults for what they leave out.
     *
     * @param where names the record, for messages
     * @throws ConfigException with a line per problem
     */
    public T of(List<Setting> settings, String where) {
        YamlNode tree = YamlReader.document("", where);
        for (Setting setting : settings) {
            tree = setting.applyTo(tree);
        }
        return bind(tree);
    }

    /** YAML that reads as an equal record. */
    public static String write(Record value) {
        return YamlWriter.write(value);
    }

    /** An enum's constant as YAML has it. */
    public static String constant(Enum<?> constant) {
        return YamlWriter.constant(constant);
    }

    /**
     * All keys of the record and of those within, outermost first.
     *
     * @param choices which record a key of {@link Variant} means, where it is not the standard one
     */
    public List<Key> keys(Map<String, String> choices) {
        return Keys.of(type, choices);
    }

    /** What a key of variants may mean. */
    public List<String> choices(String key) {
        return Variants.component(type, key).map(component -> Variants.names(component.getType(), key)).orElseThrow();
    }

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

        /** What the key's list is of, if it is one. */
        public Optional<Class<?>> item() {
            return itemOf(type);
        }

        static Optional<Class<?>> itemOf(Type type) {
            return type instanceof ParameterizedType list && list.getRawType() == List.class
                    ? Optional.of((Class<?>) list.getActualTypeArguments()[0])
                    : Optional.empty();
        }
    }
}
