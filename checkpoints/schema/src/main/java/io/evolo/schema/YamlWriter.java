package io.evolo.schema;

import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Writes records as YAML 1.2 with every value in it: what {@link Binder} reads back as an equal record. */
final class YamlWriter {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z/][A-Za-z0-9_./-]*");

    private YamlWriter() {}

    public static String write(Record configuration) {
        StringBuilder out = new StringBuilder();
        group(configuration, "", out);
        return out.toString();
    }

    /** How an enum constant is written: {@code full_es}. */
    public static String constant(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static void group(Record group, String indent, StringBuilder out) {
        RecordComponent[] components = group.getClass().getRecordComponents();
        for (RecordComponent component : components) {
            if (component.isAnnotationPresent(Variant.class)) {
                variant(component.getAnnotation(Variant.class).key(), (Record) read(component, group), indent, out);
                continue;
            }
            out.append(indent).append(component.getName()).append(':');
            value(read(component, group), indent, out);
        }
    }

    /** The name under its key, unless the record chooses by the same key once more, and the record's keys at the same indent. */
    private static void variant(String key, Record chosen, String indent, StringBuilder out) {
        if (Variants.component(chosen.getClass(), key).isEmpty()) {
            out.append(indent).append(key).append(": ").append(Variants.name(chosen.getClass())).append('\n');
        }
        group(chosen, indent, out);
    }

    private static Object read(RecordComponent component, Record group) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(group);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read " + component, e);
        }
    }

    /** What follows the colon of a key that stands at this indent. */
    private static void value(Object value, String indent, StringBuilder out) {
        if (value instanceof Record group) {
            out.append('\n');
            group(group, indent + "  ", out);
        } else if (value instanceof List<?> list && list.stream().anyMatch(item -> item instanceof Record)) {
            out.append('\n');
            list.forEach(item -> item(item, indent, out));
        } else if (value instanceof Map<?, ?> map && !map.isEmpty()) {
            out.append('\n');
            map.forEach((key, item) -> {
                out.append(indent).append("  ").append(text(key.toString())).append(':');
                value(item, indent + "  ", out);
            });
        } else {
            out.append(' ').append(flow(value)).append('\n');
        }
    }

    /** A record of a list: the first key stands behind the dash. */
    private static void item(Object item, String indent, StringBuilder out) {
        StringBuilder inner = new StringBuilder();
        group((Record) item, indent + "    ", inner);
        out.append(indent).append("  - ").append(inner.substring(indent.length() + 4));
    }

    static String flow(Object value) {
        return switch (value) {
            case List<?> list -> "[" + String.join(", ", list.stream().map(YamlWriter::flow).toList()) + "]";
            case Map<?, ?> _ -> "{}";
            case Enum<?> constant -> constant(constant);
            case Double number -> number(number);
            case String text -> text(text);
            default -> value.toString();
        };
    }

    private static String number(double number) {
        if (Double.isNaN(number)) {
            return ".nan";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? ".inf" : "-.inf";
        }
        return Double.toString(number).replaceFirst("\\.0(?=E|$)", "").replace('E', 'e');
    }

    private static String text(String text) {
        if (PLAIN.matcher(text).matches() && !text.matches("(?i)null|true|false")) {
            return text;
        }
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().forEach(c -> quoted.append(c == '"' || c == '\\' ? "\\" + (char) c
                : c < ' ' || c == 0x7f || c == 0x85 || c == 0x2028 || c == 0x2029 || c == 0xfeff ? String.format("\\u%04x", c)
                : String.valueOf((char) c)));
        return quoted.append('"').toString();
    }
}
