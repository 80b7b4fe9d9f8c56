package io.evolo.tasks;

import io.evolo.tasks.data.Dataset;
import io.evolo.tasks.data.Examples;
import java.util.EnumMap;
import java.util.Map;

/** A small data set for tests: every class is a normal cloud about a corner of its own. */
public final class Blobs {
    static final int CLASSES = 4;
    static final int SIDE = 3;

    private Blobs() {}

    public static Dataset draw(long seed) {
        Map<Split, Examples> parts = new EnumMap<>(Split.class);
        for (Split split : Split.values()) {
            parts.put(split, examples(Rng.of(seed, "blobs", split.ordinal()), 50 + split.ordinal()));
        }
        return new Dataset("blobs", SIDE, 1, CLASSES, parts);
    }

    private static Examples examples(Rng rng, int count) {
        float[] inputs = new float[count * SIDE * SIDE];
        rng.fillGaussian(inputs, 0.3);
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            labels[i] = rng.nextInt(CLASSES);
            inputs[i * SIDE * SIDE + labels[i]] += 1;
        }
        return new Examples(inputs, labels);
    }
}
