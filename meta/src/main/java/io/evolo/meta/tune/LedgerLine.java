package io.evolo.meta.tune;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evolo.meta.JsonNumbers;
import io.evolo.meta.LearningCurve;
import io.evolo.meta.Trial;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A line of {@code trials.jsonl}. Losses of diverged trials are null, for JSON has no infinity; so is the accuracy of a task that has
 * none.
 */
final class LedgerLine {
    private static final JsonMapper JSON =
            JsonMapper.builder(JsonFactory.builder().enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER).build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build();

    /** Lines that were written before the cause was kept do not say it. */
    private static final String UNSAID = "not said";

    private LedgerLine() {}

    /** What a line says. */
    record Read(TaskIdentity task, LedgerEntry entry) {}

    static String write(TaskIdentity task, LedgerEntry entry) {
        Candidate candidate = entry.key().candidate();
        Trial trial = entry.trial();
        ObjectNode line = JSON.createObjectNode();
        line.put("optimizer", candidate.optimizer());
        line.put("tier", word(entry.tier()));
        line.put("schedule", word(candidate.annealing()));
        ObjectNode values = line.putObject("hyperparameters");
        candidate.values().forEach(values::put);
        line.put("purpose", word(entry.key().purpose()));
        line.put("seed", entry.key().seed());
        ObjectNode facts = line.putObject("task");
        task.facts().forEach(facts::put);
        line.put("status", trial.diverged() ? "diverged" : "finished");
        if (trial.diverged()) {
            line.put("divergence", trial.divergence());
        }
        JsonNumbers.put(line, "trainLoss", trial.trainLoss());
        JsonNumbers.put(line, "validLoss", trial.validLoss());
        JsonNumbers.put(line, "testLoss", trial.testLoss());
        JsonNumbers.put(line, "bestTestLoss", trial.bestTestLoss());
        JsonNumbers.put(line, "testAccuracy", trial.testAccuracy());
        JsonNumbers.put(line, "initialLoss", trial.initialLoss());
        line.put("steps", Integer.parseInt(task.facts().get("steps")));
        line.put("laneSteps", trial.steps());
        line.put("seconds", micros(trial.seconds()));
        line.put("updateSeconds", micros(trial.updateSeconds()));
        line.put("stateBytes", trial.stateBytes());
        put(line.putArray("curve"), entry.curve());
        return line.toString();
    }

    private static double micros(double seconds) {
        return Math.round(seconds * 1e6) / 1e6;
    }

    private static void put(ArrayNode array, List<Float> curve) {
        for (float loss : curve) {
            if (Float.isFinite(loss)) {
                array.add(loss);
            } else {
                array.addNull();
            }
        }
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException if it is no such line; the message says what is wrong in it */
    static Read read(String text) {
        ObjectNode line = JSON.createObjectNode();
        List<Float> curve;
        try (JsonParser parser = JSON.createParser(text)) {
            float[] points = fill(line, parser);
            curve = LearningCurve.condensed(points, (int) number(line, "steps"));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a text cannot fail to be read
        }
        Candidate candidate = new Candidate(
                text(line, "optimizer"), constant(Annealing.class, line, "schedule"), numbers(get(line, "hyperparameters")));
        LedgerEntry.Key key = new LedgerEntry.Key(
                candidate, constant(Trial.Purpose.class, line, "purpose"), (int) number(line, "seed"));
        return new Read(task(get(line, "task")), new LedgerEntry(
                key, constant(Tier.class, line, "tier"), trial(line), curve));
    }

    /** All of the line but its curve, which may be long, goes to the object. */
    private static float[] fill(ObjectNode line, JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new IllegalArgumentException("not a JSON object");
        }
        float[] curve = {};
        boolean found = false;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            if (parser.nextToken() == JsonToken.START_ARRAY && key.equals("curve")) {
                curve = curve(parser);
                found = true;
            } else {
                line.set(key, parser.readValueAsTree());
            }
        }
        if (!found) {
            throw new IllegalArgumentException("key 'curve' is missing");
        }
        return curve;
    }

    private static float[] curve(JsonParser parser) throws IOException {
        float[] points = new float[LearningCurve.WINDOWS];
        int count = 0;
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            if (count == points.length) {
                points = Arrays.copyOf(points, 2 * count);
            }
            points[count++] = token == JsonToken.VALUE_NULL ? Float.NaN : parser.getFloatValue();
        }
        return Arrays.copyOf(points, count);
    }

    private static Trial trial(JsonNode line) {
        boolean diverged = switch (text(line, "status")) {
            case "diverged" -> true;
            case "finished" -> false;
            default -> throw new IllegalArgumentException("status is " + get(line, "status") + ", expected finished or diverged");
        };
        return new Trial(
                loss(line, "trainLoss", diverged),
                loss(line, "validLoss", diverged),
                loss(line, "testLoss", diverged),
                get(line, "testAccuracy").isNull() ? Double.NaN : number(line, "testAccuracy"),
                number(line, "initialLoss"),
                diverged ? line.path("divergence").asText(UNSAID) : "",
                (int) number(line, "laneSteps"),
                number(line, "seconds"),
                number(line, "updateSeconds"),
                (long) number(line, "stateBytes"),
                // a line that was written before it was measured does not say it
                line.path("bestTestLoss").isNumber() ? number(line, "bestTestLoss") : diverged ? Double.POSITIVE_INFINITY : Double.NaN);
    }

    private static double loss(JsonNode line, String key, boolean diverged) {
        return diverged ? Double.POSITIVE_INFINITY : number(line, key);
    }

    private static TaskIdentity task(JsonNode node) {
        SortedMap<String, String> facts = new TreeMap<>();
        for (Map.Entry<String, JsonNode> fact : node.properties()) {
            facts.put(fact.getKey(), fact.getValue().asText());
        }
        return new TaskIdentity(facts);
    }

    private static SortedMap<String, Double> numbers(JsonNode node) {
        SortedMap<String, Double> values = new TreeMap<>();
        for (Map.Entry<String, JsonNode> value : node.properties()) {
            values.put(value.getKey(), number(node, value.getKey()));
        }
        return values;
    }

    private static JsonNode get(JsonNode node, String key) {
        if (!node.has(key)) {
            throw new IllegalArgumentException("key '" + key + "' is missing");
        }
        return node.get(key);
    }

    /** Infinite values of hyperparameters stand as texts. */
    private static double number(JsonNode node, String key) {
        JsonNode value = get(node, key);
        if (value.isTextual() && value.textValue().equals("Infinity")) {
            return Double.POSITIVE_INFINITY;
        }
        if (!value.isNumber()) {
            throw new IllegalArgumentException(key + " is " + value + ", expected a number");
        }
        return value.doubleValue();
    }

    private static String text(JsonNode node, String key) {
        JsonNode value = get(node, key);
        if (!value.isTextual()) {
            throw new IllegalArgumentException(key + " is " + value + ", expected a text");
        }
        return value.textValue();
    }

    private static <E extends Enum<E>> E constant(Class<E> type, JsonNode node, String key) {
        String text = text(node, key);
        for (E constant : type.getEnumConstants()) {
            if (word(constant).equals(text)) {
                return constant;
            }
        }
        throw new IllegalArgumentException(key + " is '" + text + "', which this version does not know");
    }
}
