package io.evolo.meta.evaluation;

import io.evolo.meta.Trial;
import io.evolo.meta.tune.Annealing;
import io.evolo.meta.tune.DesignedRule;
import io.evolo.meta.tune.Ledger;
import io.evolo.meta.tune.LedgerEntry;
import io.evolo.meta.tune.Tier;
import io.evolo.meta.tune.TuningProgress;
import io.evolo.meta.tune.TuningRun;
import io.evolo.optimizers.Optimizer;
import io.evolo.tasks.Task;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What a suite's rivals will cost, or what is left of them: trials by what one takes. Of a rule that has trials in the cell's ledger it is
 * their mean; else short runs are timed, their last ten steps and their evaluations. Writes nothing.
 *
 * @param cells in the suite's order
 */
public record SuiteForecast(List<Cost> cells) {
    private static final int WARM_UP = 10;
    private static final long ENOUGH_NANOS = 500_000_000;
    private static final int TIMED = 10; // one new basis of SOAP is in it

    public SuiteForecast {
        cells = List.copyOf(cells);
    }

    /**
     * Of a cell.
     *
     * @param trials that are left
     * @param seconds of all of them, one after the other
     */
    public record Cost(String cell, int trials, double seconds) {}

    /** Of all cells, one after the other. */
    public double seconds() {
        return cells.stream().mapToDouble(Cost::seconds).sum();
    }

    public int trials() {
        return cells.stream().mapToInt(Cost::trials).sum();
    }

    /**
     * How many trials a rule gets.
     *
     * @param rule at its default setting
     */
    private record Share(String name, Annealing annealing, int tuning, int judging, Optimizer rule) {}

    /** @param directory of the run; need not be there */
    public static SuiteForecast of(EvaluationPlan plan, Path directory, TuningProgress progress) {
        List<Share> shares = shares(plan);
        Runnable done = progress.begin("measuring", plan.cells().size());
        List<Cost> costs = new ArrayList<>();
        for (Cell cell : plan.cells()) {
            Path ledger = directory.resolve("cells").resolve(cell.directory()).resolve(Ledger.NAME);
            List<LedgerEntry> made = Files.exists(ledger) ? Ledger.read(ledger).entries() : List.of();
            Task task = TuningRun.problem(plan.unit(cell));
            int trials = 0;
            double seconds = 0;
            for (Share share : shares) {
                List<Trial> own = made.stream().filter(entry -> isOf(entry, share)).map(LedgerEntry::trial).toList();
                int left = Math.max(0, share.tuning + share.judging - own.size());
                if (left > 0 && fits(task, share.rule)) {
                    trials += left;
                    seconds += left * (own.isEmpty() ? measured(task, share.rule, cell, plan) : mean(own));
                }
            }
            costs.add(new Cost(cell.name(), trials, seconds));
            done.run();
        }
        return new SuiteForecast(costs);
    }

    private static boolean fits(Task task, Optimizer rule) {
        try {
            Trial.requireServed(task, rule);
            return true;
        } catch (IllegalArgumentException e) {
            return false; // the run says why
        }
    }

    private static boolean isOf(LedgerEntry entry, Share share) {
        return entry.key().candidate().optimizer().equals(share.name) && entry.key().candidate().annealing() == share.annealing;
    }

    private static List<Share> shares(EvaluationPlan plan) {
        int judged = plan.seeds() * plan.selections().size();
        Function<String, Optimizer> rule = name -> DesignedRule.fixed(name).optimizer();
        List<Share> shares = new ArrayList<>();
        Stream.of(Annealing.CONSTANT, Annealing.COSINE).forEach(schedule -> shares.add(new Share(
                EvaluationPlan.UNIT, schedule, Tier.LR.settings() * plan.tuningSeeds(), judged, rule.apply(EvaluationPlan.UNIT))));
        plan.tuned().stream().filter(name -> !name.equals(EvaluationPlan.UNIT)).forEach(name -> shares.add(new Share(
                name, Annealing.COSINE, plan.tier().settings() * plan.tuningSeeds(), judged, rule.apply(name))));
        plan.untuned().forEach(name -> shares.add(new Share(name, Annealing.COSINE, 1, plan.seeds(), rule.apply(name))));
        plan.untunedConstant().forEach(name -> shares.add(new Share(name, Annealing.CONSTANT, 1, plan.seeds(), rule.apply(name))));
        return shares;
    }

    /** Of their training; a run whose evaluations cost as much as its steps takes longer. */
    private static double mean(List<Trial> trials) {
        return trials.stream().mapToDouble(Trial::seconds).average().orElseThrow();
    }

    /** The least of at least two runs and as many as half a second holds, for the first ones pay for the compiler. */
    private static double measured(Task task, Optimizer rule, Cell cell, EvaluationPlan plan) {
        long begin = System.nanoTime();
        double least = once(task, rule, cell, plan);
        do {
            least = Math.min(least, once(task, rule, cell, plan));
        } while (System.nanoTime() - begin < ENOUGH_NANOS);
        return least;
    }

    private static double once(Task task, Optimizer rule, Cell cell, EvaluationPlan plan) {
        long[] at = new long[WARM_UP + TIMED + 1];
        long begin = System.nanoTime();
        Trial trial = Trial.unstopped(
                task, rule, at.length, plan.seed(), plan.examples(), (step, loss) -> at[step] = System.nanoTime(), Trial.Keeper.NONE);
        double evaluations = (System.nanoTime() - begin) * 1e-9 - trial.seconds();
        int reached = trial.steps() - 1; // a run that is not finite ends early
        double step = reached > WARM_UP ? (at[reached] - at[WARM_UP]) * 1e-9 / (reached - WARM_UP) : trial.seconds() / trial.steps();
        return cell.steps() * step + Math.max(0, evaluations);
    }
}
