package io.evolo.meta;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Numbers in every JSON file that a run leaves: JSON has none that is not finite, so null stands for these. */
public final class JsonNumbers {
    private JsonNumbers() {}

    /** One to fill. */
    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** The number, or null for NaN and infinities. */
    public static void put(ObjectNode node, String key, double value) {
        if (Double.isFinite(value)) {
            node.put(key, value);
        } else {
            node.putNull(key);
        }
    }
}
