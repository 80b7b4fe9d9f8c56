package io.evolo.tasks.data;

import io.evolo.tasks.Rng;
import io.evolo.tasks.Split;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * How a training file is divided: its last tenth, in its own order, is held out, one half as {@link Split#INNER_VALID}, the rest as
 * {@link Split#OUTER_VALID}.
 */
final class HeldOut {
    /** With fewer, one of the two halves would be empty. */
    private static final int FEWEST = 20;

    private HeldOut() {}

    /**
     * The four parts.
     *
     * @param where for messages
     * @throws DataException if there are fewer than 20 training examples
     */
    static Map<Split, Examples> divide(String where, Examples train, Examples test) {
        if (train.count() < FEWEST) {
            throw new DataException(where + ": " + train.count() + " training examples, expected at least " + FEWEST
                    + " (two twentieths are held out)");
        }
        int held = train.count() / 10;
        int inner = train.count() - held;
        int outer = inner + held / 2;
        Map<Split, Examples> parts = new EnumMap<>(Split.class);
        parts.put(Split.TRAIN, slice(train, 0, inner));
        parts.put(Split.INNER_VALID, slice(train, inner, outer));
        parts.put(Split.OUTER_VALID, slice(train, outer, train.count()));
        parts.put(Split.TEST, test);
        return parts;
    }

    /**
     * The four parts of examples that nobody has divided, in an order that depends on their number alone: the last tenth is
     * {@link Split#TEST}, the others as {@link #divide} has them.
     */
    static Map<Split, Examples> shuffled(String where, Examples all) {
        Examples mixed = inRandomOrder(all);
        int test = Math.max(1, all.count() / 10);
        if (all.count() - test < FEWEST) {
            throw new DataException(where + ": " + all.count() + " examples, expected at least " + (FEWEST + FEWEST / 8)
                    + " (a tenth is for the test, two twentieths of the others are held out)");
        }
        return divide(where, slice(mixed, 0, all.count() - test), slice(mixed, all.count() - test, all.count()));
    }

    /** The same examples, shuffled (Fisher and Yates) by their number. */
    static Examples inRandomOrder(Examples all) {
        Rng rng = Rng.of(all.count(), "held-out-order");
        float[] inputs = all.inputs().clone();
        int[] labels = all.labels().clone();
        int features = all.features();
        float[] row = new float[features];
        for (int i = labels.length - 1; i > 0; i--) {
            int j = rng.nextInt(i + 1);
            int label = labels[i];
            labels[i] = labels[j];
            labels[j] = label;
            System.arraycopy(inputs, i * features, row, 0, features);
            System.arraycopy(inputs, j * features, inputs, i * features, features);
            System.arraycopy(row, 0, inputs, j * features, features);
        }
        return new Examples(inputs, labels);
    }

    private static Examples slice(Examples all, int from, int to) {
        int features = all.features();
        return new Examples(
                Arrays.copyOfRange(all.inputs(), from * features, to * features), Arrays.copyOfRange(all.labels(), from, to));
    }
}
