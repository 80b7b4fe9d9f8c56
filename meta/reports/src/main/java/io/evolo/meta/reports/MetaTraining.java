package io.evolo.meta.reports;

import com.fasterxml.jackson.databind.JsonNode;
import io.evolo.checkpoints.CheckpointException;
import io.evolo.meta.reports.Figure.Axis;
import io.evolo.meta.reports.Figure.Lines;
import io.evolo.meta.reports.Figure.Series;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The report of a meta-training run: how the meta-loss fell, and the table that the run ended with. */
final class MetaTraining {
    private static final String METRICS = "metrics.jsonl";
    private static final String VALIDATION = "validation.jsonl";
    private static final String EVALUATION = "evaluation.json";

    private MetaTraining() {}

    static boolean isOne(Path run) {
        return Files.exists(run.resolve(METRICS));
    }

    static Report report(Path run) {
        List<JsonNode> lines = new ArrayList<>();
        List<String> skipped = JsonLines.read(run.resolve(METRICS), lines::add);
        if (lines.isEmpty()) {
            throw new CheckpointException(run.resolve(METRICS) + " holds no interval yet; wait for the run's first");
        }
        List<String> verdict = new ArrayList<>();
        List<Table> tables = new ArrayList<>();
        List<Figure> figures = new ArrayList<>();
        if (Files.exists(run.resolve(EVALUATION))) {
            GridEvaluation evaluation = GridEvaluation.of(JsonFiles.tree(run.resolve(EVALUATION)));
            verdict.addAll(evaluation.verdict());
            tables.add(evaluation.table());
            figures.addAll(evaluation.heatMaps());
        } else {
            verdict.add("The run has not been measured yet: nothing is known of how good the optimizer is.");
        }
        verdict.add(progress(lines));
        validations(run, skipped).ifPresent(found -> {
            verdict.add(chosen(found));
            figures.add(curve(
                    "meta-validation",
                    "Meta-validation",
                    "Mean over held-out problems of ln(final loss / loss before the first step); lower is better.",
                    "score",
                    false,
                    found));
        });
        figures.addAll(curves(lines));
        return new Report("Meta-training " + run.getFileName(), verdict, tables, figures, facts(run), skipped);
    }

    /** Nothing where the run has none. */
    private static Optional<List<JsonNode>> validations(Path run, List<String> skipped) {
        if (!Files.exists(run.resolve(VALIDATION))) {
            return Optional.empty();
        }
        List<JsonNode> lines = new ArrayList<>();
        skipped.addAll(JsonLines.read(run.resolve(VALIDATION), lines::add));
        return Optional.of(lines).filter(found -> !found.isEmpty());
    }

    private static String chosen(List<JsonNode> validations) {
        JsonNode best = Collections.min(validations, Comparator.comparingDouble(line -> line.path("score").asDouble()));
        return String.format(
                Locale.ROOT,
                "Of %d meta-validations, the one at outer step %,d was the best: %.4f, against %.4f at the first and %.4f at the last.",
                validations.size(),
                best.path("outerStep").asInt(),
                best.path("score").asDouble(),
                validations.getFirst().path("score").asDouble(),
                validations.getLast().path("score").asDouble());
    }

    private static String progress(List<JsonNode> lines) {
        JsonNode last = lines.getLast();
        int diverged = lines.stream().mapToInt(line -> line.path("diverged").asInt()).sum();
        return String.format(
                Locale.ROOT,
                "The meta-loss went from %s to %s in %,d outer steps (%,d lane-steps, %,.0f seconds); %,d lanes diverged on the way.",
                Numbers.text("%.4f", lines.getFirst().path("metaLoss").asDouble(Double.NaN)),
                Numbers.text("%.4f", last.path("metaLoss").asDouble(Double.NaN)),
                last.path("outerStep").asInt(),
                last.path("laneSteps").asLong(),
                last.path("seconds").asDouble(),
                diverged);
    }

    private static List<Figure> curves(List<JsonNode> lines) {
        return List.of(
                curve("meta-loss", "Meta-loss", "Mean over particles of each interval.", "metaLoss", false, lines),
                curve(
                        "signal-to-noise",
                        "Signal-to-noise ratio of the meta-gradient",
                        "Squared norm of the mean over its variance, as the particles show it. About 1 is all noise.",
                        "signalToNoise",
                        true,
                        lines),
                curve("gradient-norm", "Norm of the meta-gradient", "Before clipping.", "gradientNorm", true, lines));
    }

    private static Figure curve(String id, String title, String description, String key, boolean log, List<JsonNode> lines) {
        double[] x = lines.stream().mapToDouble(line -> line.path("outerStep").asDouble()).toArray();
        double[] y = lines.stream().mapToDouble(line -> line.path(key).asDouble(Double.NaN)).toArray();
        return new Lines(
                id, title, description, new Axis("outer step", false), new Axis(title.toLowerCase(Locale.ROOT), log), List.of(new Series(key, x, y)));
    }

    private static List<Report.Fact> facts(Path run) {
        List<Report.Fact> facts = new ArrayList<>();
        facts.add(new Report.Fact("to make it again", "evolo meta-train --recipe config.yaml --run DIR, with this as config.yaml:"));
        facts.addAll(JsonFiles.facts(run, "config.yaml", "log.txt"));
        return facts;
    }
}
