package io.evolo.tasks.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.tasks.Split;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StandardizerTest {

    @Test
    void everyChannelGoesThroughTheTrainingPartsMap() {
        Map<Split, Examples> parts = new EnumMap<>(Split.class);
        // One pixel of two channels; channel 0: mean 2, std 1; channel 1: mean 10, std 5.
        parts.put(Split.TRAIN, new Examples(new float[] {1, 5, 3, 15}, new int[2]));
        parts.put(Split.INNER_VALID, new Examples(new float[] {2, 10}, new int[1]));
        parts.put(Split.TEST, new Examples(new float[] {4, 20}, new int[1]));
        new Standardizer(2).apply("two", parts);
        assertThat(parts.get(Split.TRAIN).inputs()).containsExactly(-1, -1, 1, 1);
        assertThat(parts.get(Split.INNER_VALID).inputs()).containsExactly(0, 0);
        assertThat(parts.get(Split.TEST).inputs()).containsExactly(2, 2);
    }
}
