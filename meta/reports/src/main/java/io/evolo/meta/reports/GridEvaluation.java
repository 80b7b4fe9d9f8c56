package io.evolo.meta.reports;

import com.fasterxml.jackson.databind.JsonNode;
import io.evolo.meta.reports.Figure.HeatMap;
import io.evolo.meta.scores.Interval;
import io.evolo.meta.scores.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.StreamSupport;

/**
 * A grid of widths and horizons against tuned Adam, as {@code evaluation.json} holds it.
 *
 * @param data name of the data set
 * @param beginning the optimizer that the first one evolved from; empty where nobody says
 */
record GridEvaluation(String data, String beginning, List<Cell> cells) {

    /** @param adam the baseline's runs, at its best setting here */
    record Cell(int width, int horizon, Runs adam, List<Runs> others) {}

    /**
     * One optimizer's runs in a cell, one per seed.
     *
     * @param losses final training losses; infinite where diverged
     */
    record Runs(String optimizer, double[] losses, double[] accuracies, int diverged) {}

    static GridEvaluation of(JsonNode root) {
        List<Cell> cells = new ArrayList<>();
        for (JsonNode cell : root.path("cells")) {
            List<Runs> scores = StreamSupport.stream(cell.path("scores").spliterator(), false)
                    .map(GridEvaluation::runs)
                    .toList();
            cells.add(new Cell(
                    cell.path("width").asInt(), cell.path("horizon").asInt(), scores.getFirst(), scores.subList(1, scores.size())));
        }
        return new GridEvaluation(root.path("data").asText(), root.path("beginning").asText(), cells);
    }

    private static Runs runs(JsonNode score) {
        String name = score.path("optimizer").asText();
        JsonNode tuned = score.path("tuned");
        if (!tuned.isMissingNode()) {
            name += String.format(
                    Locale.ROOT, " %.1e %s", tuned.path("rate").asDouble(), tuned.path("decay").asText().toLowerCase(Locale.ROOT));
        }
        JsonNode runs = score.path("runs");
        double[] losses = new double[runs.size()];
        double[] accuracies = new double[runs.size()];
        int diverged = 0;
        for (int i = 0; i < losses.length; i++) {
            losses[i] = runs.get(i).path("diverged").asBoolean() ? Double.POSITIVE_INFINITY : runs.get(i).path("trainLoss").asDouble();
            accuracies[i] = runs.get(i).path("testAccuracy").asDouble(Double.NaN);
            diverged += runs.get(i).path("diverged").asBoolean() ? 1 : 0;
        }
        return new Runs(name, losses, accuracies, diverged);
    }

    /** One sentence per optimizer. */
    List<String> verdict() {
        int seeds = cells.getFirst().adam().losses().length;
        List<String> sentences = new ArrayList<>();
        List<String> names = cells.getFirst().others().stream().map(Runs::optimizer).toList();
        if (names.contains(beginning)) {
            int begun = names.indexOf(beginning);
            sentences.add(counted(names.getFirst() + " is better than " + beginning, cell -> cell.others().getFirst(), cell -> cell.others().get(begun)));
        }
        for (int i = 0; i < names.size(); i++) {
            int other = i;
            if (!names.get(i).equals(beginning)) {
                sentences.add(counted(names.get(i) + " is better than tuned Adam", cell -> cell.others().get(other), Cell::adam));
            }
        }
        sentences.add(String.format(
                Locale.ROOT,
                "Each verdict stands on the 95%% interval of the paired difference in final training loss over %d seeds; with %d"
                        + " comparisons about %.1f are wrong by chance.",
                seeds,
                cells.size() * sentences.size(),
                0.05 * cells.size() * sentences.size()));
        return sentences;
    }

    private String counted(String claim, Function<Cell, Runs> one, Function<Cell, Runs> than) {
        int[] counts = new int[3];
        cells.forEach(cell -> counts[Verdict.of(one.apply(cell).losses(), than.apply(cell).losses()).ordinal()]++);
        return String.format(
                Locale.ROOT, "On %s %s in %d of %d cells, worse in %d and undecided in %d.", data, claim, counts[0], cells.size(), counts[1], counts[2]);
    }

    Table table() {
        List<List<String>> rows = new ArrayList<>();
        for (Cell cell : cells) {
            rows.add(row(cell, cell.adam(), ""));
            for (Runs runs : cell.others()) {
                rows.add(row(cell, runs, Verdict.of(runs.losses(), cell.adam().losses()).word(runs.losses().length)));
            }
        }
        String caption = "Final training loss (nats) and test accuracy, mean of " + cells.getFirst().adam().losses().length
                + " seeds ± 95% interval; Adam at its best setting for every width and horizon";
        return new Table(
                caption, 2, List.of("optimizer", "verdict", "width", "steps", "train loss", "test accuracy %", "loss minus Adam's", "diverged"), rows);
    }

    private static List<String> row(Cell cell, Runs runs, String verdict) {
        String difference = verdict.isEmpty() ? "" : text("%+.4f ± %.4f", Verdict.difference(runs.losses(), cell.adam().losses()));
        return List.of(
                runs.optimizer(),
                verdict,
                String.valueOf(cell.width()),
                String.valueOf(cell.horizon()),
                text("%.4f ± %.4f", Interval.of(runs.losses())),
                Interval.of(runs.accuracies()).percent(),
                difference,
                String.valueOf(runs.diverged()));
    }

    private static String text(String format, Interval interval) {
        return Double.isFinite(interval.mean())
                ? String.format(Locale.ROOT, format, interval.mean(), interval.halfWidth())
                : "–";
    }

    /** For every optimizer Adam's mean loss over its own, by width and horizon. */
    List<HeatMap> heatMaps() {
        Set<Integer> widths = new LinkedHashSet<>();
        Set<Integer> horizons = new LinkedHashSet<>();
        cells.forEach(cell -> {
            widths.add(cell.width());
            horizons.add(cell.horizon());
        });
        List<HeatMap> maps = new ArrayList<>();
        for (int i = 0; i < cells.getFirst().others().size(); i++) {
            double[][] ratios = new double[widths.size()][horizons.size()];
            for (int r = 0; r < ratios.length; r++) {
                for (int c = 0; c < ratios[r].length; c++) {
                    ratios[r][c] = ratio(List.copyOf(widths).get(r), List.copyOf(horizons).get(c), i);
                }
            }
            String optimizer = cells.getFirst().others().get(i).optimizer();
            maps.add(new HeatMap(
                    "loss-ratio-" + (i + 1),
                    "Tuned Adam's loss over that of " + optimizer,
                    "Mean final training losses by width and horizon. Above 1 the learned optimizer is better; empty where it diverged.",
                    "inner steps",
                    "width",
                    horizons.stream().map(String::valueOf).toList(),
                    widths.stream().map(String::valueOf).toList(),
                    ratios));
        }
        return maps;
    }

    private double ratio(int width, int horizon, int optimizer) {
        return cells.stream()
                .filter(cell -> cell.width() == width && cell.horizon() == horizon)
                .mapToDouble(cell -> Interval.of(cell.adam().losses()).mean()
                        / Interval.of(cell.others().get(optimizer).losses()).mean())
                .findFirst()
                .orElse(Double.NaN);
    }
}
