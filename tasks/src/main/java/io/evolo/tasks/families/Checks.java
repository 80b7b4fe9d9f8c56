package io.evolo.tasks.families;

import io.evolo.tasks.IntRange;
import java.util.List;

/** One wording for values out of range; every message begins with the component's name. */
final class Checks {
    private Checks() {}

    static void notEmpty(String name, List<?> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException(name + " is empty, expected at least one");
        }
    }

    static void atLeast(String name, IntRange range, int least) {
        atLeast(name, range.low(), least);
    }

    static void atLeast(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " is " + value + ", expected at least " + least);
        }
    }

    static void allAtLeast(String name, List<Integer> values, int least) {
        notEmpty(name, values);
        values.forEach(value -> atLeast(name, value, least));
    }

    static void probability(String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(name + " is " + value + ", expected one of [0, 1)");
        }
    }
}
