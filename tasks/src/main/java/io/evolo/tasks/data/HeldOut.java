package io.evolo.tasks.data;

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

    private static Examples slice(Examples all, int from, int to) {
        int features = all.features();
        return new Examples(
                Arrays.copyOfRange(all.inputs(), from * features, to * features), Arrays.copyOfRange(all.labels(), from, to));
    }
}
