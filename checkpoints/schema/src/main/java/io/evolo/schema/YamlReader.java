package io.evolo.schema;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads one YAML 1.2 document, keeping places. Aliases are refused: a recipe says each value where it stands. */
public final class YamlReader {
    private final String origin;
    private final boolean lines;
    private final Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    private YamlReader(String origin, boolean lines) {
        this.origin = origin;
        this.lines = lines;
    }

    /**
     * A document whose places are {@code file:line:column}; nothing in it is an empty mapping.
     *
     * @throws ConfigException where it is no YAML
     */
    public static YamlNode document(String text, String file) {
        return new YamlReader(file, true).read(text).orElse(new YamlNode.Mapping(file + ":1:1", List.of()));
    }

    /**
     * The value of an option, in YAML, all of it at one place.
     *
     * @throws ConfigException where it is no YAML
     */
    public static YamlNode value(String text, String place) {
        return new YamlReader(place, false).read(text).orElse(new YamlNode.Scalar(place, "", false));
    }

    private Optional<YamlNode> read(String text) {
        LoadSettings settings = LoadSettings.builder().setUseMarks(true).setLabel(origin).build();
        try {
            return new Compose(settings).composeString(text).map(this::convert);
        } catch (MarkedYamlEngineException e) {
            Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
            throw new ConfigException(place(mark) + ": not valid YAML: " + String.valueOf(e.getProblem()).strip());
        } catch (YamlEngineException e) {
            throw new ConfigException(origin + ": not valid YAML: " + e.getMessage());
        } catch (StackOverflowError e) {
            throw new ConfigException(origin + ": lists or groups are nested thousands deep, expected a recipe");
        }
    }

    private YamlNode convert(Node node) {
        String place = place(node.getStartMark());
        if (node instanceof ScalarNode scalar) {
            return new YamlNode.Scalar(place, scalar.getValue(), !scalar.isPlain());
        }
        if (!seen.add(node)) {
            throw new ConfigException(place + ": a YAML alias repeats this, expected the value itself where it is used");
        }
        if (node instanceof SequenceNode sequence) {
            return new YamlNode.Sequence(
                    place, sequence.getValue().stream().map(this::convert).toList());
        }
        List<YamlNode.Entry> entries = new ArrayList<>();
        for (NodeTuple tuple : ((MappingNode) node).getValue()) {
            entries.add(entry(tuple));
        }
        return new YamlNode.Mapping(place, entries);
    }

    private YamlNode.Entry entry(NodeTuple tuple) {
        String place = place(tuple.getKeyNode().getStartMark());
        if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
            throw new ConfigException(place + ": a key is a list or a group of keys, expected a word");
        }
        return new YamlNode.Entry(place, key.getValue(), convert(tuple.getValueNode()));
    }

    private String place(Optional<Mark> mark) {
        return lines && mark.isPresent()
                ? origin + ":" + (mark.get().getLine() + 1) + ":" + (mark.get().getColumn() + 1)
                : origin;
    }
}
