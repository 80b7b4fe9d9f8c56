package io.evolo.schema;

import java.util.List;

/** A piece of a configuration, with the place where it was written. Immutable. */
public sealed interface YamlNode {

    /** For messages: {@code file:line:column}, or the option that gave the value. */
    String place();

    /** What it is, for messages. */
    String kind();

    /**
     * One value.
     *
     * @param text as written, without quotes
     * @param quoted whether it was, so that it is a string and nothing else
     */
    record Scalar(String place, String text, boolean quoted) implements YamlNode {
        /** Whether nothing stands here: an empty value, {@code null} or {@code ~}. */
        boolean empty() {
            return !quoted && (text.isEmpty() || text.equals("~") || text.equalsIgnoreCase("null"));
        }

        @Override
        public String kind() {
            return empty() ? "nothing" : "'" + text + "'";
        }
    }

    /** A list. */
    record Sequence(String place, List<YamlNode> items) implements YamlNode {
        public Sequence {
            items = List.copyOf(items);
        }

        @Override
        public String kind() {
            return "a list of " + items.size();
        }
    }

    /** Keys and values in the order of writing. A key may stand twice: that is for the reader of the mapping to refuse. */
    record Mapping(String place, List<Entry> entries) implements YamlNode {
        public Mapping {
            entries = List.copyOf(entries);
        }

        @Override
        public String kind() {
            return "a group of keys";
        }
    }

    /**
     * A key and its value.
     *
     * @param place of the key
     */
    record Entry(String place, String key, YamlNode value) {}
}
