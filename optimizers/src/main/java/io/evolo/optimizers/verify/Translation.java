package io.evolo.optimizers.verify;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.designed.HandDesigned;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.DoubleUnaryOperator;

/**
 * How a file's hyperparameters are called here. A key that is missing in the file keeps this project's default; one that the
 * translation does not name is refused.
 */
final class Translation {
    private final String rule;
    private final List<BiConsumer<Keys, Map<String, Double>>> parts = new ArrayList<>();

    private Translation(String rule) {
        this.rule = rule;
    }

    /** To the rule of that name in {@link HandDesigned}. */
    static Translation to(String rule) {
        return new Translation(rule);
    }

    /** The same key on both sides. */
    Translation number(String key) {
        return number(key, key);
    }

    Translation number(String theirs, String ours) {
        return number(theirs, ours, value -> value);
    }

    Translation number(String theirs, String ours, DoubleUnaryOperator change) {
        return part((keys, out) -> {
            if (keys.has(theirs) && !keys.get(theirs).node().isNull()) {
                out.put(ours, change.applyAsDouble(keys.number(theirs, Double.NaN)));
            }
        });
    }

    /** null counts as this value. */
    Translation numberOr(String theirs, String ours, double ifNull) {
        return part((keys, out) -> {
            if (keys.has(theirs)) {
                out.put(ours, keys.number(theirs, ifNull));
            }
        });
    }

    /** An array of as many numbers. */
    Translation numbers(String theirs, String... ours) {
        return part((keys, out) -> {
            if (!keys.has(theirs)) {
                return;
            }
            if (keys.get(theirs).elements().size() != ours.length) {
                throw keys.get(theirs).wrong("expected " + ours.length + " numbers, " + String.join(", ", ours));
            }
            for (int i = 0; i < ours.length; i++) {
                out.put(ours[i], keys.get(theirs).get(i).number());
            }
        });
    }

    Translation flag(String theirs, String ours) {
        return part((keys, out) -> {
            if (keys.has(theirs)) {
                out.put(ours, keys.flag(theirs) ? 1.0 : 0);
            }
        });
    }

    /** Ours is the opposite of theirs. */
    Translation opposite(String theirs, String ours) {
        return part((keys, out) -> {
            if (keys.has(theirs)) {
                out.put(ours, keys.flag(theirs) ? 0 : 1.0);
            }
        });
    }

    /** A key that changes nothing here, whatever its value. */
    Translation withoutEffect(String theirs) {
        return part((keys, out) -> keys.has(theirs));
    }

    /** A key that this project has only one value of. */
    Translation only(String theirs, double value) {
        return part((keys, out) -> {
            boolean other = keys.has(theirs)
                    && (keys.get(theirs).node().isBoolean() ? keys.flag(theirs) != (value == 1) : keys.number(theirs, value) != value);
            if (other) {
                throw keys.get(theirs).wrong("got " + keys.get(theirs).node() + ", but this project's " + rule + " has only " + value);
            }
        });
    }

    /** A choice of ours that theirs has not. */
    Translation fixed(String ours, double value) {
        return part((keys, out) -> out.put(ours, value));
    }

    Translation part(BiConsumer<Keys, Map<String, Double>> part) {
        parts.add(part);
        return this;
    }

    /** The rule with what the keys say; the learning rate is read elsewhere. */
    Optimizer apply(Keys keys, Schedule rate) {
        Map<String, Double> hyper = new TreeMap<>();
        parts.forEach(part -> part.accept(keys, hyper));
        keys.requireNoOthers();
        return HandDesigned.of(rule, hyper, rate);
    }
}
