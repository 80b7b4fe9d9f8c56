package io.evolo.meta;

import io.evolo.checkpoints.AtomicFile;
import io.evolo.checkpoints.CheckpointDirectory;
import io.evolo.checkpoints.CheckpointDirectory.Refused;
import io.evolo.checkpoints.CheckpointException;
import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.checkpoints.RunLock;
import io.evolo.optimizers.guard.FeatureTally;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.Packages;
import io.evolo.tasks.TaskFamily;
import io.evolo.tasks.kernels.Twin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A meta-training run in its directory: {@code config.yaml} (the resolved recipe), {@code metrics.jsonl}, {@code checkpoints/} and, at
 * the end, {@code NAME.evolo}. Where the recipe has meta-validation, {@code validation.jsonl} holds what it found, {@code best.evolo}
 * is the best so far, and that theta is the one that {@code NAME.evolo} gets. Holds the directory's lock until closed. A run that was
 * killed at any moment continues from its last checkpoint and makes the same bits, with any number of threads. Not thread-safe.
 */
public final class MetaRun implements AutoCloseable {
    private static final String CONFIG = "config.yaml";
    private static final String BEST = "best" + LearnedOptimizerPackage.EXTENSION;

    private final Path directory;
    private final Recipe recipe;
    private final String config;
    private final RunLock lock;
    private final LearnedOptimizer rule;
    private final List<TaskFamily> families;
    private final OuterLoop loop;
    private final CheckpointDirectory checkpoints;
    private final Metrics metrics;
    private final Optional<MetaValidation> validation;
    private final ValidationLog validated;
    private List<Refused> refused = List.of();
    private int outerStep;
    private long laneSteps;
    private double secondsBefore;
    private final long started = System.nanoTime();
    private long lastSaved = started;

    private MetaRun(Path directory, Recipe recipe, String config, Execution execution, RunLock lock) {
        this.directory = directory;
        this.recipe = recipe;
        this.config = config;
        this.lock = lock;
        this.rule = recipe.rule().learned();
        this.families = recipe.families();
        this.loop = recipe.loop(families, execution);
        this.checkpoints = checkpoints(directory, recipe);
        this.metrics = new Metrics(directory, begun(directory));
        this.validation = recipe.validation().active()
                ? Optional.of(new MetaValidation(recipe.validation(), rule, recipe.seed(), execution.threads()))
                : Optional.empty();
        this.validated = new ValidationLog(directory);
    }

    /** Begins a run on threads of this process; see {@link #create(Path, Recipe, String, Execution)}. */
    public static MetaRun create(Path directory, Recipe recipe, String config, int threads) {
        return create(directory, recipe, config, Execution.local(threads));
    }

    /**
     * Begins a run.
     *
     * @param directory made if it is not there; must not hold a run
     * @param config the resolved recipe as YAML, kept in the directory and in the package
     * @throws CheckpointException if the directory holds a run, is in use or cannot be written
     */
    public static MetaRun create(Path directory, Recipe recipe, String config, Execution execution) {
        RunLock lock = RunLock.acquire(directory);
        try {
            Path file = directory.resolve(CONFIG);
            if (Files.exists(file)) {
                throw new CheckpointException(
                        directory + " already holds a run; continue it with --resume " + directory + ", or choose another directory");
            }
            MetaRun run = new MetaRun(directory, recipe, config, execution, lock);
            AtomicFile.write(file, config);
            return run;
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Seconds since 1970: as old as the resolved recipe is the run. */
    private static double begun(Path directory) {
        try {
            Path config = directory.resolve(CONFIG);
            return (Files.exists(config) ? Files.getLastModifiedTime(config).toMillis() : System.currentTimeMillis()) * 1e-3;
        } catch (IOException e) {
            throw new CheckpointException(directory + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** The resolved recipe of the run in a directory, as YAML. */
    public static String config(Path directory) {
        try {
            return Files.readString(directory.resolve(CONFIG));
        } catch (IOException e) {
            throw new CheckpointException(
                    directory + " holds no run: " + CONFIG + " cannot be read; begin one with --run " + directory, e);
        }
    }

    /**
     * What the newest good checkpoint of a run holds, if there is one; takes no lock.
     *
     * @throws CheckpointException if checkpoints are there but none is good
     */
    public static Optional<Saved> newest(Path directory, Recipe recipe) {
        return checkpoints(directory, recipe).latest(new SavedRunCodec()).map(latest -> {
            OuterState state = latest.value().state();
            return new Saved(
                    state.outerStep(), state.theta(), state.laneSteps(), latest.value().seconds(), latest.refused());
        });
    }

    private static CheckpointDirectory checkpoints(Path directory, Recipe recipe) {
        return new CheckpointDirectory(directory.resolve("checkpoints"), recipe.saving().keep());
    }

    /** Continues a run on threads of this process; see {@link #resume(Path, Recipe, Execution)}. */
    public static MetaRun resume(Path directory, Recipe recipe, int threads) {
        return resume(directory, recipe, Execution.local(threads));
    }

    /**
     * Continues a run from its newest good checkpoint, or from the beginning where none has been written yet.
     *
     * @param recipe what {@link #config} says
     * @throws CheckpointException if the directory is in use, or checkpoints are there but none is good
     */
    public static MetaRun resume(Path directory, Recipe recipe, Execution execution) {
        String config = config(directory);
        RunLock lock = RunLock.acquire(directory);
        try {
            MetaRun run = new MetaRun(directory, recipe, config, execution, lock);
            run.restore();
            return run;
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private void restore() {
        checkpoints.latest(new SavedRunCodec()).ifPresent(latest -> {
            refused = latest.refused();
            OuterState state = latest.value().state();
            try {
                loop.restore(state);
            } catch (IllegalArgumentException e) {
                throw new CheckpointException(checkpoints.file(latest.step()) + " is not of this run's recipe: " + e.getMessage(), e);
            }
            outerStep = state.outerStep();
            laneSteps = state.laneSteps();
            secondsBefore = latest.value().seconds();
        });
        metrics.cutTo(outerStep);
        validated.cutTo(outerStep);
    }

    /** Checkpoints that were newer than the one the run continued from, but could not be used. */
    public List<Refused> refused() {
        return refused;
    }

    public Recipe recipe() {
        return recipe;
    }

    public Path directory() {
        return directory;
    }

    /** Outer steps made. */
    public int outerStep() {
        return outerStep;
    }

    /** Whether all outer steps are made, or meta-validation has ended the run. */
    public boolean finished() {
        return outerStep >= recipe.outer().steps() || endedEarly();
    }

    /** Whether so many meta-validations in a row brought nothing better that the recipe ends the run. */
    public boolean endedEarly() {
        int patience = recipe.validation().patience();
        return patience > 0 && validated.sinceBest() >= patience;
    }

    /** What the newest meta-validation found; empty before the first. */
    public Optional<Validated> validated() {
        return validated.newest();
    }

    /** What the meta-validation of the best theta found; empty before the first. */
    public Optional<Validated> best() {
        return validated.best();
    }

    /** Lane-steps made, of all processes that worked on the run. */
    public long laneSteps() {
        return laneSteps;
    }

    /** Seconds that the run has taken, of all processes that worked on it. */
    public double seconds() {
        return secondsBefore + (System.nanoTime() - started) * 1e-9;
    }

    /** Makes one outer step; validates, writes metrics and checkpoints when they are due. */
    public OuterReport advance() {
        OuterReport report = loop.advance();
        outerStep = report.outerStep();
        laneSteps += report.laneSteps();
        metrics.add(report);
        if (outerStep % recipe.saving().metricsEvery() == 0) {
            metrics.flush(laneSteps, seconds());
        }
        boolean due = outerStep % recipe.validation().every() == 0 || outerStep == recipe.outer().steps();
        if (due && validation.isPresent()) {
            validate(validation.get());
        } else if ((System.nanoTime() - lastSaved) * 1e-9 >= recipe.saving().every()) {
            checkpoint();
        }
        return report;
    }

    /** The line is written before the checkpoint: a checkpoint's step has all meta-validations up to it. */
    private void validate(MetaValidation problems) {
        Validated found = problems.of(loop.theta(), outerStep);
        validated.add(found);
        OuterState state = loop.snapshot();
        if (best().filter(found::equals).isPresent()) {
            pack(state.theta(), state).write(directory.resolve(BEST));
        }
        checkpoint(state);
    }

    /** Writes a checkpoint now. */
    public void checkpoint() {
        checkpoint(loop.snapshot());
    }

    private void checkpoint(OuterState state) {
        metrics.flush(laneSteps, seconds());
        checkpoints.write(outerStep, new SavedRunCodec(), new SavedRun(state, seconds()));
        lastSaved = System.nanoTime();
    }

    /** The current meta-parameters; a copy. */
    public float[] theta() {
        return loop.theta();
    }

    /**
     * Writes a last checkpoint and the package, of the best theta where the recipe has meta-validation; returns the package's
     * file.
     */
    public Path finish() {
        OuterState state = loop.snapshot();
        checkpoint(state);
        Path file = directory.resolve(recipe.name() + LearnedOptimizerPackage.EXTENSION);
        float[] theta = validation.isPresent()
                ? LearnedOptimizerPackage.read(directory.resolve(BEST)).theta()
                : state.theta();
        pack(theta, state).write(file);
        return file;
    }

    private LearnedOptimizerPackage pack(float[] theta, OuterState state) {
        return Packages.pack(recipe.name(), rule, theta, provenance(), "Apache-2.0")
                .withFeatureStatistics(FeatureTally.of(state.seen()).statistics());
    }

    private SortedMap<String, String> provenance() {
        SortedMap<String, String> provenance = new TreeMap<>();
        provenance.put("recipe", config);
        if (!recipe.init().isEmpty()) {
            LearnedOptimizerPackage begun = Packages.load(recipe.init());
            provenance.put("recipe", config.replace(recipe.init(), begun.name())); // the path means nothing elsewhere
            provenance.put("init", begun.name() + " sha256:" + begun.sha256());
        }
        provenance.put("data", families.stream().flatMap(MetaRun::data).distinct().collect(Collectors.joining(", ")));
        provenance.put("outerSteps", Integer.toString(outerStep));
        best().ifPresent(best -> provenance.put("bestOuterStep", Integer.toString(best.outerStep())));
        provenance.put("laneSteps", Long.toString(laneSteps));
        provenance.put("seconds", Long.toString(Math.round(seconds())));
        provenance.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
        provenance.put("java", Runtime.version().toString());
        provenance.put("kernels", Twin.reason());
        return provenance;
    }

    private static Stream<String> data(TaskFamily family) {
        return family.data().stream().map(data -> data.name() + " sha256:" + data.sha256());
    }

    @Override
    public void close() {
        loop.close();
        validation.ifPresent(MetaValidation::close);
        lock.close();
    }

    /**
     * A saved run as others may see it.
     *
     * @param theta owned
     * @param refused newer checkpoints that could not be used
     */
    public record Saved(int outerStep, float[] theta, long laneSteps, double seconds, List<Refused> refused) {}
}
