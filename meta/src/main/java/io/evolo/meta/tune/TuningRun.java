package io.evolo.meta.tune;

import io.evolo.checkpoints.AtomicFile;
import io.evolo.checkpoints.CheckpointException;
import io.evolo.checkpoints.RunLock;
import io.evolo.meta.Contender;
import io.evolo.meta.NetworkFamilySpec;
import io.evolo.meta.RuleSource;
import io.evolo.meta.TaskOrigin;
import io.evolo.meta.Trial;
import io.evolo.meta.TrialExecutor;
import io.evolo.optimizers.Optimizer;
import io.evolo.schema.Schema;
import io.evolo.tasks.NetworkTask;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Task;
import io.evolo.tasks.TaskFamily;
import io.evolo.tasks.data.TaskData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A tuning run in its directory: {@code config.yaml} (the resolved plan) and the {@link Ledger}. Holds the directory's lock until
 * closed. A run that was killed at any moment goes on where it was and ends with the same findings; a run that has ended can be given
 * another plan on the same task, which uses the trials that are there. Not thread-safe.
 */
public final class TuningRun implements AutoCloseable {
    private static final String CONFIG = "config.yaml";

    /** Names the stream that the task is drawn from. */
    private static final String PURPOSE = "tuning-task";

    private final Path directory;
    private final TuningPlan plan;
    private final Task task;
    private final RunLock lock;
    private final TaskIdentity identity;
    private final Ledger ledger;

    private TuningRun(Path directory, TuningPlan plan, RunLock lock) {
        this.directory = directory;
        this.plan = plan;
        this.lock = lock;
        TaskFamily family = plan.task().augmented();
        this.task = family.sample(Rng.of(plan.seed(), PURPOSE));
        plan.optimizers().forEach(name -> Trial.requireServed(task, Rules.optimizer(Rules.standard(name, Annealing.CONSTANT, 1))));
        this.identity = identity(plan, family, task);
        this.ledger = Ledger.open(directory.resolve(Ledger.NAME), identity);
    }

    /**
     * Begins a run. The plan is kept as YAML in the directory.
     *
     * @param directory made if it is not there; must not hold a run
     * @throws CheckpointException if the directory holds a run, is in use or cannot be written
     * @throws IllegalArgumentException if a rule reads what the task does not offer
     */
    public static TuningRun create(Path directory, TuningPlan plan) {
        return open(directory, plan, false);
    }

    /**
     * Goes on with a run.
     *
     * @param plan that of {@link #config}, or another one on the same task
     * @throws CheckpointException if the directory is in use, or its ledger is of another task or damaged
     */
    public static TuningRun resume(Path directory, TuningPlan plan) {
        return open(directory, plan, true);
    }

    private static TuningRun open(Path directory, TuningPlan plan, boolean again) {
        RunLock lock = RunLock.acquire(directory);
        try {
            if (!again) {
                lock.requireNew(CONFIG, "continue it with --resume");
            }
            TuningRun run = new TuningRun(directory, plan, lock); // refuses a ledger of another task before anything is written
            AtomicFile.write(directory.resolve(CONFIG), Schema.write(plan));
            return run;
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** The plan of the run in a directory, as YAML. */
    public static String config(Path directory) {
        try {
            return Files.readString(directory.resolve(CONFIG));
        } catch (IOException e) {
            throw new CheckpointException(
                    directory + " holds no run: " + CONFIG + " cannot be read; leave --resume out to begin one", e);
        }
    }

    private static TaskIdentity identity(TuningPlan plan, TaskFamily family, Task task) {
        SortedMap<String, String> facts = new TreeMap<>();
        facts.put("name", task.name());
        facts.put("data", family.data().stream().map(TaskData::sha256).collect(Collectors.joining(" ")));
        facts.put("parameters", Integer.toString(task.layout().size()));
        facts.put("steps", Integer.toString(plan.steps()));
        facts.put("examples", Integer.toString(plan.examples()));
        facts.put("seed", Long.toString(plan.seed()));
        facts.put("warmUp", "(t+1)/(w+1)"); // ledgers from before rose from 0, t/w
        if (plan.task().isAugmented()) { // names do not say all of it
            facts.put("augmentation", plan.task().reparametrize() + " " + plan.task().augment());
        }
        if (plan.task().kind() instanceof NetworkFamilySpec networks) {
            facts.put("parametrization", networks.parametrization().name().toLowerCase(Locale.ROOT));
            facts.put("baseWidth", Integer.toString(networks.baseWidth()));
        }
        if (task instanceof NetworkTask network) {
            facts.put("batch", Integer.toString(network.batch()));
        }
        return new TaskIdentity(facts);
    }

    public TuningPlan plan() {
        return plan;
    }

    public Path directory() {
        return directory;
    }

    /** The task's name, for reports. */
    public String task() {
        return task.name();
    }

    public int parameters() {
        return task.layout().size();
    }

    public Ledger ledger() {
        return ledger;
    }

    /**
     * Makes all trials that are not in the ledger yet.
     *
     * @param executor where they are made; not closed by this
     * @param stop asked before every trial; once it says yes, those that have begun are finished
     * @param progress where the phases report to
     * @throws java.util.concurrent.CancellationException if a stop was asked for
     */
    public Findings tune(TrialExecutor executor, BooleanSupplier stop, TuningProgress progress) {
        return tune(plan, executor, stop, progress);
    }

    /** The same on threads of this process. */
    public Findings tune(int threads, BooleanSupplier stop, TuningProgress progress) {
        return tune(TrialExecutor.threads(threads), stop, progress);
    }

    /**
     * The same for other rules, or by another tier, on the same task.
     *
     * @param other differs from this run's plan in nothing that the task depends on
     */
    public Findings tune(TuningPlan other, int threads, BooleanSupplier stop, TuningProgress progress) {
        if (!other.task().equals(plan.task()) || other.steps() != plan.steps() || other.seed() != plan.seed()
                || other.examples() != plan.examples()) {
            throw new IllegalArgumentException("a plan on another task than that of the run in " + directory);
        }
        return tune(other, TrialExecutor.threads(threads), stop, progress);
    }

    /**
     * Takes over those tuning trials of another ledger that are not in this one, if it is of this very task.
     *
     * @return how many trials of this task the other has; 0 where it is of another one
     */
    public int adopt(Ledger.Contents other) {
        if (!identity.differences(other.task()).isEmpty()) {
            return 0;
        }
        List<LedgerEntry> tuning =
                other.entries().stream().filter(entry -> entry.key().purpose() == Trial.Purpose.TUNING).toList();
        tuning.stream().filter(entry -> ledger.find(entry.key()).isEmpty()).forEach(ledger::append);
        return tuning.size();
    }

    /**
     * Judges the best settings of the boxes and lists that the ledger has trials of, one for every rule, schedule and tier, on fresh seeds.
     *
     * @param stop as in {@link #tune}
     * @return what was judged
     */
    public List<Tried> judgeAdopted(int threads, BooleanSupplier stop, TuningProgress progress) {
        Map<List<Object>, Map<Candidate, List<Trial>>> campaigns = new LinkedHashMap<>();
        for (LedgerEntry entry : ledger.entries()) {
            Candidate candidate = entry.key().candidate();
            if (entry.key().purpose() == Trial.Purpose.TUNING && (entry.tier().isOfBox() || entry.tier() == Tier.LIST)) {
                campaigns.computeIfAbsent(List.of(entry.tier(), candidate.optimizer(), candidate.annealing()), key -> new LinkedHashMap<>())
                        .computeIfAbsent(candidate, key -> new ArrayList<>())
                        .add(entry.trial());
            }
        }
        List<Tried> best = new ArrayList<>();
        Trials trials = new Trials(origin(), task, plan, DesignedRule::new, ledger, TrialExecutor.threads(threads), stop);
        campaigns.forEach((campaign, tried) -> {
            Tried chosen = best(tried);
            List<LedgerEntry.Key> keys = IntStream.range(0, plan.seeds())
                    .mapToObj(seed -> new LedgerEntry.Key(chosen.candidate(), Trial.Purpose.JUDGING, seed))
                    .toList();
            trials.run(keys, (Tier) campaign.getFirst(), progress.begin("judging " + chosen.candidate().optimizer(), keys.size()));
            best.add(chosen);
        });
        return best;
    }

    /** Of those tried with most seeds: they are the finalists where there were any. */
    private Tried best(Map<Candidate, List<Trial>> tried) {
        int seeds = tried.values().stream().mapToInt(List::size).max().orElseThrow();
        return tried.entrySet().stream()
                .filter(entry -> entry.getValue().size() == seeds)
                .map(entry -> new Tried(entry.getKey(), entry.getValue()))
                .min(Tried.bestFirst(plan.select()))
                .orElseThrow();
    }

    /** Why a rule cannot train this task; empty if it can. */
    public Optional<String> objection(String rule) {
        return objection(Rules.optimizer(Rules.standard(rule, Annealing.CONSTANT, 1)));
    }

    /** The same of any optimizer. */
    public Optional<String> objection(Optimizer rule) {
        try {
            Trial.requireServed(task, rule);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** The rule that a hand-designed one really is on this task, with the same wrappers around it; see {@link Optimizer#amountsTo}. */
    public Optional<String> amountsTo(String rule) {
        String wrappers = rule.contains("+") ? rule.substring(rule.indexOf('+')) : "";
        return Rules.optimizer(Rules.standard(rule, Annealing.CONSTANT, 1)).amountsTo(task.layout()).map(really -> really + wrappers);
    }

    /** The task that a run of this plan trains. */
    public static Task problem(TuningPlan plan) {
        return plan.task().augmented().sample(Rng.of(plan.seed(), PURPOSE));
    }

    /** What is trained. */
    public Task problem() {
        return task;
    }

    private Findings tune(TuningPlan of, TrialExecutor executor, BooleanSupplier stop, TuningProgress progress) {
        Trials trials = new Trials(origin(), task, of, DesignedRule::new, ledger, executor, stop);
        return new Tuner(of, Campaign.of(of), trials, progress).run();
    }

    /**
     * Finds the learning rate of a learned rule as tier {@link Tier#LR} finds a hand-designed one's, and judges the rule at the best.
     *
     * @param name that no hand-designed rule has
     * @param atRate the rule under the cosine with this peak rate
     * @param stop as in {@link #tune}
     * @throws java.util.concurrent.CancellationException if a stop was asked for
     */
    public Tuned tune(
            String name, DoubleFunction<Optimizer> atRate, int threads, BooleanSupplier stop, TuningProgress progress) {
        SortedMap<String, Double> rateAlone = new TreeMap<>(Map.of(Candidate.RATE, HalfDecades.at(RateExploration.HIGHEST)));
        Campaign campaign = new Campaign(
                name, Annealing.COSINE, new RateExploration(new Candidate(name, Annealing.COSINE, rateAlone)));
        Function<Candidate, RuleSource> rules = candidate -> () -> atRate.apply(candidate.rate());
        Trials trials = new Trials(origin(), task, plan, rules, ledger, TrialExecutor.threads(threads), stop);
        return new Tuner(plan, List.of(campaign), trials, progress).run().tuned().getFirst();
    }

    private TaskOrigin origin() {
        return new TaskOrigin(plan.task(), PURPOSE, plan.seed(), OptionalInt.empty(), plan.task().parametrization());
    }

    /** As the other {@code judge}, on threads of this process. */
    public List<List<Trial>> judge(List<Contender> contenders, int threads, BooleanSupplier stop, TuningProgress progress) {
        return judge(contenders, TrialExecutor.threads(threads), stop, progress);
    }

    /**
     * Makes those trials on fresh seeds that are not in the ledger yet, of optimizers that are not tuned. They stand in it under their
     * names at rate 1.
     *
     * @param contenders with names that no hand-designed rule has
     * @param executor where they are made; not closed by this
     * @param stop as in {@link #tune}
     * @return [contender][seed]
     * @throws java.util.concurrent.CancellationException if a stop was asked for
     */
    public List<List<Trial>> judge(
            List<Contender> contenders, TrialExecutor executor, BooleanSupplier stop, TuningProgress progress) {
        Map<String, RuleSource> rules = new TreeMap<>();
        contenders.forEach(contender -> rules.put(contender.name(), contender.rule()));
        List<LedgerEntry.Key> keys = contenders.stream()
                .flatMap(contender -> IntStream.range(0, plan.seeds())
                        .mapToObj(seed -> new LedgerEntry.Key(Candidate.untuned(contender.name()), Trial.Purpose.JUDGING, seed)))
                .toList();
        Trials trials = new Trials(origin(), task, plan, candidate -> rules.get(candidate.optimizer()), ledger, executor, stop);
        List<LedgerEntry> made = trials.run(keys, progress.begin("judging", keys.size()));
        return IntStream.range(0, contenders.size())
                .mapToObj(i -> made.subList(i * plan.seeds(), (i + 1) * plan.seeds()).stream()
                        .map(LedgerEntry::trial)
                        .toList())
                .toList();
    }

    @Override
    public void close() {
        ledger.close();
        lock.close();
    }
}
