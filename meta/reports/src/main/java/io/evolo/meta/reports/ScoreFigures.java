package io.evolo.meta.reports;

import io.evolo.meta.LearningCurve;
import io.evolo.meta.reports.Comparison.Place;
import io.evolo.meta.reports.Figure.Axis;
import io.evolo.meta.reports.Figure.HeatMap;
import io.evolo.meta.reports.Figure.Lines;
import io.evolo.meta.reports.Figure.Series;
import io.evolo.meta.scores.PerformanceProfile;
import io.evolo.meta.tune.LedgerEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Heat maps, profiles and learning curves of a comparison. */
final class ScoreFigures {
    private static final int MOST_CURVES = 48; // cells with a figure of their own

    private ScoreFigures() {}

    static List<Figure> all(Comparison comparison, ScoreTables scores) {
        List<Figure> figures = new ArrayList<>(heatMaps(comparison));
        figures.add(profiles("profiles", "steps", comparison, scores.profile(ScoreTables.Time::steps)));
        figures.add(profiles("profiles-seconds", "seconds", comparison, scores.profile(ScoreTables.Time::seconds)));
        comparison.cells().stream().limit(MOST_CURVES).forEach(cell -> figures.add(curve(cell, comparison)));
        return figures;
    }

    /** What of the comparison has no figure, in words. */
    static List<String> left(Comparison comparison) {
        int more = comparison.cells().size() - MOST_CURVES;
        return more <= 0 ? List.of() : List.of("learning curves of " + more + " cells after the first " + MOST_CURVES + " are not drawn");
    }

    private static List<HeatMap> heatMaps(Comparison comparison) {
        List<Place> placed = comparison.cells().stream()
                .filter(cell -> !cell.row().isEmpty() && !cell.column().isEmpty())
                .toList();
        List<String> rows = placed.stream().map(Place::row).distinct().toList();
        List<String> columns = placed.stream().map(Place::column).distinct().toList();
        List<HeatMap> maps = new ArrayList<>();
        for (int i = 0; i < comparison.learned().size() && !placed.isEmpty(); i++) {
            String name = comparison.learned().get(i);
            double[][] ratios = new double[rows.size()][columns.size()];
            for (double[] row : ratios) {
                Arrays.fill(row, Double.NaN);
            }
            placed.forEach(cell -> ratios[rows.indexOf(cell.row())][columns.indexOf(cell.column())] =
                    Arrays.stream(cell.speedUps(name)).average().orElse(Double.NaN));
            maps.add(new HeatMap(
                    "speed-up-" + (i + 1),
                    "Speed-up of " + name + " over Adam at its best constant rates",
                    "Mean over seeds, by problem and steps; above 1 it is faster. Empty where it was not run, or every run diverged or stayed"
                            + " above Adam's first loss.",
                    "",
                    "",
                    columns,
                    rows,
                    ratios));
        }
        return maps;
    }

    private static Figure profiles(String id, String unit, Comparison comparison, PerformanceProfile profile) {
        List<String> optimizers = comparison.optimizers();
        double[] tau = IntStream.range(0, 100).mapToDouble(i -> 1 + 3 * i / 99.0).toArray();
        List<Series> series = IntStream.range(0, optimizers.size())
                .mapToObj(i -> new Series(
                        optimizers.get(i), tau, Arrays.stream(tau).map(t -> profile.share(i, t)).toArray()))
                .toList();
        return new Lines(
                id,
                "Performance profiles by " + unit,
                "Share of cells in which an optimizer reaches the loss that Adam's envelope has halfway within τ times the " + unit + " of the"
                        + " fastest.",
                new Axis("τ", false),
                new Axis("share of cells", false),
                series);
    }

    private static Figure curve(Place cell, Comparison comparison) {
        double[] ends = Arrays.stream(LearningCurve.ends(cell.steps())).asDoubleStream().toArray();
        List<Series> series =
                comparison.optimizers().stream().filter(cell::has).map(name -> series(name, cell, ends)).toList();
        return new Lines(
                "curve-" + cell.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-"),
                cell.name(),
                "Training loss of batches, mean over seeds with the range from the least to the greatest; " + cell.parameters()
                        + " parameters.",
                new Axis("inner step", true),
                new Axis("batch loss", true),
                series);
    }

    private static Series series(String optimizer, Place cell, double[] ends) {
        List<List<Float>> curves = cell.runs().get(optimizer).stream().map(LedgerEntry::curve).toList();
        double[] low = new double[ends.length];
        double[] high = new double[ends.length];
        for (int i = 0; i < ends.length; i++) {
            int window = i;
            low[i] = curves.stream().mapToDouble(curve -> curve.get(window)).min().orElse(Double.NaN);
            high[i] = curves.stream().mapToDouble(curve -> curve.get(window)).max().orElse(Double.NaN);
        }
        return new Series(optimizer, ends, cell.meanCurve(optimizer), low, high);
    }
}
