package io.evolo.meta.reports;

import static io.evolo.meta.reports.Numbers.text;

import com.fasterxml.jackson.databind.JsonNode;
import io.evolo.meta.reports.Comparison.Place;
import io.evolo.meta.reports.Figure.Axis;
import io.evolo.meta.reports.Figure.HeatMap;
import io.evolo.meta.reports.Figure.Lines;
import io.evolo.meta.reports.Figure.Series;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/** What optimizers do, in the cells in which they were looked at: how far they go, in whose direction, and by which inputs. */
final class Conduct {
    private static final int MOST_LINES = 8; // as many as there are colours

    private final Comparison comparison;

    Conduct(Comparison comparison) {
        this.comparison = comparison;
    }

    List<Figure> figures() {
        List<Figure> figures = new ArrayList<>();
        for (Place cell : comparison.cells()) {
            List<JsonNode> traces = cell.looked().stream().filter(line -> line.has("looks")).toList();
            if (!traces.isEmpty()) {
                figures.add(rates(cell, traces));
                traces.stream()
                        .filter(trace -> comparison.learned().contains(name(trace)))
                        .forEach(trace -> figures.addAll(List.of(sizes(cell, trace), directions(cell, trace))));
            }
            ablations(cell).ifPresent(figures::add);
        }
        return figures;
    }

    private static String name(JsonNode line) {
        return line.path("optimizer").asText();
    }

    private static String id(String what, Place cell, String optimizer) {
        return (what + "-" + cell.name() + "-" + optimizer).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("-$", "");
    }

    private Figure rates(Place cell, List<JsonNode> traces) {
        List<Series> series = traces.stream()
                .sorted(Comparator.comparing(trace -> !comparison.learned().contains(name(trace))))
                .limit(MOST_LINES)
                .map(trace -> series(name(trace), trace, look -> look.path("rate").path(0).asDouble(Double.NaN)))
                .toList();
        return new Lines(
                id("rate", cell, ""),
                "Effective learning rates, " + cell.name(),
                "The learning rate at which Adam's update, from the same parameters by the same gradients, would have come nearest to the"
                        + " update made; missing where that is negative.",
                new Axis("inner step", false),
                new Axis("Adam's learning rate", true),
                series);
    }

    private static Figure sizes(Place cell, JsonNode trace) {
        List<String> layers = StreamSupport.stream(trace.path("layers").spliterator(), false).map(JsonNode::asText).toList();
        return new Lines(
                id("size", cell, name(trace)),
                "Updates of " + name(trace) + " by layer, " + cell.name(),
                "Root mean square of the update of every tensor" + (layers.size() > MOST_LINES ? ", the first " + MOST_LINES : "")
                        + "; one run.",
                new Axis("inner step", false),
                new Axis("root mean square", true),
                IntStream.range(0, Math.min(MOST_LINES, layers.size()))
                        .mapToObj(i -> series(layers.get(i), trace, look -> look.path("rms").path(i).asDouble(Double.NaN)))
                        .toList());
    }

    private static Figure directions(Place cell, JsonNode trace) {
        JsonNode beside = trace.path("beside");
        return new Lines(
                id("cosine", cell, name(trace)),
                "Direction of " + name(trace) + ", " + cell.name(),
                "Cosine of its update with those that Adam, SGD and Muon would have made from the same parameters by the same gradients;"
                        + " one run.",
                new Axis("inner step", false),
                new Axis("cosine", false),
                IntStream.range(0, beside.size())
                        .mapToObj(i -> series(
                                "with " + beside.path(i).asText(), trace, look -> look.path("cosines").path(i).asDouble(Double.NaN)))
                        .toList());
    }

    private static Series series(String name, JsonNode trace, ToDoubleFunction<JsonNode> figure) {
        List<JsonNode> looks = StreamSupport.stream(trace.path("looks").spliterator(), false).toList();
        return new Series(
                name,
                looks.stream().mapToDouble(look -> look.path("step").asDouble()).toArray(),
                looks.stream().mapToDouble(figure).toArray());
    }

    private Optional<Figure> ablations(Place cell) {
        List<JsonNode> lines = ablated(cell);
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        List<String> inputs = lines.stream().map(line -> line.path("without").asText()).distinct().toList();
        List<String> packages = lines.stream().map(Conduct::name).distinct().toList();
        double[][] ratios = new double[inputs.size()][packages.size()];
        for (double[] row : ratios) {
            Arrays.fill(row, Double.NaN);
        }
        lines.forEach(line -> ratios[inputs.indexOf(line.path("without").asText())][packages.indexOf(name(line))] = ratio(cell, line));
        return Optional.of(new HeatMap(
                id("inputs", cell, ""),
                "Final loss without an input over that with all, " + cell.name(),
                "Training loss after the weights of one kind of input were set to 0, without any meta-training after it; above 1 the rule"
                        + " lives by that input, empty where it does not have it or every run diverged. Two seeds.",
                "",
                "",
                packages,
                inputs,
                ratios));
    }

    private List<JsonNode> ablated(Place cell) {
        return cell.looked().stream().filter(line -> line.has("without") && cell.has(name(line))).toList();
    }

    private static double ratio(Place cell, JsonNode line) {
        double[] without = JsonFiles.numbers(line.path("trainLosses"));
        double[] whole = Arrays.copyOf(cell.trainLosses(name(line)), without.length); // the same seeds
        double loss = Arrays.stream(whole).sum();
        return Double.isFinite(loss) ? Arrays.stream(without).sum() / loss : Double.NaN; // of a rule that diverges anyway
    }

    /** The same numbers, where a heat map is hard to read. */
    List<Table> tables() {
        List<List<String>> rows = new ArrayList<>();
        for (Place cell : comparison.cells()) {
            for (JsonNode line : ablated(cell)) {
                double ratio = ratio(cell, line);
                rows.add(List.of(
                        cell.name(), name(line), line.path("without").asText(), Double.isInfinite(ratio) ? "diverged" : text("%.3f", ratio)));
            }
        }
        return rows.isEmpty()
                ? List.of()
                : List.of(new Table(
                        "Learned rules without one of their inputs: final training loss over that with all of them",
                        3,
                        List.of("cell", "optimizer", "without", "loss over whole rule's"),
                        rows));
    }
}
