package io.evolo.schema;

import java.util.ArrayList;
import java.util.List;

/**
 * One value that replaces or adds to what a file says.
 *
 * @param path keys, outermost first; a number is an index where the file has a list
 * @param value with the option as its place
 */
public record Setting(List<String> path, YamlNode value) {

    public Setting {
        path = List.copyOf(path);
    }

    /**
     * Of the form {@code outer.steps=60} or {@code tasks.0.batch=[16, 32]}.
     *
     * @throws ConfigException where it is not
     */
    public static Setting parse(String text) {
        return parse(text, "--set", "outer.steps=60");
    }

    /**
     * The same of another option.
     *
     * @param option for messages
     * @param example of a setting, for messages
     */
    public static Setting parse(String text, String option, String example) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw new ConfigException(option + " " + text + ": expected KEY=VALUE, for instance " + example);
        }
        String key = text.substring(0, equals).strip();
        List<String> path = List.of(key.split("\\.", -1));
        if (path.stream().anyMatch(String::isBlank)) {
            throw new ConfigException(option + " " + text + ": the key has an empty part, expected for instance " + example.substring(0, example.indexOf('=')));
        }
        return new Setting(path, YamlReader.value(text.substring(equals + 1), option + " " + key));
    }

    /**
     * The tree with this value in it.
     *
     * @throws ConfigException where an index is outside its list
     */
    public YamlNode applyTo(YamlNode tree) {
        return put(tree, path);
    }

    private YamlNode put(YamlNode node, List<String> rest) {
        if (rest.isEmpty()) {
            return value;
        }
        String head = rest.getFirst();
        List<String> tail = rest.subList(1, rest.size());
        if (node instanceof YamlNode.Sequence sequence) {
            List<YamlNode> items = new ArrayList<>(sequence.items());
            int index = index(head, items.size());
            items.set(index, put(items.get(index), tail));
            return new YamlNode.Sequence(sequence.place(), items);
        }
        YamlNode.Mapping mapping = node instanceof YamlNode.Mapping m ? m : new YamlNode.Mapping(value.place(), List.of());
        List<YamlNode.Entry> entries = new ArrayList<>(mapping.entries());
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i).key().equals(head)) {
                entries.set(i, new YamlNode.Entry(value.place(), head, put(entries.get(i).value(), tail)));
                return new YamlNode.Mapping(mapping.place(), entries);
            }
        }
        entries.add(new YamlNode.Entry(value.place(), head, put(new YamlNode.Mapping(value.place(), List.of()), tail)));
        return new YamlNode.Mapping(mapping.place(), entries);
    }

    private int index(String head, int size) {
        int index = head.matches("\\d{1,9}") ? Integer.parseInt(head) : -1;
        if (index < 0 || index >= size) {
            throw new ConfigException(
                    value.place() + ": got '" + head + "' for a list of " + size + ", expected an index from 0 to " + (size - 1));
        }
        return index;
    }
}
