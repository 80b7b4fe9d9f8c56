package io.evolo.meta.reports;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.evolo.checkpoints.CheckpointException;
import io.evolo.meta.LearningCurve;
import io.evolo.meta.Trial;
import io.evolo.meta.evaluation.EvaluationPlan;
import io.evolo.meta.evaluation.EvaluationRun;
import io.evolo.meta.evaluation.Observations;
import io.evolo.meta.scores.StepsOfAdam;
import io.evolo.meta.scores.Verdict;
import io.evolo.meta.tune.Annealing;
import io.evolo.meta.tune.Candidate;
import io.evolo.meta.tune.Ledger;
import io.evolo.meta.tune.LedgerEntry;
import io.evolo.meta.tune.Selection;
import io.evolo.meta.tune.Tier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.stream.StreamSupport;

/**
 * What an evaluation run holds: for every cell of its suite the trials of every optimizer on the same fresh seeds, and Adam's curves at
 * all its constant rates as the unit.
 *
 * @param suite its name
 * @param seeds of every optimizer in every cell
 * @param packages where the learned optimizers come from, in order: name, then facts
 * @param machine what measured it
 * @param cells in the suite's order; those that could not be read are missing
 * @param skipped what could not be read or was left out, one line each
 */
record Comparison(
        String suite, int seeds, Map<String, Map<String, String>> packages, String machine, List<Place> cells, List<String> skipped) {
    /** What every learned optimizer is held against: Adam at its best rate with the cosine. */
    static final String RIVAL = EvaluationPlan.UNIT + " cosine";

    private static final int POINTS = 512; // of the envelope, as in the source

    Comparison {
        packages = Collections.unmodifiableMap(new LinkedHashMap<>(packages)); // in order
        cells = List.copyOf(cells);
        skipped = List.copyOf(skipped);
    }

    List<String> learned() {
        return List.copyOf(packages.keySet());
    }

    /**
     * A cell.
     *
     * @param runs by optimizer, in seed order; of every one as many
     * @param unit steps of Adam for a loss
     * @param tuning trials that choosing took, by optimizer
     * @param looked what its optimizers were seen to do, if they were looked at
     * @param choices by the losses that tuning chose by, where these were two: the runs of those settings, as {@code runs}
     * @param scoredAs by the names of optimizers that are really another one here: that one, which alone is scored
     */
    record Place(
            String name,
            String bucket,
            String row,
            String column,
            int steps,
            int parameters,
            Map<String, List<LedgerEntry>> runs,
            StepsOfAdam unit,
            Map<String, List<LedgerEntry>> tuning,
            List<JsonNode> looked,
            Map<Selection, Map<String, List<LedgerEntry>>> choices,
            Map<String, String> scoredAs) {

        /** By optimizer, of the settings that were chosen by this loss; of the plan's, where that is the only one. */
        Map<String, List<LedgerEntry>> runs(Selection by) {
            return choices.getOrDefault(by, runs);
        }

        /** The same cell with only those. */
        Place chosenBy(Selection by) {
            return new Place(name, bucket, row, column, steps, parameters, runs(by), unit, tuning, looked, choices, scoredAs);
        }

        boolean has(String optimizer) {
            return runs.containsKey(optimizer);
        }

        /** Whether it is to be scored here: not where it is really another one, which is. */
        boolean scores(String optimizer) {
            return !scoredAs.containsKey(optimizer);
        }

        double[] figures(String optimizer, ToDoubleFunction<Trial> figure) {
            return runs.getOrDefault(optimizer, List.of()).stream().mapToDouble(run -> figure.applyAsDouble(run.trial())).toArray();
        }

        Verdict verdict(String optimizer) {
            return Verdict.of(trainLosses(optimizer), trainLosses(RIVAL));
        }

        /** Training seconds of a step, mean over the runs. */
        double secondsPerStep(String optimizer) {
            return Arrays.stream(figures(optimizer, Trial::seconds)).sum() / Arrays.stream(figures(optimizer, Trial::steps)).sum();
        }

        /** Mean over the seeds; infinite where it did not run, or one diverged. */
        double meanLoss(String optimizer) {
            return Arrays.stream(trainLosses(optimizer)).average().orElse(Double.POSITIVE_INFINITY);
        }

        /** Steps that tuned Adam needs for the loss of a run's last window, over the run's own steps; 0 if it diverged. */
        double[] speedUps(String optimizer) {
            return runs.getOrDefault(optimizer, List.of()).stream()
                    .mapToDouble(run -> run.trial().diverged() ? 0 : unit.stepsFor(run.curve().getLast()) / steps)
                    .toArray();
        }

        double[] trainLosses(String optimizer) {
            return figures(optimizer, Trial::trainLoss);
        }

        long diverged(String optimizer) {
            return runs.getOrDefault(optimizer, List.of()).stream().filter(run -> run.trial().diverged()).count();
        }

        /** How many runs ended below all that Adam has reached, in this cell and in longer ones of its problem: their speed-up is cut off. */
        long beyond(String optimizer) {
            return runs.getOrDefault(optimizer, List.of()).stream()
                    .filter(run -> !run.trial().diverged() && unit.beyond(run.curve().getLast()))
                    .count();
        }

        private Place withUnit(StepsOfAdam other) {
            return new Place(name, bucket, row, column, steps, parameters, runs, other, tuning, looked, choices, scoredAs);
        }

        /** Mean over the runs, window by window; NaN where one diverged. */
        double[] meanCurve(String optimizer) {
            List<LedgerEntry> entries = runs.get(optimizer);
            double[] mean = new double[LearningCurve.windows(steps)];
            for (LedgerEntry entry : entries) {
                for (int i = 0; i < mean.length; i++) {
                    mean[i] += (double) entry.curve().get(i) / entries.size();
                }
            }
            return mean;
        }

        /** The step at which the mean curve is first at the loss that Adam's envelope has halfway; infinite if it never is. */
        double stepsToTarget(String optimizer) {
            return stepsTo(optimizer, unit.lossAt(steps / 2.0));
        }

        /** The step at which the mean curve is first where that of the other ends; infinite if it never is, or the other diverged. */
        double stepsToEndOf(String optimizer, String other) {
            return has(other) ? stepsTo(optimizer, meanCurve(other)[LearningCurve.windows(steps) - 1]) : Double.POSITIVE_INFINITY;
        }

        private double stepsTo(String optimizer, double target) {
            if (!has(optimizer)) {
                return Double.POSITIVE_INFINITY;
            }
            double[] curve = meanCurve(optimizer);
            int[] ends = LearningCurve.ends(steps);
            for (int i = 0; i < curve.length; i++) {
                if (curve[i] <= target) {
                    return ends[i];
                }
            }
            return Double.POSITIVE_INFINITY;
        }
    }

    static boolean isOne(Path run) {
        return Files.exists(run.resolve(EvaluationRun.SUITE)) || Files.isDirectory(run.resolve("cells"));
    }

    static Comparison of(Path run) {
        if (!Files.exists(run.resolve(EvaluationRun.SUITE))) {
            throw new CheckpointException(run + " holds an evaluation that has not ended; finish it with evolo evaluate … --resume");
        }
        JsonNode root = JsonFiles.tree(run.resolve(EvaluationRun.SUITE));
        Map<String, Map<String, String>> packages = new LinkedHashMap<>();
        root.path("contenders").forEach(one -> packages.put(one.path("name").asText(), facts(one)));
        int seeds = root.path("seeds").asInt();
        List<Place> cells = new ArrayList<>();
        List<String> skipped = new ArrayList<>(texts(root.path("skipped")));
        List<ReadCell> read = StreamSupport.stream(root.path("cells").spliterator(), false)
                .toList()
                .parallelStream()
                .map(cell -> read(run, cell, packages.keySet(), seeds))
                .toList();
        read.forEach(one -> {
            one.place.ifPresent(place -> cells.add(place.withUnit(unit(one, place, read))));
            skipped.addAll(one.skipped);
        });
        if (cells.isEmpty()) {
            throw new CheckpointException(run + " has no cell that can be read: " + String.join("; ", skipped));
        }
        Comparison all = new Comparison(
                root.path("suite").asText(), seeds, packages, root.path("machine").asText(), cells, List.of());
        skipped.addAll(all.missing());
        return new Comparison(all.suite, seeds, packages, all.machine, cells, skipped);
    }

    /**
     * A cell, if it can be read, and what of it cannot.
     *
     * @param problem what two cells that differ in nothing but their steps have in common
     */
    private record ReadCell(Optional<Place> place, Map<String, String> problem, List<String> skipped) {}

    /** With what Adam has reached in longer cells of the same problem. */
    private static StepsOfAdam unit(ReadCell one, Place place, List<ReadCell> all) {
        return all.stream()
                .filter(other -> other.problem.equals(one.problem))
                .flatMap(other -> other.place.stream())
                .filter(other -> other.steps > place.steps)
                .sorted(Comparator.comparingInt(Place::steps))
                .map(Place::unit)
                .reduce(place.unit, StepsOfAdam::followedBy);
    }

    private static ReadCell read(Path run, JsonNode cell, Set<String> learned, int seeds) {
        List<String> skipped = new ArrayList<>();
        try {
            Map<String, String> problem = new TreeMap<>();
            return new ReadCell(Optional.of(place(run, cell, learned, seeds, problem, skipped)), problem, skipped);
        } catch (CheckpointException | IllegalArgumentException e) {
            skipped.add("cell '" + cell.path("name").asText() + "': " + e.getMessage());
            return new ReadCell(Optional.empty(), Map.of(), skipped);
        }
    }

    private static Map<String, String> facts(JsonNode contender) {
        Map<String, String> facts = new TreeMap<>();
        contender.path("facts").properties().forEach(fact -> facts.put(fact.getKey(), fact.getValue().asText().strip()));
        return facts;
    }

    /** Who has no runs where. */
    private List<String> missing() {
        List<String> lines = new ArrayList<>();
        for (String optimizer : optimizers()) {
            List<String> without = cells.stream().filter(cell -> cell.scores(optimizer) && !cell.has(optimizer)).map(Place::name).toList();
            if (!without.isEmpty()) {
                lines.add(optimizer + " has no complete runs in " + without.size() + " of " + cells.size() + " cells, and counts there as"
                        + " the last and as missing the target: " + String.join(", ", without));
            }
        }
        return lines;
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
    }

    /** @param problem gets what Adam was trained on, without the steps */
    private static Place place(
            Path run, JsonNode cell, Set<String> learned, int seeds, Map<String, String> problem, List<String> skipped) {
        Map<String, Map<Candidate, List<LedgerEntry>>> judged = new LinkedHashMap<>();
        Map<Candidate, List<double[]>> adam = new LinkedHashMap<>();
        Map<String, List<LedgerEntry>> tuning = new LinkedHashMap<>();
        List<JsonNode> looked = new ArrayList<>();
        int steps = cell.path("steps").asInt();
        for (String ledger : texts(cell.path("ledgers"))) {
            Ledger.Contents contents = Ledger.read(run.resolve(ledger).resolve(Ledger.NAME));
            contents.skipped().forEach(line -> skipped.add("cell '" + cell.path("name").asText() + "': " + line));
            for (LedgerEntry entry : contents.entries()) {
                if (entry.curve().size() != LearningCurve.windows(steps)) {
                    throw new CheckpointException(ledger + " holds a curve of " + entry.curve().size() + " points, expected "
                            + LearningCurve.windows(steps));
                }
                Candidate candidate = entry.key().candidate();
                String name = named(entry, learned);
                if (entry.key().purpose() == Trial.Purpose.JUDGING) {
                    judged.computeIfAbsent(name, key -> new LinkedHashMap<>())
                            .computeIfAbsent(candidate, key -> new ArrayList<>())
                            .add(entry);
                } else {
                    tuning.computeIfAbsent(name, key -> new ArrayList<>()).add(entry);
                    if (candidate.optimizer().equals(EvaluationPlan.UNIT) && candidate.annealing() == Annealing.CONSTANT) {
                        problem.putAll(contents.task().facts());
                        problem.remove("steps");
                        adam.computeIfAbsent(candidate, key -> new ArrayList<>()).add(doubles(entry.curve()));
                    }
                }
            }
            Path observations = run.resolve(ledger).resolve(Observations.NAME);
            if (Files.exists(observations)) {
                skipped.addAll(JsonLines.read(observations, looked::add));
            }
        }
        Map<Selection, Map<String, List<LedgerEntry>>> choices = new EnumMap<>(Selection.class);
        for (Selection by : Selection.values()) {
            JsonNode picks = cell.path("chosen").path(by.name().toLowerCase(Locale.ROOT));
            if (picks.isObject()) {
                choices.put(by, chosen(judged, picks, seeds));
            }
        }
        JsonNode first = cell.path("chosen").elements().hasNext() ? cell.path("chosen").elements().next() : MissingNode.getInstance();
        Map<String, List<LedgerEntry>> runs = chosen(judged, first, seeds);
        Map<String, String> scoredAs = new LinkedHashMap<>();
        cell.path("scoredAs").properties().forEach(one -> scoredAs.put(cosine(one.getKey()), cosine(one.getValue().asText())));
        runs.keySet().removeAll(scoredAs.keySet());
        choices.values().forEach(some -> some.keySet().removeAll(scoredAs.keySet()));
        if (!runs.containsKey(RIVAL)) {
            throw new CheckpointException("fewer than " + seeds + " runs of " + RIVAL + ", which all others are held against");
        }
        return new Place(
                cell.path("name").asText(),
                cell.path("bucket").asText(),
                cell.path("row").asText(),
                cell.path("column").asText(),
                steps,
                cell.path("parameters").asInt(),
                runs,
                StepsOfAdam.of(List.copyOf(adam.values()), LearningCurve.ends(steps), 0, POINTS),
                tuning,
                looked,
                choices,
                scoredAs);
    }

    /** Tuned rules have the cosine. */
    private static String cosine(String rule) {
        return rule + " " + Annealing.COSINE.name().toLowerCase(Locale.ROOT);
    }

    /**
     * The runs of the chosen settings, where they are complete. Of who has no choice written down, those of the setting that was judged
     * last: ledgers that were added later may have changed it.
     */
    private static Map<String, List<LedgerEntry>> chosen(
            Map<String, Map<Candidate, List<LedgerEntry>>> judged, JsonNode picks, int seeds) {
        Map<String, List<LedgerEntry>> runs = new LinkedHashMap<>();
        judged.forEach((name, settings) -> settings.entrySet().stream()
                .filter(setting -> setting.getValue().size() >= seeds)
                .filter(setting -> !picks.has(name) || setting.getKey().values().equals(numbers(picks.get(name))))
                .map(Map.Entry::getValue)
                .reduce((first, later) -> later)
                .ifPresent(entries -> runs.put(
                        name,
                        entries.stream()
                                .sorted(Comparator.comparingInt(entry -> entry.key().seed()))
                                .limit(seeds)
                                .toList())));
        return runs;
    }

    private static Map<String, Double> numbers(JsonNode values) {
        Map<String, Double> numbers = new TreeMap<>();
        values.properties().forEach(one -> numbers.put(one.getKey(), Double.parseDouble(one.getValue().asText()))); // of infinity a text
        return numbers;
    }

    /** Rules of boxes and lists stand beside those of the plain search of rates. */
    private static String named(LedgerEntry entry, Set<String> learned) {
        Candidate candidate = entry.key().candidate();
        String name = candidate.optimizer();
        if (learned.contains(name)) {
            return name;
        }
        String tier = entry.tier().isOfBox() || entry.tier() == Tier.LIST ? " " + entry.tier().name().toLowerCase(Locale.ROOT) : "";
        return name + " " + candidate.annealing().name().toLowerCase(Locale.ROOT) + tier;
    }

    private static double[] doubles(List<Float> curve) {
        return curve.stream().mapToDouble(Float::doubleValue).toArray();
    }

    /** Those of the cells, in their order. */
    List<String> buckets() {
        return cells.stream().map(Place::bucket).distinct().toList();
    }

    /** All optimizers that ran in some cell: the packages, then the rivals by name. */
    List<String> optimizers() {
        Set<String> rivals = new TreeSet<>();
        cells.forEach(cell -> rivals.addAll(cell.runs().keySet()));
        cells.forEach(cell -> rivals.addAll(cell.scoredAs().keySet()));
        List<String> all = new ArrayList<>(learned().stream().filter(rivals::contains).toList());
        rivals.removeAll(learned());
        all.addAll(rivals);
        return all;
    }
}
