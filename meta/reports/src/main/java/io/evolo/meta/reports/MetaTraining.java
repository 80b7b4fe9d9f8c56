package io.evolo.meta.reports;

import com.fasterxml.jackson.databind.JsonNode;
import io.evolo.checkpoints.CheckpointException;
import io.evolo.meta.reports.Figure.Axis;
import io.evolo.meta.reports.Figure.Lines;
import io.evolo.meta.reports.Figure.Series;
import io.evolo.meta.scores.Interval;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The report of a meta-training run: how the meta-loss fell, and the table that the run ended with. */
final class MetaTraining {
    private static final String CONFIG = "config.yaml";
    private static final Pattern NAME = Pattern.compile("(?m)^name: \"?([A-Za-z0-9._-]+)\"?$");
    private static final int WINDOWS = 20; // of a curve
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
        verdict.addAll(Progress.of(lines).sentences());
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
        return new Report("Meta-training of " + name(run), verdict, tables, figures, facts(run), skipped);
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

    private static List<Figure> curves(List<JsonNode> lines) {
        return List.of(
                smooth("meta-loss", "Meta-loss", "Mean over particles.", "metaLoss", lines),
                smooth(
                        "signal-to-noise",
                        "Signal to noise of the meta-gradient",
                        "Squared norm of the meta-gradient without its variance, over that variance. 0 is all noise.",
                        "signalToNoise",
                        lines),
                curve("gradient-norm", "Norm of the meta-gradient", "Before clipping.", "gradientNorm", true, lines));
    }

    private static Figure curve(String id, String title, String description, String key, boolean log, List<JsonNode> lines) {
        double[] x = lines.stream().mapToDouble(line -> line.path("outerStep").asDouble()).toArray();
        double[] y = lines.stream().mapToDouble(line -> line.path(key).asDouble(Double.NaN)).toArray();
        return new Lines(
                id, title, description, new Axis("outer step", false), new Axis(title.toLowerCase(Locale.ROOT), log), List.of(new Series(key, x, y)));
    }

    /** Means over a moving window with their 95% intervals: a single interval's numbers jump too much to be read. */
    private static Figure smooth(String id, String title, String description, String key, List<JsonNode> lines) {
        double[] values = lines.stream().mapToDouble(line -> line.path(key).asDouble(Double.NaN)).toArray();
        int half = Math.max(2, lines.size() / WINDOWS) / 2;
        double[] x = lines.stream().mapToDouble(line -> line.path("outerStep").asDouble()).toArray();
        double[] y = new double[x.length];
        double[] low = new double[x.length];
        double[] high = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            double[] window = Arrays.stream(values, Math.max(0, i - half), Math.min(x.length, i + half + 1)).filter(Double::isFinite).toArray();
            Interval mean = window.length < 2 ? new Interval(values[i], Double.NaN) : Interval.of(window);
            y[i] = mean.mean();
            low[i] = mean.low();
            high[i] = mean.high();
        }
        String how = description + " Each point is the mean of " + (2 * half + 1) + " intervals, with its 95% interval.";
        return new Lines(
                id, title, how, new Axis("outer step", false), new Axis(title.toLowerCase(Locale.ROOT), false),
                List.of(new Series(key, x, y, low, high)));
    }

    /** The recipe's name, as the resolved recipe in the run has it. */
    private static String name(Path run) {
        return JsonFiles.facts(run, CONFIG).stream()
                .flatMap(config -> NAME.matcher(config.text()).results())
                .map(found -> found.group(1))
                .findFirst()
                .orElse(String.valueOf(run.getFileName()));
    }

    private static List<Report.Fact> facts(Path run) {
        List<Report.Fact> facts = new ArrayList<>();
        facts.add(new Report.Fact("to make it again", "evolo meta-train --recipe config.yaml --run DIR, with this as config.yaml:"));
        facts.addAll(JsonFiles.facts(run, CONFIG, "log.txt"));
        return facts;
    }
}
