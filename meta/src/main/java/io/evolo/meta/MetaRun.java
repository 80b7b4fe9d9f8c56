package io.evolo.meta;

import io.evolo.checkpoints.AtomicFile;
import io.evolo.checkpoints.CheckpointDirectory.Refused;
import io.evolo.checkpoints.CheckpointDirectory;
import io.evolo.checkpoints.CheckpointException;
import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.checkpoints.RunLock;
import io.evolo.optimizers.Traits;
import io.evolo.optimizers.guard.FeatureTally;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.Packages;
import io.evolo.schema.Schema;
import io.evolo.tasks.TaskFamily;
import io.evolo.tasks.kernels.Twin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
    /** Of the package with the best theta so far. */
    static final String BEST_NAME = "best";

    private static final String BEST = BEST_NAME + LearnedOptimizerPackage.EXTENSION;

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
    private List<String> changes = List.of();
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

    /** Begins a run on threads of this process; see {@link #create(Path, Recipe, Execution)}. */
    public static MetaRun create(Path directory, Recipe recipe, int threads) {
        return create(directory, recipe, Execution.local(threads));
    }

    /**
     * Begins a run. The resolved recipe is kept as YAML in the directory, in checkpoints and in the package.
     *
     * @param directory made if it is not there; must be empty
     * @throws CheckpointException if the directory holds a run or anything else, is in use or cannot be written
     */
    public static MetaRun create(Path directory, Recipe recipe, Execution execution) {
        RunLock lock = RunLock.acquire(directory);
        try {
            lock.requireNew(CONFIG, "continue it with --resume " + directory);
            MetaRun run = new MetaRun(directory, recipe, Schema.write(recipe), execution, lock);
            run.checkpoint(); // a run without checkpoints has lost them
            AtomicFile.write(directory.resolve(CONFIG), run.config);
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

    /** Continues a run on threads of this process; see {@link #resume(Path, Recipe, List, Execution)}. */
    public static MetaRun resume(Path directory, Recipe recipe, int threads) {
        return resume(directory, recipe, Execution.local(threads));
    }

    /** Continues a run as it is; see {@link #resume(Path, Recipe, List, Execution)}. */
    public static MetaRun resume(Path directory, Recipe recipe, Execution execution) {
        return resume(directory, recipe, List.of(), execution);
    }

    /**
     * Continues a run from its newest good checkpoint.
     *
     * @param recipe what {@link #config} says, with the settings
     * @param settings what is changed from here on, as {@code KEY=VALUE}; kept with its outer step in checkpoints and in the package
     * @throws CheckpointException if the directory is in use, no checkpoint is there or none is good, or recipe or data are others than those
     *     that the checkpoint was made with, but for the settings
     */
    public static MetaRun resume(Path directory, Recipe recipe, List<String> settings, Execution execution) {
        String kept = config(directory);
        String config = settings.isEmpty() ? kept : Schema.write(recipe);
        RunLock lock = RunLock.acquire(directory);
        try {
            MetaRun run = new MetaRun(directory, recipe, config, execution, lock);
            run.restore(kept, settings);
            return run;
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private void restore(String kept, List<String> settings) {
        CheckpointDirectory.Latest<SavedRun> latest = checkpoints.latest(new SavedRunCodec()).orElseThrow(() -> new CheckpointException(
                directory + " has no checkpoint in " + checkpoints.folder() + ", although every run begins with one: they were taken away;"
                        + " put them back, or begin anew with --run in another directory"));
        Path file = checkpoints.file(latest.step());
        SavedRun.Origin origin = latest.value().origin();
        boolean other = origin.known() && !config.equals(origin.config());
        requireSame(file, origin, kept, other);
        refused = latest.refused();
        OuterState state = latest.value().state();
        try {
            loop.restore(state);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(file + " is not of this run's recipe: " + e.getMessage(), e);
        }
        outerStep = state.outerStep();
        laneSteps = state.laneSteps();
        secondsBefore = latest.value().seconds();
        changes = origin.changes();
        metrics.cutTo(outerStep);
        validated.cutTo(outerStep);
        validated.all().forEach(found -> metrics.addEvents(found, secondsBefore));
        if (other) {
            List<String> more = new ArrayList<>(changes);
            settings.forEach(setting -> more.add("outer step " + outerStep + ": " + setting));
            changes = more;
            checkpoint(); // before the recipe, so that whoever is killed between the two is asked for the settings again
        }
        if (!config.equals(kept)) {
            AtomicFile.write(directory.resolve(CONFIG), config);
        }
    }

    /** @param other whether settings change the recipe, and so perhaps the data */
    private void requireSame(Path file, SavedRun.Origin origin, String kept, boolean other) {
        if (other && !kept.equals(origin.config())) {
            throw new CheckpointException(file + " was made with another recipe than " + directory.resolve(CONFIG) + " says: "
                    + firstDifference(origin.config(), kept) + "; put it back, and change values by --resume " + directory
                    + " --set KEY=VALUE");
        }
        if (origin.known() && !other && !origin.data().equals(digests())) {
            throw new CheckpointException(file + " was made on data " + origin.data() + ", but what is there now is " + digests()
                    + "; put the data back, or begin anew with --run in another directory");
        }
    }

    private static String firstDifference(String then, String now) {
        List<String> before = then.lines().toList();
        List<String> after = now.lines().toList();
        for (int i = 0; i < Math.max(before.size(), after.size()); i++) {
            String one = i < before.size() ? before.get(i).strip() : "";
            String two = i < after.size() ? after.get(i).strip() : "";
            if (!one.equals(two)) {
                return "line " + (i + 1) + " was '" + one + "' and is '" + two + "'";
            }
        }
        return "they differ in their line ends";
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

    /** Where the package is, or will be. */
    public Path file() {
        return directory.resolve(recipe.name() + LearnedOptimizerPackage.EXTENSION);
    }

    /** Where the training runs of the evaluation at the end are kept. */
    public Path evaluation() {
        return directory.resolve("evaluation.json");
    }

    /** Whether the run is finished, has its package, and the training runs of its evaluation are kept. */
    public boolean isMeasured() {
        return finished() && Files.exists(file()) && Files.exists(evaluation());
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
        metrics.addEvents(found, seconds());
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
        var origin = new SavedRun.Origin(config, digests(), changes);
        checkpoints.write(outerStep, new SavedRunCodec(), new SavedRun(state, seconds(), origin));
        lastSaved = System.nanoTime();
    }

    /** The current meta-parameters; a copy. */
    public float[] theta() {
        return loop.theta();
    }

    /**
     * Writes a last checkpoint and the package, of the best theta where the recipe has meta-validation; returns the package's
     * file. The evaluation of an earlier package is deleted.
     */
    public Path finish() {
        OuterState state = loop.snapshot();
        checkpoint(state);
        float[] theta = validation.isPresent()
                ? LearnedOptimizerPackage.read(directory.resolve(BEST)).theta()
                : state.theta();
        try {
            Files.deleteIfExists(evaluation()); // of a shorter run than this
        } catch (IOException e) {
            throw new CheckpointException(evaluation() + " cannot be deleted: " + e.getMessage(), e);
        }
        pack(theta, state).write(file());
        return file();
    }

    private LearnedOptimizerPackage pack(float[] theta, OuterState state) {
        LearnedOptimizerPackage packed = Packages.pack(recipe.name(), rule, theta, provenance(), "Apache-2.0")
                .withFeatureStatistics(FeatureTally.of(state.seen()).statistics());
        return recipe.tasks().getFirst().kind() instanceof ScaledFamily
                ? packed.withUsage(Parametrizations.of(recipe).usage(Traits.of(rule.bind(theta)).needs()))
                : packed; // what was met without widths says nothing of networks
    }

    /** The rule before the first outer step, as one that is judged on the networks of the package. */
    public Contender beginning() {
        LearnedOptimizerPackage begun = Packages.pack(recipe.name(), rule, recipe.beginning(), new TreeMap<>(), "Apache-2.0");
        return new Contender("its beginning", PackagedRule.of(begun), Parametrizations.of(recipe).standard().kind());
    }

    private SortedMap<String, String> provenance() {
        SortedMap<String, String> provenance = new TreeMap<>();
        provenance.put("recipe", config);
        if (!recipe.init().isEmpty()) {
            LearnedOptimizerPackage begun = Packages.load(recipe.init());
            provenance.put("recipe", config.replace(recipe.init(), begun.name())); // the path means nothing elsewhere
            provenance.put("init", begun.name() + " sha256:" + begun.sha256());
        }
        provenance.put("data", digests());
        if (!changes.isEmpty()) {
            provenance.put("changes", String.join("\n", changes));
        }
        provenance.put("outerSteps", Integer.toString(outerStep));
        best().ifPresent(best -> provenance.put("bestOuterStep", Integer.toString(best.outerStep())));
        provenance.put("laneSteps", Long.toString(laneSteps));
        provenance.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
        provenance.put("java", Runtime.version().toString());
        provenance.put("kernels", Twin.reason());
        return provenance;
    }

    /** Names and digests of all data. */
    private String digests() {
        return families.stream().flatMap(MetaRun::data).distinct().collect(Collectors.joining(", "));
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
