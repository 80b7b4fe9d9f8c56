package io.evolo.meta.evaluation;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evolo.checkpoints.CheckpointException;
import io.evolo.checkpoints.RunLock;
import io.evolo.meta.Contender;
import io.evolo.meta.tune.TuningPlan;
import io.evolo.meta.tune.TuningProgress;
import io.evolo.meta.tune.TuningRun;
import io.evolo.tasks.Parametrization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * An evaluation in its directory: {@code config.yaml} (the resolved plan), {@code suite.json} (what was compared on what) and for every
 * cell and parametrization a tuning run in {@code cells/}, whose ledger holds every trial with its learning curve. What stands in a
 * ledger is never run again: a run that was killed goes on where it was, and packages can be added to one that has ended. Holds the
 * directory's lock until closed. Not thread-safe.
 */
public final class EvaluationRun implements AutoCloseable {
    /** What was compared on what. */
    public static final String SUITE = "suite.json";

    private static final String CONFIG = "config.yaml";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;
    private final EvaluationPlan plan;
    private final RunLock lock;
    private final Function<TuningPlan, String> yaml;

    private EvaluationRun(Path directory, EvaluationPlan plan, RunLock lock, Function<TuningPlan, String> yaml) {
        this.directory = directory;
        this.plan = plan;
        this.lock = lock;
        this.yaml = yaml;
    }

    /**
     * Begins or continues a run.
     *
     * @param directory made if it is not there
     * @param config the plan as YAML
     * @param yaml how a cell's plan is written
     * @param again whether a run is expected there
     * @throws CheckpointException if the directory is in use or cannot be written, or holds a run where none is expected, or another one
     */
    public static EvaluationRun open(
            Path directory, EvaluationPlan plan, String config, Function<TuningPlan, String> yaml, boolean again) {
        RunLock lock = RunLock.acquire(directory);
        try {
            Path file = directory.resolve(CONFIG);
            if (Files.exists(file) && !again) {
                throw new CheckpointException(
                        directory + " already holds a run; continue it with --resume, or choose another directory");
            }
            if (Files.exists(file) && !Files.readString(file).equals(config)) {
                throw new CheckpointException(directory + " holds an evaluation by another plan, see its " + CONFIG
                        + "; give the same suite and options, or choose another directory");
            }
            Files.writeString(file, config);
            return new EvaluationRun(directory, plan, lock, yaml);
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
     * @param contenders with names that no hand-designed rule has
     * @param stop asked before every trial
     * @param progress where the phases of every cell report to
     * @throws java.util.concurrent.CancellationException if a stop was asked for
     */
    public void run(List<Contender> contenders, int threads, BooleanSupplier stop, TuningProgress progress) {
        Map<Parametrization.Kind, List<Contender>> byKind = contenders.stream()
                .collect(Collectors.groupingBy(Contender::parametrization, LinkedHashMap::new, Collectors.toList()));
        ObjectNode suite = JSON.createObjectNode().put("suite", plan.name()).put("seeds", plan.seeds());
        ArrayNode names = suite.putArray("contenders");
        contenders.forEach(contender -> names.add(contender.name()));
        ArrayNode cells = suite.putArray("cells");
        for (Cell cell : plan.cells()) {
            ObjectNode node = cells.addObject();
            node.put("name", cell.name()).put("bucket", cell.bucket()).put("row", cell.row()).put("column", cell.column());
            ArrayNode ledgers = node.putArray("ledgers");
            tuneRivals(cell, threads, stop, named(cell, progress), node, ledgers);
            byKind.forEach((kind, some) -> judge(cell, kind, some, threads, stop, named(cell, progress), ledgers));
        }
        write(suite);
    }

    private static TuningProgress named(Cell cell, TuningProgress progress) {
        return (phase, count) -> progress.begin(cell.name() + ": " + phase, count);
    }

    private void tuneRivals(
            Cell cell, int threads, BooleanSupplier stop, TuningProgress progress, ObjectNode node, ArrayNode ledgers) {
        Path place = place(cell, "");
        try (TuningRun run = open(place, plan.tuning(cell))) {
            run.tune(threads, stop, progress);
            node.put("task", run.task()).put("parameters", run.parameters()).put("steps", cell.steps());
        }
        if (!plan.untuned().isEmpty()) {
            try (TuningRun run = open(place, plan.standard(cell))) {
                run.tune(threads, stop, progress);
            }
        }
        ledgers.add(directory.relativize(place).toString());
    }

    /** On the rivals' ledger where the parametrization is theirs, on one of its own where it is not. */
    private void judge(
            Cell cell,
            Parametrization.Kind kind,
            List<Contender> contenders,
            int threads,
            BooleanSupplier stop,
            TuningProgress progress,
            ArrayNode ledgers) {
        Cell under = cell.under(kind);
        boolean shared = under.equals(cell);
        Path place = place(cell, shared ? "" : "-" + kind.name().toLowerCase(Locale.ROOT));
        try (TuningRun run = open(place, plan.tuning(under))) {
            run.judge(contenders, threads, stop, progress);
        }
        if (!shared) {
            ledgers.add(directory.relativize(place).toString());
        }
    }

    private Path place(Cell cell, String suffix) {
        return directory.resolve("cells").resolve(cell.directory() + suffix);
    }

    private TuningRun open(Path place, TuningPlan tuning) {
        return TuningRun.resume(place, tuning, yaml.apply(tuning));
    }

    private void write(ObjectNode suite) {
        Path file = directory.resolve(SUITE);
        try {
            JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), suite);
        } catch (IOException e) {
            throw new CheckpointException(file + " cannot be written: " + e.getMessage() + "; is the disk full?", e);
        }
    }

    @Override
    public void close() {
        lock.close();
    }
}
