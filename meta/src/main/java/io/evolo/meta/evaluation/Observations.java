package io.evolo.meta.evaluation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evolo.checkpoints.AtomicFile;
import io.evolo.checkpoints.CheckpointException;
import io.evolo.meta.Trial;
import io.evolo.meta.Workers;
import io.evolo.meta.tune.TuningPlan;
import io.evolo.optimizers.Optimizer;
import io.evolo.tasks.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What the optimizers of a cell do, beside how well: {@code observations.jsonl} in the cell's directory, a line per optimizer with its
 * {@link UpdateTrace}, and a line per input that a learned rule was run without. Written anew as a whole after every line, so that a
 * kill leaves whole lines; what stands there is not made again.
 */
public final class Observations {
    /** Its name in a cell's directory. */
    public static final String NAME = "observations.jsonl";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ABLATION_SEEDS = 2; // of those that the whole rule was judged on

    private final Path file;
    private final Task task;
    private final TuningPlan plan;
    private final Map<String, ObjectNode> lines = new LinkedHashMap<>();

    Observations(Path place, Task task, TuningPlan plan) {
        this.file = place.resolve(NAME);
        this.task = task;
        this.plan = plan;
        if (Files.exists(file)) {
            try {
                for (String line : Files.readAllLines(file)) {
                    ObjectNode node = (ObjectNode) JSON.readTree(line);
                    lines.put(key(node), node);
                }
            } catch (IOException e) {
                throw new CheckpointException(file + " cannot be read: " + e.getMessage() + "; remove it, and it is made again", e);
            }
        }
    }

    private static String key(JsonNode line) {
        return line.path("optimizer").asText() + "\n" + line.path("without").asText();
    }

    /** Looks at one run of the rule, the first of those that it is judged by. */
    void trace(String optimizer, Optimizer rule) {
        ObjectNode line = JSON.createObjectNode().put("optimizer", optimizer);
        if (lines.containsKey(key(line))) {
            return;
        }
        UpdateTrace trace = new UpdateTrace(rule);
        Trial.run(task, trace, plan.steps(), plan.seed(), Trial.Purpose.JUDGING, 0, 1, (step, loss) -> {});
        ArrayNode layers = line.putArray("layers");
        UpdateTrace.layers(task.layout()).forEach(layers::add);
        ArrayNode beside = line.putArray("beside");
        UpdateTrace.shadows().forEach(beside::add);
        ArrayNode looks = line.putArray("looks");
        for (UpdateTrace.Look look : trace.looks()) {
            ObjectNode one = looks.addObject().put("step", look.step());
            put(one.putArray("rms"), look.rms());
            put(one.putArray("cosines"), look.cosines());
            put(one.putArray("rate"), look.rate());
        }
        add(line);
    }

    /** Runs the rule without each of its inputs, on seeds that the whole rule was judged on. */
    void ablate(String optimizer, List<Entrant.Ablation> ablations, int threads) {
        List<Entrant.Ablation> missing = ablations.stream()
                .filter(ablation -> !lines.containsKey(optimizer + "\n" + ablation.input()))
                .toList();
        try (Workers workers = new Workers(threads)) {
            List<double[]> losses = workers.map(missing, ablation -> IntStream.range(0, ABLATION_SEEDS)
                    .mapToDouble(seed -> without(ablation, seed))
                    .toArray());
            for (int i = 0; i < missing.size(); i++) {
                ObjectNode line = JSON.createObjectNode().put("optimizer", optimizer).put("without", missing.get(i).input());
                put(line.putArray("trainLosses"), losses.get(i));
                add(line);
            }
        }
    }

    private double without(Entrant.Ablation ablation, int seed) {
        return Trial.run(
                        task, ablation.optimizer(), plan.steps(), plan.seed(), Trial.Purpose.JUDGING, seed, plan.examples(),
                        (step, loss) -> {})
                .trainLoss();
    }

    /** As floats, which is more than a figure shows; null for what is not finite. */
    private static void put(ArrayNode array, double... values) {
        for (double value : values) {
            if (Double.isFinite(value)) {
                array.add((float) value);
            } else {
                array.addNull();
            }
        }
    }

    private void add(ObjectNode line) {
        lines.put(key(line), line);
        AtomicFile.write(file, lines.values().stream().map(Observations::text).collect(Collectors.joining("\n", "", "\n")));
    }

    private static String text(ObjectNode line) {
        try {
            return JSON.writeValueAsString(line);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
