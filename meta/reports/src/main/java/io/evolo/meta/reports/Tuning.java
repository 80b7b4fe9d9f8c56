package io.evolo.meta.reports;

import com.fasterxml.jackson.databind.JsonNode;
import io.evolo.checkpoints.CheckpointException;
import io.evolo.meta.reports.Figure.Axis;
import io.evolo.meta.reports.Figure.Lines;
import io.evolo.meta.reports.Figure.Series;
import io.evolo.meta.tune.Ledger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/** The report of a tuning run: what every rule reaches at its best, how far from it one may be, and what tuning cost. */
final class Tuning {
    private static final String RESULT = "tuning.json";
    private static final int LINES = 8; // in a figure: as many as there are colours

    private Tuning() {}

    static boolean isOne(Path run) {
        return Files.exists(run.resolve(Ledger.NAME));
    }

    static Report report(Path run) {
        if (!Files.exists(run.resolve(RESULT))) {
            throw new CheckpointException(
                    run + " holds a tuning run that has not ended; finish it with: evolo tune --run " + run + " --resume");
        }
        JsonNode root = JsonFiles.tree(run.resolve(RESULT));
        List<JsonNode> results = StreamSupport.stream(root.path("results").spliterator(), false)
                .sorted(Comparator.comparingDouble(result -> JsonFiles.number(result.path("freshTestLoss").path("median"))))
                .toList();
        List<Figure> figures = new ArrayList<>(stability(root.path("stability")));
        figures.addAll(bestOf(results));
        String title = "Tuning on " + root.path("task").asText() + ", " + root.path("steps").asInt() + " steps";
        return new Report(
                title,
                verdict(root, results),
                List.of(table(root, results)),
                figures,
                JsonFiles.facts(run, "config.yaml", "log.txt"),
                List.of());
    }

    private static List<String> verdict(JsonNode root, List<JsonNode> results) {
        JsonNode first = results.getFirst();
        List<String> sentences = new ArrayList<>();
        sentences.add(String.format(
                Locale.ROOT,
                "The least median test loss on %d fresh seeds is %s of %s; %d of %d settings have quartiles that reach it.",
                root.path("seeds").asInt(),
                quartiles(first.path("freshTestLoss")),
                name(first),
                results.stream()
                        .filter(result -> JsonFiles.number(result.path("freshTestLoss").path("low"))
                                <= JsonFiles.number(first.path("freshTestLoss").path("high")))
                        .count(),
                results.size()));
        long diverged = results.stream().filter(result -> result.path("divergedFresh").asInt() > 0).count();
        sentences.add(diverged == 0
                ? "No chosen setting diverged on a fresh seed."
                : diverged + " chosen settings diverged on a fresh seed.");
        JsonNode spent = root.path("spent");
        sentences.add(String.format(
                Locale.ROOT,
                "It took %,d trials and %,d inner steps, %,.0f seconds of training on one thread.",
                spent.path("trials").asInt(),
                spent.path("laneSteps").asLong(),
                spent.path("seconds").asDouble()));
        return sentences;
    }

    private static Table table(JsonNode root, List<JsonNode> results) {
        List<List<String>> rows = results.stream()
                .map(result -> List.of(
                        result.path("optimizer").asText(),
                        result.path("schedule").asText(),
                        String.join("; ", StreamSupport.stream(result.path("notes").spliterator(), false).map(JsonNode::asText).toList()),
                        quartiles(result.path("freshTestLoss")),
                        quartiles(result.path("freshTrainLoss")),
                        Numbers.text("%.1f", 100 * result.path("freshTestAccuracy").path("median").asDouble(Double.NaN)),
                        String.format(Locale.ROOT, "%.2e", result.path("hyperparameters").path("rate").asDouble()),
                        String.valueOf(result.path("settings").asInt()),
                        String.valueOf(result.path("spentTuning").path("trials").asInt())))
                .toList();
        return new Table(
                "Chosen by " + root.path("select").asText() + " loss on " + root.path("tuningSeeds").asInt() + " tuning seeds; median"
                        + " [quartiles] of " + root.path("seeds").asInt() + " fresh seeds",
                3,
                List.of("optimizer", "schedule", "notes", "test loss", "train loss", "test accuracy %", "rate", "settings", "trials"),
                rows);
    }

    /** Final loss against one hyperparameter, the others as chosen; rules by turns of eight. */
    private static List<Figure> stability(JsonNode curves) {
        Map<String, List<Series>> byAxis = new TreeMap<>();
        for (JsonNode curve : curves) {
            byAxis.computeIfAbsent(curve.path("axis").asText(), axis -> new ArrayList<>()).add(series(curve));
        }
        List<Figure> figures = new ArrayList<>();
        byAxis.forEach((axis, series) -> figures.addAll(inTurns(
                "stability-" + axis,
                "Final validation loss against " + axis,
                "Mean over tuning seeds, from least to greatest; where a run diverged the line is broken. The other hyperparameters are as"
                        + " chosen. A wide valley forgives a wrong guess.",
                new Axis(axis, !axis.equals("momentum")),
                new Axis("validation loss", true),
                series)));
        return figures;
    }

    private static Series series(JsonNode curve) {
        List<JsonNode> points = StreamSupport.stream(curve.path("points").spliterator(), false).toList();
        double[][] losses = points.stream().map(point -> JsonFiles.numbers(point.path("validLosses"))).toArray(double[][]::new);
        return new Series(
                name(curve),
                points.stream().mapToDouble(point -> point.path("value").asDouble()).toArray(),
                Arrays.stream(losses).mapToDouble(x -> Arrays.stream(x).average().orElse(Double.NaN)).toArray(),
                Arrays.stream(losses).mapToDouble(x -> Arrays.stream(x).min().orElse(Double.NaN)).toArray(),
                Arrays.stream(losses).mapToDouble(x -> Arrays.stream(x).max().orElse(Double.NaN)).toArray());
    }

    private static List<Figure> bestOf(List<JsonNode> results) {
        List<Series> series = new ArrayList<>();
        for (JsonNode result : results) {
            double[] losses = JsonFiles.numbers(result.path("bestOf"));
            if (losses.length > 1) {
                series.add(new Series(name(result), IntStream.rangeClosed(1, losses.length).asDoubleStream().toArray(), losses));
            }
        }
        return inTurns(
                "best-of",
                "What tuning buys",
                "Expected tuning loss of the best of so many random settings out of those tried.",
                new Axis("settings tried", true),
                new Axis("tuning loss", true),
                series);
    }

    private static List<Figure> inTurns(String id, String title, String description, Axis x, Axis y, List<Series> series) {
        List<Figure> figures = new ArrayList<>();
        for (int from = 0; from < series.size(); from += LINES) {
            List<Series> some = series.subList(from, Math.min(from + LINES, series.size()));
            String number = series.size() <= LINES ? "" : " (" + (from / LINES + 1) + ")";
            figures.add(new Lines(id + "-" + (from / LINES + 1), title + number, description, x, y, some));
        }
        return figures;
    }

    private static String name(JsonNode node) {
        return node.path("optimizer").asText() + " " + node.path("schedule").asText();
    }

    private static String quartiles(JsonNode three) {
        return text(three.path("median")) + " [" + text(three.path("low")) + ", " + text(three.path("high")) + "]";
    }

    private static String text(JsonNode loss) {
        return loss.isNumber() ? String.format(Locale.ROOT, "%.4f", loss.asDouble()) : "diverged";
    }
}
