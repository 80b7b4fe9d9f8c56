package io.evolo.meta.evaluation;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evolo.checkpoints.AtomicFile;
import io.evolo.checkpoints.CheckpointException;
import io.evolo.checkpoints.RunLock;
import io.evolo.meta.tune.Annealing;
import io.evolo.meta.tune.Selection;
import io.evolo.meta.tune.Tier;
import io.evolo.meta.tune.Tuned;
import io.evolo.meta.tune.TuningPlan;
import io.evolo.meta.tune.TuningProgress;
import io.evolo.meta.tune.TuningRun;
import io.evolo.optimizers.Optimizer;
import io.evolo.schema.Schema;
import io.evolo.tasks.Parametrization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * An evaluation in its directory: {@code config.yaml} (the resolved plan), {@code entrants.json} (whose trials it holds),
 * {@code suite.json} (what was compared on what) and for every cell and parametrization a tuning run in {@code cells/}, whose ledger
 * holds every trial with its learning curve. What stands in a ledger is never run again: a run that was killed goes on where it was, and
 * packages can be added to one that has ended. Holds the directory's lock until closed. Not thread-safe.
 */
public final class EvaluationRun implements AutoCloseable {
    /** What was compared on what. */
    public static final String SUITE = "suite.json";

    private static final String CONFIG = "config.yaml";
    private static final String ENTRANTS = "entrants.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;
    private final EvaluationPlan plan;
    private final RunLock lock;

    private EvaluationRun(Path directory, EvaluationPlan plan, RunLock lock) {
        this.directory = directory;
        this.plan = plan;
        this.lock = lock;
    }

    /**
     * Begins or continues a run.
     *
     * @param directory made if it is not there
     * @param plan kept as YAML in the directory
     * @param added untuned rules beside the plan's, which may differ from one call to the next
     * @param again whether a run is expected there
     * @throws CheckpointException if the directory is in use or cannot be written, or holds a run where none is expected, or another one
     */
    public static EvaluationRun open(
            Path directory, EvaluationPlan plan, List<String> added, boolean again) {
        RunLock lock = RunLock.acquire(directory);
        try {
            Path file = directory.resolve(CONFIG);
            String config = Schema.write(plan);
            if (!Files.exists(file) || !again) {
                lock.requireNew(CONFIG, "continue it with --resume");
            }
            if (Files.exists(file) && !Files.readString(file).equals(config)) {
                throw new CheckpointException(directory + " holds an evaluation by another plan, see its " + CONFIG
                        + "; give the same suite and options, or choose another directory");
            }
            AtomicFile.write(file, config);
            return new EvaluationRun(directory, plan.with(added), lock);
        } catch (IOException e) {
            lock.close();
            throw new CheckpointException(directory + " cannot be written: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /**
     * Makes all trials that are not there yet.
     *
     * @param entrants with names that no hand-designed rule has; those of earlier runs in this directory stay in the comparison
     * @param ledgers of tuning runs: their trials on a cell's very task are taken over, and the best of their boxes and lists judged
     * @param stop asked before every trial
     * @param progress where the phases of every cell report to
     * @return what was skipped, a line each, as {@code suite.json} keeps it
     * @throws java.util.concurrent.CancellationException if a stop was asked for
     * @throws CheckpointException if the directory holds trials of another optimizer of an entrant's name
     */
    public List<String> run(
            List<Entrant> entrants, List<Path> ledgers, int threads, BooleanSupplier stop, TuningProgress progress) {
        EntrantsFile.enter(directory.resolve(ENTRANTS), entrants);
        Pass pass = new Pass(entrants, Donors.read(ledgers), threads, stop, progress);
        List<ObjectNode> cells = plan.cells().stream().map(pass::run).toList();
        List<String> skipped = new ArrayList<>(plan.leftOut().stream().map(line -> "left out: " + line).toList());
        skipped.addAll(pass.donors.objections());
        skipped.addAll(pass.skipped);
        SuiteFile.write(directory.resolve(SUITE), plan, entrants, threads, cells, skipped);
        return skipped;
    }

    /** One pass over all cells. */
    private final class Pass {
        private final List<Entrant> entrants;
        private final Donors donors;
        private final int threads;
        private final BooleanSupplier stop;
        private final TuningProgress progress;
        private final List<String> skipped = new ArrayList<>();

        Pass(List<Entrant> entrants, Donors donors, int threads, BooleanSupplier stop, TuningProgress progress) {
            this.entrants = entrants;
            this.donors = donors;
            this.threads = threads;
            this.stop = stop;
            this.progress = progress;
        }

        ObjectNode run(Cell cell) {
            ObjectNode node = JSON.createObjectNode();
            node.put("name", cell.name()).put("bucket", cell.bucket()).put("row", cell.row()).put("column", cell.column());
            ArrayNode places = node.putArray("ledgers");
            Path place = place(cell, "");
            places.add(directory.relativize(place).toString());
            Map<Cell, List<Entrant>> met = entrants.stream()
                    .collect(Collectors.groupingBy(entrant -> cell.under(entrant.in(cell)), LinkedHashMap::new, Collectors.toList()));
            try (TuningRun run = open(place, plan.unit(cell))) {
                node.put("task", run.task()).put("parameters", run.parameters()).put("steps", cell.steps());
                Twins twins = Twins.of(plan.tuned(), run);
                twins.really().forEach(node.putObject("really")::put);
                twins.scoredAs().forEach(node.putObject("scoredAs")::put);
                Map<String, Optimizer> rivals = rivals(cell, run, twins.tuned(), node.putObject("chosen"));
                observe(cell, run, rivals, judge(cell, run, met.getOrDefault(cell, List.of())));
            }
            met.remove(cell);
            met.forEach((other, some) -> places.add(elsewhere(other, some)));
            return node;
        }

        /** On networks of another parametrization, which have a ledger of their own. */
        private String elsewhere(Cell cell, List<Entrant> some) {
            Parametrization scaling = some.getFirst().in(cell);
            String suffix = scaling.kind() == Parametrization.Kind.SP ? "-sp" : "-mup-" + scaling.baseWidth();
            Path place = place(cell, suffix);
            try (TuningRun run = open(place, plan.unit(cell))) {
                observe(cell, run, Map.of(), judge(cell, run, some));
            }
            return directory.relativize(place).toString();
        }

        /**
         * All rivals' trials, of the tuned ones of these. By name the chosen rules.
         *
         * @param chosen gets by selection, then by rule and schedule, the hyperparameters that were chosen
         */
        private Map<String, Optimizer> rivals(Cell cell, TuningRun run, List<String> distinct, ObjectNode chosen) {
            donors.give(run);
            List<Annealing> cosine = List.of(Annealing.COSINE);
            List<String> others = distinct.stream().filter(rule -> !rule.equals(EvaluationPlan.UNIT)).toList();
            Map<String, Optimizer> rules = new LinkedHashMap<>();
            for (Selection by : plan.selections()) {
                List<Tuned> tuned = new ArrayList<>(run.tune(plan.unit(cell, by), threads, stop, named(cell)).tuned());
                tuned.addAll(tune(cell, run, others, plan.tier(), cosine, by));
                ObjectNode values = chosen.putObject(word(by));
                tuned.forEach(one -> one.best().candidate().values().forEach(values.putObject(name(one))::put));
                tuned.forEach(one -> rules.putIfAbsent(name(one), one.rule()));
            }
            List<Tuned> untuned = new ArrayList<>(tune(cell, run, plan.untuned(), Tier.DEFAULT, cosine, plan.select()));
            untuned.addAll(tune(cell, run, plan.untunedConstant(), Tier.DEFAULT, List.of(Annealing.CONSTANT), plan.select()));
            untuned.forEach(one -> rules.put(name(one), one.rule()));
            run.judgeAdopted(threads, stop, named(cell));
            return rules;
        }

        private static String name(Tuned one) {
            return one.optimizer() + " " + word(one.annealing());
        }

        private static String word(Enum<?> constant) {
            return constant.name().toLowerCase(Locale.ROOT);
        }

        private List<Tuned> tune(
                Cell cell, TuningRun run, List<String> rules, Tier tier, List<Annealing> schedules, Selection by) {
            List<String> served = new ArrayList<>();
            for (String rule : rules) {
                run.objection(rule).ifPresentOrElse(why -> skip(rule, cell, why), () -> served.add(rule));
            }
            return served.isEmpty()
                    ? List.of()
                    : run.tune(plan.plan(cell, served, tier, schedules, by), threads, stop, named(cell)).tuned();
        }

        /** Those that can train the cell's task, at the rates that were found for them. */
        private List<Entrant> judge(Cell cell, TuningRun run, List<Entrant> some) {
            List<Entrant> fitting = new ArrayList<>();
            for (Entrant entrant : some) {
                run.objection(entrant.optimizer())
                        .ifPresentOrElse(why -> skip(entrant.name(), cell, why), () -> fitting.add(entrant));
            }
            List<Entrant> asTheyAre = fitting.stream().filter(entrant -> entrant.atRate().isEmpty()).toList();
            run.judge(asTheyAre.stream().map(entrant -> entrant.contender(cell)).toList(), threads, stop, named(cell));
            return fitting.stream()
                    .map(entrant -> entrant.atRate().isEmpty() ? entrant : entrant.at(rate(cell, run, entrant)))
                    .toList();
        }

        private double rate(Cell cell, TuningRun run, Entrant entrant) {
            return run.tune(entrant.name(), entrant.atRate().orElseThrow(), threads, stop, named(cell)).best().candidate().rate();
        }

        private void skip(String optimizer, Cell cell, String why) {
            String line = optimizer + " does not fit cell '" + cell.name() + "': " + why;
            if (!skipped.contains(line)) { // tuning by another loss says it again
                skipped.add(line);
            }
        }

        private void observe(Cell cell, TuningRun run, Map<String, Optimizer> rivals, List<Entrant> judged) {
            if (!plan.observes(cell)) {
                return;
            }
            Observations observations = new Observations(run.directory(), run.problem(), run.plan());
            rivals.forEach(observations::trace);
            for (Entrant entrant : judged) {
                observations.trace(entrant.name(), entrant.optimizer());
                observations.ablate(entrant.name(), entrant.ablations(), threads);
            }
        }

        private TuningProgress named(Cell cell) {
            int number = 1 + plan.cells().stream().map(Cell::name).toList().indexOf(cell.name());
            String where = "cell " + number + " of " + plan.cells().size() + ", " + cell.name() + ": ";
            return (phase, count) -> progress.begin(where + phase, count);
        }
    }

    private Path place(Cell cell, String suffix) {
        return directory.resolve("cells").resolve(cell.directory() + suffix);
    }

    private TuningRun open(Path place, TuningPlan tuning) {
        return TuningRun.resume(place, tuning);
    }

    @Override
    public void close() {
        lock.close();
    }
}
