package io.evolo.meta.evaluation;

import io.evolo.checkpoints.AtomicFile;
import io.evolo.checkpoints.CheckpointException;
import io.evolo.checkpoints.RunLock;
import io.evolo.meta.Trial;
import io.evolo.meta.scores.Holm;
import io.evolo.meta.scores.Interval;
import io.evolo.meta.scores.PairedTest;
import io.evolo.meta.scores.Target;
import io.evolo.meta.scores.Verdict;
import io.evolo.meta.tune.Annealing;
import io.evolo.meta.tune.Selection;
import io.evolo.meta.tune.Tier;
import io.evolo.meta.tune.TuningPlan;
import io.evolo.meta.tune.TuningProgress;
import io.evolo.meta.tune.TuningRun;
import io.evolo.schema.Schema;
import io.evolo.tasks.Parametrization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Target runs in their directory: {@code target.yaml}, which is there before the first run and does not change, and a ledger for every
 * number of steps and parametrization. Goes on where it was stopped.
 */
public final class TargetRun {
    private static final String CONFIG = "target.yaml";

    private TargetRun() {}

    /**
     * How an entry did.
     *
     * @param trials in seed order
     */
    public record Result(TargetPlan.Entry entry, List<Trial> trials, Target target) {
        /** Mean training seconds of a run. */
        public double seconds() {
            return trials.stream().mapToDouble(Trial::seconds).average().orElseThrow();
        }

        double[] losses() {
            return trials.stream().mapToDouble(Trial::testLoss).toArray();
        }
    }

    /**
     * Two entries over the same seeds.
     *
     * @param difference of the first's losses from the second's, seed by seed; infinite where one diverged
     * @param p of Wilcoxon's signed rank test; NaN where a run diverged
     * @param adjusted by Holm for the number of pairs
     */
    public record Pair(TargetPlan.Entry first, TargetPlan.Entry second, Interval difference, double p, double adjusted) {}

    /**
     * Makes the runs that are not there yet.
     *
     * @param directory made if it is not there
     * @param entrants by the names of the plan's optimizers
     * @param again whether a run is expected there
     * @return those that reached the target first, by steps, then seconds; then the others by their loss
     * @throws CheckpointException if the directory is in use, or holds runs by another plan
     * @throws java.util.concurrent.CancellationException if a stop was asked for
     */
    public static List<Result> run(
            Path directory,
            TargetPlan plan,
            Map<String, Entrant> entrants,
            boolean again,
            int threads,
            BooleanSupplier stop,
            TuningProgress progress) {
        try (RunLock lock = RunLock.acquire(directory)) {
            begin(lock, directory.resolve(CONFIG), Schema.write(plan), again);
            List<Result> results = new ArrayList<>();
            for (TargetPlan.Entry entry : plan.entries()) {
                Entrant entrant = entrants.get(entry.optimizer());
                Cell cell = new Cell(entry.text(), "all", "", "", plan.task(), entry.steps());
                Cell own = cell.under(entrant.in(cell));
                String place = own.task().equals(plan.task()) ? "steps-" + entry.steps() : "steps-" + entry.steps() + suffix(entrant.in(cell));
                TuningPlan ledger = new TuningPlan(
                        List.of(EvaluationPlan.UNIT), Tier.DEFAULT, "", 0, List.of(Annealing.COSINE), 1, plan.seeds(), Selection.VALID, false,
                        entry.steps(), plan.examples(), plan.seed(), own.task());
                try (TuningRun run = TuningRun.resume(directory.resolve(place), ledger)) {
                    List<Trial> trials = run.judge(List.of(entrant.contender(cell)), threads, stop, (phase, count) ->
                            progress.begin(entry.text(), count)).getFirst();
                    double[] losses = trials.stream().mapToDouble(Trial::testLoss).toArray();
                    results.add(new Result(entry, trials, Target.of(losses, plan.target())));
                }
            }
            Comparator<Result> reached = Comparator.comparingInt((Result one) -> one.target().reached() ? one.entry().steps() : Integer.MAX_VALUE);
            return results.stream()
                    .sorted(reached.thenComparingDouble(one -> one.target().reached() ? one.seconds() : one.target().loss().mean()))
                    .toList();
        }
    }

    /** Packages meet networks of their own parametrization, which have a ledger of their own. */
    private static String suffix(Parametrization scaling) {
        return "-" + scaling.kind().name().toLowerCase(Locale.ROOT) + "-" + scaling.baseWidth();
    }

    private static void begin(RunLock lock, Path file, String config, boolean again) {
        try {
            if (!Files.exists(file) || !again) {
                lock.requireNew(CONFIG, "continue it with --resume");
            } else if (!Files.readString(file).equals(config)) {
                throw new CheckpointException(file + " says other target runs: entries, seeds and target stand before the first run; choose"
                        + " another directory for others");
            }
            AtomicFile.write(file, config);
        } catch (IOException e) {
            throw new CheckpointException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** All pairs, in the order of the results. */
    public static List<Pair> pairs(List<Result> results) {
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            for (int j = i + 1; j < results.size(); j++) {
                double[] some = results.get(i).losses();
                double[] others = results.get(j).losses();
                Interval difference = Verdict.difference(some, others);
                double p = Double.isFinite(difference.mean()) ? PairedTest.pValue(some, others) : Double.NaN;
                pairs.add(new Pair(results.get(i).entry(), results.get(j).entry(), difference, p, p));
            }
        }
        double[] adjusted = Holm.adjusted(pairs.stream().mapToDouble(pair -> Double.isNaN(pair.p) ? 1 : pair.p).toArray());
        List<Pair> all = new ArrayList<>();
        for (int i = 0; i < adjusted.length; i++) {
            Pair pair = pairs.get(i);
            all.add(new Pair(pair.first, pair.second, pair.difference, pair.p, adjusted[i]));
        }
        return all;
    }
}
