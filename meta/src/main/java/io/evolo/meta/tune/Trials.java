package io.evolo.meta.tune;

import io.evolo.meta.LearningCurve;
import io.evolo.meta.Trial;
import io.evolo.meta.Workers;
import io.evolo.optimizers.Optimizer;
import io.evolo.tasks.Task;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** Makes training runs that the ledger does not have yet, on all threads. Results depend on neither threads nor order. */
final class Trials {
    private final Task task;
    private final TuningPlan plan;
    private final Function<Candidate, Optimizer> rules;
    private final Ledger ledger;
    private final Workers workers;
    private final BooleanSupplier stop;

    /**
     * @param rules what candidates stand for
     * @param stop asked before every run; once it says yes, no more are begun
     */
    Trials(
            Task task,
            TuningPlan plan,
            Function<Candidate, Optimizer> rules,
            Ledger ledger,
            Workers workers,
            BooleanSupplier stop) {
        this.task = task;
        this.plan = plan;
        this.rules = rules;
        this.ledger = ledger;
        this.workers = workers;
        this.stop = stop;
    }

    /**
     * The entries of these keys, in their order.
     *
     * @param done called after every one, from the threads that make them
     * @throws CancellationException if a stop was asked for; what had been begun is in the ledger
     */
    List<LedgerEntry> run(List<LedgerEntry.Key> keys, Runnable done) {
        return run(keys, plan.tier(), done);
    }

    /** The same for a tier that is not the plan's. */
    List<LedgerEntry> run(List<LedgerEntry.Key> keys, Tier tier, Runnable done) {
        List<Optional<LedgerEntry>> entries = workers.map(keys, key -> {
            Optional<LedgerEntry> entry = run(key, tier);
            done.run();
            return entry;
        });
        return entries.stream()
                .map(entry -> entry.orElseThrow(() -> new CancellationException("tuning was interrupted")))
                .toList();
    }

    private Optional<LedgerEntry> run(LedgerEntry.Key key, Tier tier) {
        Optional<LedgerEntry> known = ledger.find(key);
        if (known.isPresent() || stop.getAsBoolean()) {
            return known;
        }
        LearningCurve curve = new LearningCurve(plan.steps());
        Trial trial = Trial.run(
                task,
                rules.apply(key.candidate()),
                plan.steps(),
                plan.seed(),
                key.purpose(),
                key.seed(),
                plan.examples(),
                curve);
        LedgerEntry entry = new LedgerEntry(key, tier, trial, curve.losses());
        ledger.append(entry);
        return Optional.of(entry);
    }
}
