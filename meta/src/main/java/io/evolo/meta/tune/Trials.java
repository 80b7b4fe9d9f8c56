package io.evolo.meta.tune;

import io.evolo.meta.RuleSource;
import io.evolo.meta.TaskOrigin;
import io.evolo.meta.TrialExecutor;
import io.evolo.meta.TrialOrder;
import io.evolo.meta.Workers;
import io.evolo.tasks.Task;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** Makes training runs that the ledger does not have yet. Results depend on neither place nor order. */
final class Trials {
    private final TaskOrigin origin;
    private final Task task;
    private final TuningPlan plan;
    private final Function<Candidate, RuleSource> rules;
    private final Ledger ledger;
    private final TrialExecutor executor;
    private final BooleanSupplier stop;

    /**
     * @param origin of the task
     * @param rules what candidates stand for
     * @param executor not closed by this
     * @param stop asked before every run; once it says yes, no more are begun
     */
    Trials(
            TaskOrigin origin,
            Task task,
            TuningPlan plan,
            Function<Candidate, RuleSource> rules,
            Ledger ledger,
            TrialExecutor executor,
            BooleanSupplier stop) {
        this.origin = origin;
        this.task = task;
        this.plan = plan;
        this.rules = rules;
        this.ledger = ledger;
        this.executor = executor;
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
        List<Optional<LedgerEntry>> entries;
        try (Workers workers = new Workers(executor.parallel())) {
            entries = workers.map(keys, key -> {
                Optional<LedgerEntry> entry = run(key, tier);
                done.run();
                return entry;
            });
        }
        return entries.stream()
                .map(entry -> entry.orElseThrow(() -> new CancellationException("tuning was interrupted")))
                .toList();
    }

    private Optional<LedgerEntry> run(LedgerEntry.Key key, Tier tier) {
        Optional<LedgerEntry> known = ledger.find(key);
        if (known.isPresent() || stop.getAsBoolean()) {
            return known;
        }
        TrialOrder order = new TrialOrder(
                origin, task, rules.apply(key.candidate()), plan.steps(), plan.seed(), key.purpose(), key.seed(), plan.examples());
        TrialOrder.Made made = executor.make(order);
        LedgerEntry entry = new LedgerEntry(key, tier, made.trial(), made.curve());
        ledger.append(entry);
        return Optional.of(entry);
    }
}
