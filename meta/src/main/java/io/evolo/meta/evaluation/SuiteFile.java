package io.evolo.meta.evaluation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evolo.checkpoints.AtomicFile;
import io.evolo.checkpoints.CheckpointException;
import io.evolo.meta.Machine;
import io.evolo.tasks.Parametrization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code suite.json}: what was compared on what, where the trials lie, what was skipped, and what measured it. */
final class SuiteFile {
    private static final ObjectMapper JSON = new ObjectMapper();

    private SuiteFile() {}

    /** Replaces the file. Optimizers that an earlier pass has entered and this one has not stay in it. */
    static void write(
            Path file, EvaluationPlan plan, List<Entrant> entrants, int threads, List<ObjectNode> cells, List<String> skipped) {
        ObjectNode suite = JSON.createObjectNode().put("suite", plan.name()).put("seeds", plan.seeds());
        suite.put("tuningSeeds", plan.tuningSeeds()).put("machine", Machine.description()).put("threads", threads);
        Map<String, JsonNode> all = new LinkedHashMap<>();
        try {
            JsonNode before = Files.exists(file) ? JSON.readTree(file.toFile()) : JSON.createObjectNode();
            before.path("contenders").forEach(one -> all.put(one.path("name").asText(), one));
            entrants.forEach(entrant -> all.put(entrant.name(), node(entrant)));
            suite.putArray("contenders").addAll(all.values());
            join(cells, before.path("cells"));
            suite.putArray("cells").addAll(cells);
            ArrayNode lines = suite.putArray("skipped");
            skipped.forEach(lines::add);
            AtomicFile.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(suite));
        } catch (IOException e) {
            throw new CheckpointException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static ObjectNode node(Entrant entrant) {
        ObjectNode node = JSON.createObjectNode().put("name", entrant.name());
        put(node, entrant.parametrizations().standard());
        ObjectNode families = node.putObject("families");
        entrant.parametrizations().byFamily().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> put(families.putObject(entry.getKey()), entry.getValue()));
        ObjectNode facts = node.putObject("facts");
        entrant.facts().forEach(facts::put);
        return node;
    }

    private static void put(ObjectNode node, Parametrization scaling) {
        node.put("parametrization", scaling.kind().name()).put("baseWidth", scaling.baseWidth());
    }

    /** Ledgers of parametrizations that only an earlier pass had. */
    private static void join(List<ObjectNode> cells, JsonNode before) {
        for (int i = 0; i < cells.size() && i < before.size(); i++) { // the same plan: the same cells in the same order
            ArrayNode ledgers = cells.get(i).withArray("ledgers");
            for (JsonNode ledger : before.get(i).path("ledgers")) {
                boolean known = false;
                for (JsonNode one : ledgers) {
                    known |= one.equals(ledger);
                }
                if (!known) {
                    ledgers.add(ledger);
                }
            }
        }
    }
}
