package io.evolo.meta.reports;

import com.fasterxml.jackson.databind.JsonNode;
import io.evolo.checkpoints.CheckpointException;
import io.evolo.meta.LearningCurve;
import io.evolo.meta.Trial;
import io.evolo.meta.evaluation.EvaluationPlan;
import io.evolo.meta.evaluation.EvaluationRun;
import io.evolo.meta.scores.StepsOfAdam;
import io.evolo.meta.tune.Annealing;
import io.evolo.meta.tune.Candidate;
import io.evolo.meta.tune.Ledger;
import io.evolo.meta.tune.LedgerEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;

/**
 * What an evaluation run holds: for every cell of its suite the trials of every optimizer on the same fresh seeds, and Adam's curves at
 * all its constant rates as the unit.
 *
 * @param suite its name
 * @param learned names of the packages, in order
 * @param cells in the suite's order; those that could not be read are missing
 * @param skipped what could not be read, one line each
 */
record Comparison(String suite, List<String> learned, List<Place> cells, List<String> skipped) {
    /** What every learned optimizer is held against: Adam at its best rate with the cosine. */
    static final String RIVAL = EvaluationPlan.UNIT + " cosine";

    private static final int POINTS = 512; // of the envelope, as in the source

    /**
     * A cell.
     *
     * @param runs by optimizer, in seed order
     * @param unit steps of Adam for a loss
     * @param spent trials that tuning took, by optimizer
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
            Map<String, Integer> spent) {

        /** Steps that tuned Adam needs for the loss of a run's last window, over the run's own steps; 0 if it diverged. */
        double[] speedUps(String optimizer) {
            return runs.getOrDefault(optimizer, List.of()).stream()
                    .mapToDouble(run -> run.trial().diverged() ? 0 : unit.stepsFor(run.curve().getLast()) / steps)
                    .toArray();
        }

        double[] trainLosses(String optimizer) {
            return runs.getOrDefault(optimizer, List.of()).stream().mapToDouble(run -> run.trial().trainLoss()).toArray();
        }

        long diverged(String optimizer) {
            return runs.getOrDefault(optimizer, List.of()).stream().filter(run -> run.trial().diverged()).count();
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
            double target = unit.lossAt(steps / 2.0);
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
        List<String> learned = StreamSupport.stream(root.path("contenders").spliterator(), false)
                .map(one -> one.path("name").asText())
                .toList();
        List<Place> cells = new ArrayList<>();
        List<String> skipped = new ArrayList<>();
        for (JsonNode cell : root.path("cells")) {
            try {
                cells.add(place(run, cell, learned));
            } catch (CheckpointException | IllegalArgumentException e) {
                skipped.add("cell '" + cell.path("name").asText() + "': " + e.getMessage());
            }
        }
        if (cells.isEmpty()) {
            throw new CheckpointException(run + " has no cell that can be read: " + String.join("; ", skipped));
        }
        return new Comparison(root.path("suite").asText(), learned, cells, skipped);
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
    }

    private static Place place(Path run, JsonNode cell, List<String> learned) {
        Map<String, List<LedgerEntry>> runs = new LinkedHashMap<>();
        Map<Candidate, List<double[]>> adam = new LinkedHashMap<>();
        Map<String, Integer> spent = new LinkedHashMap<>();
        int steps = cell.path("steps").asInt();
        for (String ledger : texts(cell.path("ledgers"))) {
            for (LedgerEntry entry : Ledger.read(run.resolve(ledger).resolve(Ledger.NAME)).entries()) {
                if (entry.curve().size() != LearningCurve.windows(steps)) {
                    throw new CheckpointException(ledger + " holds a curve of " + entry.curve().size() + " points, expected "
                            + LearningCurve.windows(steps));
                }
                Candidate candidate = entry.key().candidate();
                String name = named(candidate, learned);
                if (entry.key().purpose() == Trial.Purpose.JUDGING) {
                    runs.computeIfAbsent(name, key -> new ArrayList<>()).add(entry);
                } else {
                    spent.merge(name, 1, Integer::sum);
                    if (candidate.optimizer().equals(EvaluationPlan.UNIT) && candidate.annealing() == Annealing.CONSTANT) {
                        adam.computeIfAbsent(candidate, key -> new ArrayList<>()).add(doubles(entry.curve()));
                    }
                }
            }
        }
        runs.values().forEach(entries -> entries.sort(Comparator.comparingInt(entry -> entry.key().seed())));
        return new Place(
                cell.path("name").asText(),
                cell.path("bucket").asText(),
                cell.path("row").asText(),
                cell.path("column").asText(),
                steps,
                cell.path("parameters").asInt(),
                runs,
                StepsOfAdam.of(List.copyOf(adam.values()), LearningCurve.ends(steps), 0, POINTS),
                spent);
    }

    private static String named(Candidate candidate, List<String> learned) {
        String name = candidate.optimizer();
        return learned.contains(name) ? name : name + " " + candidate.annealing().name().toLowerCase(Locale.ROOT);
    }

    private static double[] doubles(List<Float> curve) {
        return curve.stream().mapToDouble(Float::doubleValue).toArray();
    }

    /** All optimizers that ran in every cell: the packages, then the rivals in the order in which they were first seen. */
    List<String> optimizers() {
        Set<String> rivals = new LinkedHashSet<>();
        cells.forEach(cell -> rivals.addAll(cell.runs().keySet()));
        rivals.removeAll(learned);
        List<String> all = new ArrayList<>(learned);
        rivals.stream().sorted().forEach(all::add);
        all.removeIf(name -> cells.stream().anyMatch(cell -> !cell.runs().containsKey(name)));
        return all;
    }
}
