package io.evolo.meta.reports;

import io.evolo.meta.Interval;
import io.evolo.meta.LearningCurve;
import io.evolo.meta.reports.Comparison.Place;
import io.evolo.meta.reports.Figure.Axis;
import io.evolo.meta.reports.Figure.HeatMap;
import io.evolo.meta.reports.Figure.Lines;
import io.evolo.meta.reports.Figure.Series;
import io.evolo.meta.scores.AverageRank;
import io.evolo.meta.scores.InterquartileMean;
import io.evolo.meta.scores.PairedTest;
import io.evolo.meta.scores.PerformanceProfile;
import io.evolo.meta.tune.LedgerEntry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** The report of an evaluation on a suite: how good the learned optimizers are, where, and how sure that is. */
final class Generalisation {
    private static final int DRAWS = 2000;
    private static final long SEED = 1; // of the bootstrap
    private static final int MOST_CURVES = 24; // cells with a figure of their own

    private Generalisation() {}

    static Report report(Path run) {
        Comparison comparison = Comparison.of(run);
        List<Figure> figures = new ArrayList<>(heatMaps(comparison));
        figures.add(profiles(comparison));
        figures.addAll(curves(comparison));
        return new Report(
                "Evaluation on the suite " + comparison.suite(),
                verdict(comparison),
                List.of(summary(comparison), buckets(comparison), cells(comparison)),
                figures,
                JsonFiles.facts(run, "config.yaml", "log.txt"),
                comparison.skipped());
    }

    private static InterquartileMean speedUp(String optimizer, List<Place> cells) {
        return InterquartileMean.of(cells.stream().map(cell -> cell.speedUps(optimizer)).toList(), DRAWS, SEED);
    }

    private static List<String> verdict(Comparison comparison) {
        List<String> sentences = new ArrayList<>();
        List<Place> cells = comparison.cells();
        for (String learned : comparison.learned()) {
            InterquartileMean speed = speedUp(learned, cells);
            int[] counts = counts(learned, cells);
            sentences.add(String.format(
                    Locale.ROOT,
                    "%s reaches its loss %s as fast as Adam at the best of its learning rates at every step (inter-quartile mean over %d"
                            + " cells, 95%% interval %.2f to %.2f); against Adam tuned with a cosine its final training loss is better in %d"
                            + " cells, worse in %d and undecided in %d; %s.",
                    learned,
                    String.format(Locale.ROOT, "%.2f times", speed.mean()),
                    cells.size(),
                    speed.low(),
                    speed.high(),
                    counts[0],
                    counts[1],
                    counts[2],
                    diverged(learned, cells)));
        }
        int comparisons = comparison.learned().size() * cells.size();
        sentences.add(String.format(
                Locale.ROOT,
                "Better and worse stand on 95%% intervals of paired differences over seeds, without correction: of %d comparisons about"
                        + " %.1f are wrong by chance.",
                comparisons,
                0.05 * comparisons));
        return sentences;
    }

    private static String diverged(String optimizer, List<Place> cells) {
        long diverged = cells.stream().mapToLong(cell -> cell.diverged(optimizer)).sum();
        long runs = cells.stream().mapToLong(cell -> cell.runs().get(optimizer).size()).sum();
        return diverged == 0 ? "none of its " + runs + " runs diverged" : diverged + " of its " + runs + " runs diverged";
    }

    /** Better, worse, undecided. */
    private static int[] counts(String optimizer, List<Place> cells) {
        int[] counts = new int[3];
        cells.forEach(cell -> counts[List.of("better", "worse", "undecided").indexOf(word(optimizer, cell))]++);
        return counts;
    }

    private static String word(String optimizer, Place cell) {
        long own = cell.diverged(optimizer);
        long rivals = cell.diverged(Comparison.RIVAL);
        if (own != rivals) {
            return own < rivals ? "better" : "worse";
        }
        if (own > 0) {
            return "undecided";
        }
        Interval difference = difference(optimizer, cell);
        return difference.high() < 0 ? "better" : difference.low() > 0 ? "worse" : "undecided";
    }

    private static Interval difference(String optimizer, Place cell) {
        double[] own = cell.trainLosses(optimizer);
        double[] rival = cell.trainLosses(Comparison.RIVAL);
        double[] differences = new double[own.length];
        Arrays.setAll(differences, i -> own[i] - rival[i]);
        return Interval.of(differences);
    }

    private static Table summary(Comparison comparison) {
        List<String> optimizers = comparison.optimizers();
        List<Place> cells = comparison.cells();
        double[] ranks = AverageRank.of(cells.stream()
                .map(cell -> optimizers.stream()
                        .mapToDouble(name -> Arrays.stream(cell.trainLosses(name)).average().orElse(Double.NaN))
                        .toArray())
                .toList());
        PerformanceProfile profile = profile(optimizers, cells);
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < optimizers.size(); i++) {
            String name = optimizers.get(i);
            InterquartileMean speed = speedUp(name, cells);
            rows.add(List.of(
                    name,
                    number("%.2f", speed.mean()),
                    number("%.2f", speed.low()) + " to " + number("%.2f", speed.high()),
                    number("%.2f", ranks[i]),
                    number("%.2f", profile.score(i)),
                    pValue(name, cells),
                    String.valueOf(cells.stream().mapToLong(cell -> cell.diverged(name)).sum()),
                    number("%.3f", secondsPerThousand(name, cells)),
                    String.valueOf(cells.stream().mapToInt(cell -> cell.spent().getOrDefault(name, 0)).sum())));
        }
        return new Table(
                "All cells. Speed-up: steps of Adam at the best of its constant rates for the same loss, over the steps made; inter-quartile"
                        + " mean with 95% interval. p: Wilcoxon's signed rank test against " + Comparison.RIVAL
                        + " over all pairs of finished runs",
                1,
                List.of("optimizer", "speed-up", "interval", "mean rank", "profile score", "p", "diverged", "s per 1,000 steps", "tuning trials"),
                rows);
    }

    /** On the logarithms, so that cells with large losses do not outweigh the others. */
    private static String pValue(String optimizer, List<Place> cells) {
        if (optimizer.equals(Comparison.RIVAL)) {
            return "";
        }
        List<double[]> pairs = cells.stream()
                .flatMap(cell -> IntStream.range(0, cell.trainLosses(optimizer).length)
                        .mapToObj(i -> new double[] {cell.trainLosses(optimizer)[i], cell.trainLosses(Comparison.RIVAL)[i]}))
                .filter(pair -> pair[0] > 0 && pair[1] > 0 && Double.isFinite(pair[0]) && Double.isFinite(pair[1]))
                .toList();
        if (pairs.isEmpty()) {
            return "–";
        }
        double p = PairedTest.pValue(
                pairs.stream().mapToDouble(pair -> StrictMath.log(pair[0])).toArray(),
                pairs.stream().mapToDouble(pair -> StrictMath.log(pair[1])).toArray());
        return number("%.2g", p);
    }

    private static double secondsPerThousand(String optimizer, List<Place> cells) {
        double seconds = runs(optimizer, cells, run -> run.trial().seconds()).sum();
        return 1000 * seconds / runs(optimizer, cells, run -> run.trial().steps()).sum();
    }

    private static DoubleStream runs(
            String optimizer, List<Place> cells, ToDoubleFunction<LedgerEntry> figure) {
        return cells.stream().flatMap(cell -> cell.runs().get(optimizer).stream()).mapToDouble(figure);
    }

    private static Table buckets(Comparison comparison) {
        Set<String> buckets = new LinkedHashSet<>();
        comparison.cells().forEach(cell -> buckets.add(cell.bucket()));
        List<List<String>> rows = new ArrayList<>();
        for (String bucket : buckets) {
            List<Place> some = comparison.cells().stream().filter(cell -> cell.bucket().equals(bucket)).toList();
            for (String name : comparison.optimizers()) {
                InterquartileMean speed = speedUp(name, some);
                rows.add(List.of(
                        bucket,
                        name,
                        number("%.2f", speed.mean()),
                        number("%.2f", speed.low()) + " to " + number("%.2f", speed.high()),
                        String.valueOf(some.stream().mapToLong(cell -> cell.diverged(name)).sum())));
            }
        }
        return new Table("By bucket", 2, List.of("bucket", "optimizer", "speed-up", "interval", "diverged"), rows);
    }

    private static Table cells(Comparison comparison) {
        List<List<String>> rows = new ArrayList<>();
        for (Place cell : comparison.cells()) {
            for (String name : comparison.optimizers()) {
                boolean rival = name.equals(Comparison.RIVAL);
                rows.add(List.of(
                        cell.name(),
                        name,
                        rival ? "" : word(name, cell),
                        interval("%.4f", Interval.of(cell.trainLosses(name))),
                        rival ? "" : interval("%+.4f", difference(name, cell)),
                        interval("%.4f", Interval.of(runsOf(cell, name, run -> run.trial().testLoss()))),
                        interval("%.3f", Interval.of(runsOf(cell, name, run -> run.trial().testAccuracy()))),
                        number("%.2f", Arrays.stream(cell.speedUps(name)).average().orElse(Double.NaN)),
                        String.valueOf(cell.diverged(name))));
            }
        }
        return new Table(
                "Every cell: means of seeds ± 95% interval; the difference is paired, against " + Comparison.RIVAL,
                3,
                List.of("cell", "optimizer", "verdict", "train loss", "minus Adam's", "test loss", "test accuracy", "speed-up", "diverged"),
                rows);
    }

    private static double[] runsOf(
            Place cell, String optimizer, ToDoubleFunction<LedgerEntry> figure) {
        return cell.runs().get(optimizer).stream().mapToDouble(figure).toArray();
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
                    "Speed-up of " + name + " over tuned Adam",
                    "Mean over seeds; above 1 it is faster. Empty where every run diverged or stayed above Adam's first loss.",
                    "",
                    "",
                    columns,
                    rows,
                    ratios));
        }
        return maps;
    }

    private static PerformanceProfile profile(List<String> optimizers, List<Place> cells) {
        return new PerformanceProfile(cells.stream()
                .map(cell -> optimizers.stream().mapToDouble(cell::stepsToTarget).toArray())
                .toList());
    }

    private static Figure profiles(Comparison comparison) {
        List<String> optimizers = comparison.optimizers();
        PerformanceProfile profile = profile(optimizers, comparison.cells());
        double[] tau = IntStream.range(0, 100).mapToDouble(i -> 1 + 3 * i / 99.0).toArray();
        List<Series> series = IntStream.range(0, optimizers.size())
                .mapToObj(i -> new Series(
                        optimizers.get(i), tau, Arrays.stream(tau).map(t -> profile.share(i, t)).toArray()))
                .toList();
        return new Lines(
                "profiles",
                "Performance profiles",
                "Share of cells in which an optimizer reaches the loss that Adam's envelope has halfway within τ times the steps of the"
                        + " fastest.",
                new Axis("τ", false),
                new Axis("share of cells", false),
                series);
    }

    private static List<Figure> curves(Comparison comparison) {
        return comparison.cells().stream().limit(MOST_CURVES).map(cell -> curve(cell, comparison)).toList();
    }

    private static Figure curve(Place cell, Comparison comparison) {
        double[] ends = Arrays.stream(LearningCurve.ends(cell.steps())).asDoubleStream().toArray();
        List<Series> series = comparison.optimizers().stream().map(name -> series(name, cell, ends)).toList();
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

    private static String interval(String format, Interval interval) {
        return Double.isFinite(interval.mean())
                ? number(format, interval.mean()) + " ± " + number(format.replace("+", ""), interval.halfWidth())
                : "–";
    }

    private static String number(String format, double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "–";
    }
}
