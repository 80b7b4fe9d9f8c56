package io.evolo.tasks.data;

import java.util.Arrays;

/**
 * Labelled examples, one behind the other. The arrays are handed over, not copied: whoever makes this record must not change them
 * afterwards.
 *
 * @param inputs all inputs, [examples × features]
 * @param labels the class of each example
 */
public record Examples(float[] inputs, int[] labels) {

    public Examples {
        if (labels.length == 0 || inputs.length % labels.length != 0) {
            throw new IllegalArgumentException("got " + inputs.length + " values for " + labels.length
                    + " labels, expected at least one label and as many values for each");
        }
    }

    public int count() {
        return labels.length;
    }

    public int features() {
        return inputs.length / labels.length;
    }

    int largestLabel() {
        return Arrays.stream(labels).max().orElseThrow();
    }
}
