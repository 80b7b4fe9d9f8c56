package io.evolo.meta.reports;

import static io.evolo.meta.reports.Numbers.text;

import io.evolo.meta.Trial;
import io.evolo.meta.reports.Comparison.Place;
import io.evolo.meta.scores.CellTest;
import io.evolo.meta.scores.Holm;
import io.evolo.meta.scores.Interval;
import io.evolo.meta.scores.RankInterval;
import io.evolo.meta.tune.LedgerEntry;
import io.evolo.meta.tune.Selection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Which optimizer is better at either end, and which differences are decided: final training losses of settings that were chosen by
 * them, held-out losses of settings that were chosen by validation losses.
 */
final class EndTables {
    private static final int DRAWS = 1000;
    private static final long SEED = 1; // of the bootstrap
    private static final double LEVEL = 0.05;

    /** Whose loss the others are timed to. */
    static final String TIMED = "adamw cosine";

    /** One end. */
    private enum End {
        TRAINING("final training loss", "of settings chosen by training loss", Selection.TRAIN, Trial::trainLoss),
        HELD_OUT("final held-out loss", "of settings chosen by validation loss", Selection.VALID, Trial::testLoss);

        final String figure;
        final String choice;
        final Selection by;
        final ToDoubleFunction<Trial> loss;

        End(String figure, String choice, Selection by, ToDoubleFunction<Trial> loss) {
            this.figure = figure;
            this.choice = choice;
            this.by = by;
            this.loss = loss;
        }
    }

    private final Comparison comparison;
    private final List<Place> cells;

    EndTables(Comparison comparison) {
        this.comparison = comparison;
        this.cells = comparison.cells();
    }

    /** Of either end: ranks by bucket, then the differences that are decided. */
    List<Table> decisive() {
        List<Table> tables = new ArrayList<>();
        for (End end : End.values()) {
            tables.add(ranks(end));
            tables.add(decisions(end));
        }
        return tables;
    }

    /** Those that are scored somewhere. */
    private List<String> optimizers() {
        return comparison.optimizers().stream().filter(name -> cells.stream().anyMatch(cell -> cell.has(name))).toList();
    }

    private String choice(End end) {
        boolean both = cells.stream().anyMatch(cell -> cell.choices().size() > 1);
        return both ? end.choice : "of the settings that the suite's tuning chose";
    }

    private Table ranks(End end) {
        List<String> buckets = comparison.buckets().size() > 1 ? comparison.buckets() : List.of();
        Map<String, RankInterval> all = ranks(end, cells);
        Map<String, Map<String, RankInterval>> byBucket = new LinkedHashMap<>();
        buckets.forEach(bucket ->
                byBucket.put(bucket, ranks(end, cells.stream().filter(cell -> cell.bucket().equals(bucket)).toList())));
        List<String> header = new ArrayList<>(List.of(
                "optimizer", "all", "diverged %", "ms per step", "state bytes per parameter", "tuning trials a cell", "tuning seconds"));
        header.addAll(buckets);
        List<List<String>> rows = optimizers().stream()
                .sorted(Comparator.comparingDouble(name -> all.get(name).mean()))
                .map(name -> {
                    List<String> row = new ArrayList<>(List.of(name, shown(all.get(name))));
                    row.addAll(costs(end, name));
                    buckets.forEach(bucket -> row.add(byBucket.get(bucket).containsKey(name) ? shown(byBucket.get(bucket).get(name)) : ""));
                    return row;
                })
                .toList();
        return new Table(
                String.format(
                        Locale.ROOT,
                        "Rule by bucket: mean rank by %s %s, 1 is the best, with its 95%% interval by bootstrap over cells and, within them,"
                                + " seeds; diverged runs are last. Beside it what a rule costs: tuning trials of both choices together, which"
                                + " share most of theirs; tuning seconds are of one thread, over all cells",
                        end.figure,
                        choice(end)),
                1,
                header,
                rows);
    }

    private static String shown(RankInterval rank) {
        return text("%.1f", rank.mean()) + " (" + text("%.1f", rank.low()) + " to " + text("%.1f", rank.high()) + ")";
    }

    private Map<String, RankInterval> ranks(End end, List<Place> some) {
        return RankInterval.of(some.stream().map(cell -> losses(end, cell)).toList(), DRAWS, SEED);
    }

    /** Of all that are scored in the cell; infinite where runs are missing. */
    private Map<String, double[]> losses(End end, Place cell) {
        Place at = cell.chosenBy(end.by);
        double[] missing = new double[comparison.seeds()];
        Arrays.fill(missing, Double.POSITIVE_INFINITY);
        Map<String, double[]> losses = new LinkedHashMap<>();
        optimizers().stream().filter(cell::scores).forEach(name -> losses.put(name, at.has(name) ? at.figures(name, end.loss) : missing));
        return losses;
    }

    private List<String> costs(End end, String name) {
        List<Trial> runs = trials(cells.stream().map(cell -> cell.runs(end.by).getOrDefault(name, List.of())));
        List<Trial> tuning = trials(cells.stream().map(cell -> cell.tuning().getOrDefault(name, List.of())));
        List<Place> own = cells.stream().filter(cell -> cell.runs(end.by).containsKey(name)).toList();
        double bytes = own.stream().mapToDouble(cell -> cell.runs(end.by).get(name).getFirst().trial().stateBytes()).sum();
        return List.of(
                text("%.1f", 100.0 * runs.stream().filter(Trial::diverged).count() / runs.size()),
                text("%.3f", 1000 * sum(runs, Trial::seconds) / sum(runs, Trial::steps)),
                text("%.1f", bytes / own.stream().mapToDouble(Place::parameters).sum()),
                text("%.0f", (double) tuning.size() / own.size()),
                text("%.0f", sum(tuning, Trial::seconds)));
    }

    private static List<Trial> trials(Stream<List<LedgerEntry>> entries) {
        return entries.flatMap(List::stream).map(LedgerEntry::trial).toList();
    }

    private static double sum(List<Trial> trials, ToDoubleFunction<Trial> figure) {
        return trials.stream().mapToDouble(figure).sum();
    }

    /** A difference between two optimizers over the cells where both are scored. */
    private record Pair(String better, String worse, int cells, double p) {}

    /** What either end comes to, a sentence each. */
    List<String> sentences() {
        return Arrays.stream(End.values()).map(this::sentence).toList();
    }

    private String sentence(End end) {
        Map<String, RankInterval> ranks = ranks(end, cells);
        String best = optimizers().stream().min(Comparator.comparingDouble(name -> ranks.get(name).mean())).orElseThrow();
        List<Pair> pairs = pairs(end);
        double[] adjusted = adjusted(pairs);
        long won = IntStream.range(0, pairs.size()).filter(i -> adjusted[i] < LEVEL && pairs.get(i).better.equals(best)).count();
        return String.format(
                Locale.ROOT,
                "By %s %s has the best mean rank of %d, %s; it is better than %d of the other %d by a difference that is decided after"
                        + " correction for all %d comparisons, of which %d are decided.",
                end.figure,
                best,
                optimizers().size(),
                shown(ranks.get(best)),
                won,
                optimizers().size() - 1,
                pairs.size(),
                Holm.decided(adjusted));
    }

    private List<Pair> pairs(End end) {
        List<String> names = optimizers();
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            for (int j = i + 1; j < names.size(); j++) {
                pairs.add(pair(end, names.get(i), names.get(j)));
            }
        }
        return pairs;
    }

    private static double[] adjusted(List<Pair> pairs) {
        return Holm.adjusted(pairs.stream().mapToDouble(Pair::p).toArray());
    }

    private Table decisions(End end) {
        List<Pair> pairs = pairs(end);
        double[] adjusted = adjusted(pairs);
        List<List<String>> rows = IntStream.range(0, pairs.size())
                .filter(i -> adjusted[i] < LEVEL)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> pairs.get(i).p))
                .map(i -> List.of(
                        pairs.get(i).better,
                        pairs.get(i).worse,
                        String.valueOf(pairs.get(i).cells),
                        text("%.2g", pairs.get(i).p),
                        text("%.2g", adjusted[i])))
                .toList();
        return new Table(
                String.format(
                        Locale.ROOT,
                        "Decided: %d of %d differences in %s, %s; the others are not. Wilcoxon's signed rank test, two-sided, over cells (the"
                                + " mean over seeds is one value; a diverged one is the largest difference), corrected by Holm for the number of"
                                + " comparisons: below %.2f is decided for all of them together",
                        Holm.decided(adjusted),
                        pairs.size(),
                        end.figure,
                        choice(end),
                        LEVEL),
                2,
                List.of("better", "worse", "cells", "p", "p by Holm"),
                rows);
    }

    private Pair pair(End end, String one, String other) {
        List<Map<String, double[]>> both = cells.stream()
                .filter(cell -> cell.scores(one) && cell.scores(other))
                .map(cell -> losses(end, cell))
                .toList();
        double[] losses = both.stream().mapToDouble(cell -> mean(cell.get(one))).toArray();
        double[] others = both.stream().mapToDouble(cell -> mean(cell.get(other))).toArray();
        double p = CellTest.pValue(losses, others);
        return CellTest.tendency(losses, others) <= 0
                ? new Pair(one, other, both.size(), p)
                : new Pair(other, one, both.size(), p);
    }

    private static double mean(double[] losses) {
        return Arrays.stream(losses).sum() / losses.length;
    }

    Table cells() {
        String timed = cells.stream().anyMatch(cell -> cell.has(TIMED)) ? TIMED : Comparison.RIVAL;
        List<List<String>> rows = new ArrayList<>();
        for (Place cell : cells) {
            for (String name : optimizers()) {
                if (cell.runs(Selection.TRAIN).containsKey(name) || cell.runs(Selection.VALID).containsKey(name)) {
                    rows.add(row(cell.chosenBy(Selection.TRAIN), cell.chosenBy(Selection.VALID), name, timed));
                }
            }
        }
        return new Table(
                "Both ends of every cell: training loss, and steps and seconds to where " + timed + " ends, "
                        + choice(End.TRAINING) + "; held-out losses and accuracy " + choice(End.HELD_OUT)
                        + ", best is what stopping early by the validation loss at tenths of the run would have given; means over seeds ± 95%"
                        + " interval",
                2,
                List.of(
                        "cell", "optimizer", "train loss", "steps to " + timed, "seconds", "held-out loss", "best held-out loss", "accuracy",
                        "state bytes"),
                rows);
    }

    private static List<String> row(Place train, Place valid, String name, String timed) {
        double steps = train.stepsToEndOf(name, timed);
        Place any = valid.has(name) ? valid : train;
        return List.of(
                train.name(),
                name,
                shown(train, name, Trial::trainLoss, "%.4f"),
                text("%.0f", steps),
                Double.isFinite(steps) ? text("%.2f", steps * train.secondsPerStep(name)) : "–",
                shown(valid, name, Trial::testLoss, "%.4f"),
                shown(valid, name, Trial::bestTestLoss, "%.4f"),
                shown(valid, name, Trial::testAccuracy, "%.3f"),
                String.valueOf(any.runs().get(name).getFirst().trial().stateBytes()));
    }

    private static String shown(Place cell, String name, ToDoubleFunction<Trial> figure, String format) {
        return cell.has(name) ? text(format, Interval.of(cell.figures(name, figure))) : "–";
    }
}
