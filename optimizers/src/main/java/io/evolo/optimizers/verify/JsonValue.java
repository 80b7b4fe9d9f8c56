package io.evolo.optimizers.verify;

import com.fasterxml.jackson.databind.JsonNode;
import io.evolo.checkpoints.CheckpointException;
import io.evolo.tasks.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * A JSON value that knows where it stands in its file, so that every complaint says so.
 *
 * @param where file and path of keys, as in {@code adam_a.json: gradients[3].W1}
 * @param node the value
 */
record JsonValue(String where, JsonNode node) {

    boolean has(String key) {
        return node.has(key);
    }

    List<String> keys() {
        require(node.isObject(), "an object");
        List<String> keys = new ArrayList<>();
        node.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    JsonValue get(String key) {
        if (!node.has(key)) {
            throw wrong("the key '" + key + "' is missing");
        }
        return new JsonValue(where + "." + key, node.get(key));
    }

    JsonValue get(int index) {
        require(node.isArray(), "an array");
        if (index >= node.size()) {
            throw wrong("got " + node.size() + " elements, expected at least " + (index + 1));
        }
        return new JsonValue(where + "[" + index + "]", node.get(index));
    }

    List<JsonValue> elements() {
        require(node.isArray(), "an array");
        List<JsonValue> elements = new ArrayList<>();
        for (int i = 0; i < node.size(); i++) {
            elements.add(get(i));
        }
        return elements;
    }

    String text() {
        require(node.isTextual(), "a string");
        return node.textValue();
    }

    double number() {
        require(node.isNumber(), "a number");
        return node.doubleValue();
    }

    boolean flag() {
        require(node.isBoolean(), "true or false");
        return node.booleanValue();
    }

    /** The number under a key, or {@code otherwise} if the key is missing. */
    double number(String key, double otherwise) {
        return has(key) ? get(key).number() : otherwise;
    }

    /** The flag under a key, or false if the key is missing. */
    boolean flag(String key) {
        return has(key) && get(key).flag();
    }

    Shape shape() {
        int[] axes = elements().stream().mapToInt(axis -> (int) axis.number()).toArray();
        try {
            return Shape.of(axes);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(where + ": " + e.getMessage(), e);
        }
    }

    /** Writes an array of exactly {@code count} numbers to {@code out} from {@code at} on. */
    void copyTo(float[] out, int at, int count) {
        require(node.isArray(), "an array");
        if (node.size() != count) {
            throw wrong("got " + node.size() + " numbers, expected " + count);
        }
        for (int i = 0; i < count; i++) {
            if (!node.get(i).isNumber()) {
                throw wrong("number " + i + " is " + node.get(i));
            }
            out[at + i] = node.get(i).floatValue();
        }
    }

    private void require(boolean right, String expected) {
        if (!right) {
            throw wrong("got " + (node.isContainerNode() ? node.getNodeType() : node) + ", expected " + expected);
        }
    }

    CheckpointException wrong(String what) {
        return new CheckpointException(where + ": " + what);
    }
}
