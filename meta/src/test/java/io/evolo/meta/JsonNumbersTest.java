package io.evolo.meta;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

class JsonNumbersTest {

    @Test
    void whatIsNotFiniteIsNull() {
        ObjectNode line = JsonNumbers.object();
        JsonNumbers.put(line, "a", Double.NaN);
        JsonNumbers.put(line, "b", Double.NEGATIVE_INFINITY);
        JsonNumbers.put(line, "c", 0.5);
        assertThat(line).hasToString("{\"a\":null,\"b\":null,\"c\":0.5}");
    }
}
