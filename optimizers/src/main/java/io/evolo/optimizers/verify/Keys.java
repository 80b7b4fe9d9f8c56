package io.evolo.optimizers.verify;

import com.fasterxml.jackson.databind.JsonNode;
import io.evolo.checkpoints.CheckpointException;
import io.evolo.schema.Names;
import java.util.Set;
import java.util.TreeSet;

/** Reads the keys of an object and knows which have been read, so that none is passed over in silence. */
final class Keys {
    private final JsonValue object;
    private final Set<String> known = new TreeSet<>();

    Keys(JsonValue object) {
        this.object = object;
    }

    boolean has(String key) {
        known.add(key);
        return object.has(key);
    }

    JsonValue get(String key) {
        known.add(key);
        return object.get(key);
    }

    /** The number under a key; null and a missing key are {@code otherwise}, "inf" is infinite. */
    double number(String key, double otherwise) {
        known.add(key);
        JsonNode node = object.has(key) ? object.get(key).node() : null;
        if (node == null || node.isNull()) {
            return otherwise;
        }
        return node.isTextual() && node.textValue().equals("inf") ? Double.POSITIVE_INFINITY : object.get(key).number();
    }

    boolean flag(String key) {
        known.add(key);
        return object.flag(key);
    }

    /** @throws CheckpointException if the object has a key that has not been asked for */
    void requireNoOthers() {
        for (String key : object.keys()) {
            if (!known.contains(key)) {
                throw new CheckpointException(object.where() + ": " + Names.unknown("hyperparameter", key, known));
            }
        }
    }
}
