package io.evolo.meta.reports;

import static io.evolo.meta.reports.Numbers.text;

import io.evolo.meta.Trial;
import io.evolo.meta.reports.Comparison.Place;
import io.evolo.meta.scores.AverageRank;
import io.evolo.meta.scores.Envelopes;
import io.evolo.meta.scores.InterquartileMean;
import io.evolo.meta.scores.Interval;
import io.evolo.meta.scores.PairedTest;
import io.evolo.meta.scores.PerformanceProfile;
import io.evolo.meta.scores.StepsOfAdam;
import io.evolo.meta.scores.Verdict;
import io.evolo.meta.tune.LedgerEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The scores of a comparison, and the tables that show them. */
final class ScoreTables {
    private static final int DRAWS = 2000;
    private static final long SEED = 1; // of the bootstrap
    private static final List<String> CELL_COLUMNS = List.of(
            "cell", "optimizer", "verdict", "train loss", "minus Adam's", "validation loss", "test loss", "test accuracy", "speed-up",
            "steps to target", "seconds to target", "diverged");

    private final Comparison comparison;
    private final List<Place> cells;
    private final List<String> optimizers;

    ScoreTables(Comparison comparison) {
        this.comparison = comparison;
        this.cells = comparison.cells();
        this.optimizers = comparison.optimizers();
    }

    List<Table> all(Envelopes envelopes) {
        List<Table> tables = new ArrayList<>(List.of(summary(), cost()));
        if (comparison.buckets().size() > 1) {
            tables.add(buckets());
        }
        tables.add(sizes());
        tables.add(cells());
        if (!envelopes.byTask().isEmpty()) {
            tables.add(published(envelopes));
        }
        return tables;
    }

    /** Over those of the cells in which it ran. */
    InterquartileMean speedUp(String optimizer, List<Place> some) {
        return InterquartileMean.of(
                some.stream().filter(cell -> cell.has(optimizer)).map(cell -> cell.speedUps(optimizer)).toList(), DRAWS, SEED);
    }

    /** By optimizer, over those of the cells where it is scored, among those that are scored there; NaN where that is nowhere. */
    Map<String, Double> ranks(List<Place> some) {
        Map<String, List<Double>> all = new LinkedHashMap<>();
        optimizers.forEach(name -> all.put(name, new ArrayList<>()));
        for (Place cell : some) {
            List<String> scored = optimizers.stream().filter(cell::scores).toList();
            double[] ranks = AverageRank.of(List.of(scored.stream().mapToDouble(cell::meanLoss).toArray()));
            IntStream.range(0, ranks.length).forEach(i -> all.get(scored.get(i)).add(ranks[i]));
        }
        Map<String, Double> byName = new LinkedHashMap<>();
        all.forEach((name, ranks) ->
                byName.put(name, ranks.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN)));
        return byName;
    }

    PerformanceProfile profile(ToDoubleFunction<Time> time) {
        return new PerformanceProfile(cells.stream()
                .map(cell -> optimizers.stream()
                        .mapToDouble(name -> cell.scores(name) ? time.applyAsDouble(new Time(cell, name)) : Double.NaN)
                        .toArray())
                .toList());
    }

    /** How long one optimizer takes in one cell. */
    record Time(Place cell, String optimizer) {
        double steps() {
            return cell.stepsToTarget(optimizer);
        }

        /** Infinite where the target was missed. */
        double seconds() {
            double steps = steps();
            return Double.isFinite(steps) ? steps * cell.secondsPerStep(optimizer) : steps;
        }
    }

    private Table summary() {
        Map<String, Double> ranks = ranks(cells);
        PerformanceProfile steps = profile(Time::steps);
        PerformanceProfile seconds = profile(Time::seconds);
        int tests = optimizers.size() - 1;
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < optimizers.size(); i++) {
            String name = optimizers.get(i);
            if (cells.stream().noneMatch(cell -> cell.has(name))) {
                continue; // another one everywhere
            }
            InterquartileMean speed = speedUp(name, cells);
            long runs = sum(name, trial -> 1);
            rows.add(List.of(
                    name,
                    text("%.2f", speed.mean()),
                    text("%.2f", speed.low()) + " to " + text("%.2f", speed.high()),
                    text("%.2f", ranks.get(name)),
                    text("%.2f", steps.score(i)),
                    text("%.2f", seconds.score(i)),
                    pValue(name),
                    text("%.1f", 100.0 * sum(name, trial -> trial.diverged() ? 1 : 0) / runs),
                    String.valueOf(runs),
                    text("%.1f", 100.0 * beyond(name) / runs),
                    String.valueOf(tuning(name).mapToLong(entry -> 1).sum()),
                    String.valueOf(cells.stream().filter(cell -> cell.scores(name)).count())));
        }
        return new Table(
                String.format(
                        Locale.ROOT,
                        "All %d cells. Speed-up: steps of Adam at the best of its constant rates for the same loss, over the steps made;"
                                + " inter-quartile mean with its 95%% interval by bootstrap within cells. Adam is known up to the longest cell"
                                + " of the same problem: runs that end below all of it are cut off there, and the speed-up is a lower bound"
                                + " by the share that stands under beyond. Rank by final training loss, 1 is"
                                + " the best. Profile scores by steps and by seconds to the target, which is the loss that Adam's envelope"
                                + " has halfway. p: Wilcoxon's signed rank test against %s over all pairs of finished runs; these are %d"
                                + " comparisons, so by Bonferroni p below %.4f is below 0.05. Trials that choosing the setting took stand"
                                + " before the last column; the last has the cells that count: a rule that is really another one on a"
                                + " task, which the table of cells names, is scored there once, as that other one",
                        cells.size(),
                        Comparison.RIVAL,
                        tests,
                        0.05 / Math.max(1, tests)),
                1,
                List.of(
                        "optimizer", "speed-up", "interval", "mean rank", "profile, steps", "profile, seconds", "p", "diverged %", "runs",
                        "beyond %", "tuning trials", "cells"),
                rows);
    }

    /** Runs that ended below all that Adam has reached. */
    long beyond(String optimizer) {
        return cells.stream().mapToLong(cell -> cell.beyond(optimizer)).sum();
    }

    private Table cost() {
        List<List<String>> rows = new ArrayList<>();
        for (String name : optimizers) {
            if (cells.stream().noneMatch(cell -> cell.has(name))) {
                continue;
            }
            double seconds = runs(name).mapToDouble(entry -> entry.trial().seconds()).sum();
            double updates = runs(name).mapToDouble(entry -> entry.trial().updateSeconds()).sum();
            double steps = runs(name).mapToDouble(entry -> entry.trial().steps()).sum();
            double values = cells.stream().filter(cell -> cell.has(name)).mapToDouble(Place::parameters).sum();
            double bytes = cells.stream()
                    .filter(cell -> cell.has(name))
                    .mapToDouble(cell -> cell.runs().get(name).getFirst().trial().stateBytes())
                    .sum();
            rows.add(List.of(
                    name,
                    text("%.3f", 1000 * seconds / steps),
                    text("%.1f", 100 * updates / seconds),
                    text("%.1f", bytes / values),
                    String.valueOf(tuning(name).count()),
                    String.valueOf(tuning(name).mapToLong(entry -> entry.trial().steps()).sum()),
                    text("%.1f", tuning(name).mapToDouble(entry -> entry.trial().seconds()).sum())));
        }
        return new Table(
                "What they cost, over all cells: milliseconds of a training step, the optimizer's share of them, its state, and what choosing"
                        + " its setting took. Seconds are those of one thread of a machine that may have done other things",
                1,
                List.of(
                        "optimizer", "ms per step", "optimizer's share %", "state bytes per parameter", "tuning trials", "tuning steps",
                        "tuning seconds"),
                rows);
    }

    private Stream<LedgerEntry> runs(String optimizer) {
        return cells.stream().flatMap(cell -> cell.runs().getOrDefault(optimizer, List.of()).stream());
    }

    private Stream<LedgerEntry> tuning(String optimizer) {
        return cells.stream().flatMap(cell -> cell.tuning().getOrDefault(optimizer, List.of()).stream());
    }

    private long sum(String optimizer, ToDoubleFunction<Trial> figure) {
        return (long) runs(optimizer).mapToDouble(entry -> figure.applyAsDouble(entry.trial())).sum();
    }

    /** On the logarithms, so that cells with large losses do not outweigh the others. */
    private String pValue(String optimizer) {
        if (optimizer.equals(Comparison.RIVAL)) {
            return "";
        }
        List<double[]> pairs = cells.stream()
                .filter(cell -> cell.has(optimizer))
                .flatMap(cell -> pairs(cell.trainLosses(optimizer), cell.trainLosses(Comparison.RIVAL)))
                .filter(pair -> pair[0] > 0 && pair[1] > 0 && Double.isFinite(pair[0]) && Double.isFinite(pair[1]))
                .toList();
        if (pairs.isEmpty()) {
            return "–";
        }
        return text("%.2g", PairedTest.pValue(
                pairs.stream().mapToDouble(pair -> StrictMath.log(pair[0])).toArray(),
                pairs.stream().mapToDouble(pair -> StrictMath.log(pair[1])).toArray()));
    }

    private static Stream<double[]> pairs(double[] some, double[] others) {
        return IntStream.range(0, some.length).mapToObj(i -> new double[] {some[i], others[i]});
    }

    private Table buckets() {
        List<List<String>> rows = new ArrayList<>();
        for (String bucket : comparison.buckets()) {
            List<Place> some = cells.stream().filter(cell -> cell.bucket().equals(bucket)).toList();
            Map<String, Double> ranks = ranks(some);
            for (String name : optimizers) {
                if (some.stream().anyMatch(cell -> cell.has(name))) {
                    InterquartileMean speed = speedUp(name, some);
                    rows.add(List.of(
                            bucket,
                            name,
                            text("%.2f", speed.mean()),
                            text("%.2f", speed.low()) + " to " + text("%.2f", speed.high()),
                            text("%.2f", ranks.get(name)),
                            String.valueOf(some.stream().mapToLong(cell -> cell.diverged(name)).sum())));
                }
            }
        }
        return new Table("By bucket", 2, List.of("bucket", "optimizer", "speed-up", "interval", "mean rank", "diverged"), rows);
    }

    /** A column for every power of ten that the numbers of parameters begin with. */
    private Table sizes() {
        Map<Integer, List<Place>> bySize = new TreeMap<>();
        cells.forEach(cell -> bySize.computeIfAbsent((int) StrictMath.log10(cell.parameters()), key -> new ArrayList<>()).add(cell));
        List<String> header = new ArrayList<>(List.of("optimizer"));
        bySize.forEach((power, some) -> header.add(String.format(
                Locale.ROOT, "%,.0f to %,.0f (%d cells)", StrictMath.pow(10, power), StrictMath.pow(10, power + 1.0) - 1, some.size())));
        List<List<String>> rows = new ArrayList<>();
        for (String name : optimizers) {
            List<String> row = new ArrayList<>(List.of(name));
            bySize.values().forEach(some -> row.add(text("%.2f", ranks(some).get(name))));
            rows.add(row);
        }
        return new Table("Mean rank by size of the network, in parameters; diverged runs are last", 1, header, rows);
    }

    private Table cells() {
        List<List<String>> rows = new ArrayList<>();
        for (Place cell : cells) {
            for (String name : optimizers) {
                if (cell.has(name)) {
                    rows.add(row(cell, name));
                } else if (!cell.scores(name)) {
                    rows.add(twin(cell, name));
                }
            }
        }
        return new Table(
                "Every cell: means of seeds ± 95% interval; the difference is paired, against " + Comparison.RIVAL
                        + "; steps and seconds to the loss that Adam's envelope has halfway",
                3,
                CELL_COLUMNS,
                rows);
    }

    private static List<String> twin(Place cell, String name) {
        List<String> row = new ArrayList<>(List.of(cell.name(), name, "is " + cell.scoredAs().get(name) + " here"));
        row.addAll(Collections.nCopies(CELL_COLUMNS.size() - row.size(), ""));
        return row;
    }

    private static List<String> row(Place cell, String name) {
        boolean rival = name.equals(Comparison.RIVAL);
        Time time = new Time(cell, name);
        return List.of(
                cell.name(),
                name,
                rival ? "" : cell.verdict(name).word(cell.trainLosses(name).length),
                text("%.4f", Interval.of(cell.trainLosses(name))),
                rival ? "" : text("%+.4f", Verdict.difference(cell.trainLosses(name), cell.trainLosses(Comparison.RIVAL))),
                text("%.4f", Interval.of(cell.figures(name, Trial::validLoss))),
                text("%.4f", Interval.of(cell.figures(name, Trial::testLoss))),
                text("%.3f", Interval.of(cell.figures(name, Trial::testAccuracy))),
                text("%.2f", Arrays.stream(cell.speedUps(name)).average().orElse(Double.NaN)),
                text("%.0f", time.steps()),
                text("%.2f", time.seconds()),
                String.valueOf(cell.diverged(name)));
    }

    /** In the unit of those who published the envelopes. */
    private Table published(Envelopes envelopes) {
        List<List<String>> rows = new ArrayList<>();
        for (Place cell : cells) {
            if (!envelopes.byTask().containsKey(cell.name())) {
                continue;
            }
            StepsOfAdam unit = envelopes.byTask().get(cell.name());
            for (String name : optimizers) {
                double[] steps = DoubleStream.of(cell.trainLosses(name)).map(unit::stepsFor).toArray();
                if (steps.length > 0) {
                    InterquartileMean mean = InterquartileMean.of(List.of(steps), DRAWS, SEED);
                    rows.add(List.of(
                            cell.name(),
                            name,
                            text("%.0f", mean.mean()),
                            text("%.0f", mean.low()) + " to " + text("%.0f", mean.high()),
                            text("%.2f", mean.mean() / cell.steps())));
                }
            }
        }
        return new Table(
                "By published envelopes: steps of their tuned Adam for the same final training loss",
                2,
                List.of("cell", "optimizer", "steps of Adam", "interval", "speed-up"),
                rows);
    }

    Set<String> losing(String optimizer) {
        Set<String> names = new LinkedHashSet<>();
        cells.stream()
                .filter(cell -> cell.has(optimizer) && cell.verdict(optimizer) == Verdict.WORSE)
                .forEach(cell -> names.add(cell.name()));
        return names;
    }
}
