package io.evolo.meta.tune;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.evolo.optimizers.Schedule;
import io.evolo.schema.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * A published list of NAdamW settings in the format of {@code opt_list.json}: an array, the most useful prefix first, of objects with
 * exactly the keys {@code learning_rate}, {@code beta1}, {@code beta2}, {@code epsilon}, {@code use_nesterov},
 * {@code adamw_weight_decay}, {@code l2_weight_decay}, {@code warmup_fraction}, {@code constant_fraction} and
 * {@code min_learning_rate_mult}. Nothing is guessed: a key too many or too few is an error.
 */
final class SettingList {
    /** The rule that the settings are of. */
    static final String OPTIMIZER = "nadamw-velo";

    private static final String NESTEROV = "use_nesterov";
    private static final String WARMUP = "warmup_fraction";
    private static final String CONSTANT = "constant_fraction";
    private static final String LEAST = "min_learning_rate_mult";
    private static final Set<String> SCHEDULE = Set.of(WARMUP, CONSTANT, LEAST);

    /** The list's key and its range, and the name that the rule has for it. */
    private record Key(String listed, double low, double high, String name) {}

    private static final List<Key> KEYS = List.of(
            new Key("learning_rate", Double.MIN_VALUE, Double.MAX_VALUE, Candidate.RATE),
            new Key("beta1", 0, Math.nextDown(1.0), "beta1"),
            new Key("beta2", 0, 1, "beta2"),
            new Key("epsilon", 0, Double.MAX_VALUE, "epsilon"),
            new Key("adamw_weight_decay", 0, Double.MAX_VALUE, "weight_decay"),
            new Key("l2_weight_decay", 0, Double.MAX_VALUE, "l2"),
            new Key(WARMUP, 0, 1, WARMUP),
            new Key(CONSTANT, 0, 1, CONSTANT),
            new Key(LEAST, 0, 1, LEAST));

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private SettingList() {}

    /**
     * The first entries of a file.
     *
     * @param trials how many; 0: all
     * @throws ConfigException if the file is missing, is no such list, or an entry is wrong: with file, entry and key
     */
    static List<Candidate> read(Path file, int trials) {
        JsonNode root = parse(file);
        if (!root.isArray() || root.isEmpty()) {
            throw new ConfigException(file + ": got " + kind(root) + ", expected the array of opt_list.json, best prefix first");
        }
        int count = trials == 0 ? root.size() : trials;
        if (root.size() < count) {
            throw new ConfigException(file + ": has " + root.size() + " entries, but --trials asks for " + count);
        }
        return IntStream.range(0, count)
                .mapToObj(i -> candidate(file + ": entry " + i, root.get(i)))
                .toList();
    }

    private static JsonNode parse(Path file) {
        try {
            return JSON.readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw new ConfigException(
                    file + ": line " + e.getLocation().getLineNr() + ": not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new ConfigException("list " + file + " cannot be read: " + (Files.exists(file) ? e.getMessage() : "there is no such file"));
        }
    }

    private static String kind(JsonNode node) {
        return node.isArray() ? "an empty array" : node.isObject() ? "an object" : "'" + node + "'";
    }

    private static Candidate candidate(String where, JsonNode entry) {
        if (!entry.isObject()) {
            throw new ConfigException(where + ": got " + kind(entry) + ", expected an object with a setting's keys");
        }
        Set<String> unknown = new TreeSet<>();
        entry.fieldNames().forEachRemaining(unknown::add);
        SortedMap<String, Double> values = new TreeMap<>();
        for (Key key : KEYS) {
            values.put(key.name(), number(where, entry, key));
            unknown.remove(key.listed());
        }
        values.put("nesterov", flag(where, entry));
        unknown.remove(NESTEROV);
        if (!unknown.isEmpty()) {
            throw new ConfigException(where + ": key '" + unknown.iterator().next() + "' is not one of a setting");
        }
        return new Candidate(OPTIMIZER, Annealing.LISTED, values);
    }

    private static double number(String where, JsonNode entry, Key key) {
        JsonNode node = entry.path(key.listed());
        if (!node.isNumber() || !(node.doubleValue() >= key.low() && node.doubleValue() <= key.high())) {
            String got = node.isMissingNode() ? "is missing" : "is " + node;
            String range = key.high() == Double.MAX_VALUE ? key.low() > 0 ? "above 0" : "of at least 0" : "within 0 and 1";
            throw new ConfigException(where + ": " + key.listed() + " " + got + ", expected a number " + range);
        }
        return node.doubleValue();
    }

    private static double flag(String where, JsonNode entry) {
        JsonNode node = entry.path(NESTEROV);
        if (!node.isBoolean()) {
            String got = node.isMissingNode() ? "is missing" : "is " + node;
            throw new ConfigException(where + ": " + NESTEROV + " " + got + ", expected true or false");
        }
        return node.booleanValue() ? 1 : 0;
    }

    /** Whether a value belongs to the schedule, not to the rule. */
    static boolean isOfSchedule(String name) {
        return SCHEDULE.contains(name);
    }

    /** The schedule of an entry, as the list's code executes it. */
    static Schedule schedule(Candidate candidate) {
        return new Listed(
                candidate.rate(),
                candidate.values().get(LEAST),
                candidate.values().get(CONSTANT),
                candidate.values().get(WARMUP));
    }

    /**
     * Constant at the peak for a part of the run, then a half cosine down to peak · least at its end. With a warm-up, the published
     * code lets the rate rise linearly for the longer of the two parts, so that no plateau is left; kept, because the list was
     * searched with it.
     *
     * @param peak highest rate
     * @param least what the rate ends at, as a part of the peak
     * @param constant part of the run, in [0, 1]
     * @param warmup part of the run, in [0, 1]; 0: none
     */
    record Listed(double peak, double least, double constant, double warmup) implements Schedule {
        @Override
        public double rate(int t, int horizon) {
            double rising = warmup > 0 ? Math.max(warmup, constant) * horizon : 0;
            if (t < rising) {
                return peak * t / rising;
            }
            double begin = constant * horizon;
            double done = t <= begin ? 0 : Math.min(1, (t - begin) / (horizon - begin));
            return peak * (least + (1 - least) * 0.5 * (1 + cosOfPi(done)));
        }

        /** By StrictMath once a step: a schedule is no hot loop. */
        private static double cosOfPi(double x) {
            return StrictMath.cos(StrictMath.PI * x);
        }
    }
}
