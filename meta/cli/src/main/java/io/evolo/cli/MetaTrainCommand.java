package io.evolo.cli;

import io.evolo.meta.Contender;
import io.evolo.meta.Execution;
import io.evolo.meta.Forecast;
import io.evolo.meta.MetaRun;
import io.evolo.meta.OuterDivergenceException;
import io.evolo.meta.OuterReport;
import io.evolo.meta.Recipe;
import io.evolo.meta.StepTimes;
import io.evolo.meta.Validated;
import io.evolo.meta.reports.Reports;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.schema.ConfigException;
import io.evolo.tasks.kernels.Twin;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The main job. */
@Command(
        name = "meta-train",
        description = {
            "Meta-trains a learned optimizer by a recipe, measures it against tuned Adam, and leaves the package in the run directory.",
            "Ctrl-C finishes the outer step and writes a checkpoint. A resumed run makes the same bits at any number of threads."
        })
final class MetaTrainCommand implements Callable<Integer> {
    private static final String READING = "reading or drawing the data";

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "RECIPE", description = "As --recipe.")
    private String positional = "";

    @Option(
            names = "--recipe",
            paramLabel = "NAME|FILE",
            description = "One that ships inside (see evolo recipes list), or a YAML file.")
    private String option = "";

    @Option(names = "--run", paramLabel = "DIR", description = "A new directory for the run.")
    private String newRun = "";

    @Option(names = "--resume", paramLabel = "DIR", description = "Continue the run in this directory; --set beside it changes its recipe from here on, for instance --set outer.steps=400.")
    private String oldRun = "";

    @Mixin
    private ExecutorOptions executor = new ExecutorOptions();

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Change one value of the recipe, for instance outer.steps=60 or tasks.0.width=[32,64]; may be repeated.")
    private List<String> settings = List.of();

    @Option(
            names = "--init",
            paramLabel = "PACKAGE",
            description = "Begin from this package's theta, as the second phase of a two-phase recipe does.")
    private String init = "";

    @Option(
            names = "--data",
            paramLabel = "PATH",
            description = "Folder of MNIST's four IDX files, plain or gzip-ed, in place of every data source of the recipe.")
    private String data = "";

    @Option(
            names = "--forecast",
            description = "Measure the recipe's first outer steps for ten seconds, say what the whole run will take, and write nothing.")
    private boolean forecast;

    @Override
    public Integer call() {
        Execution execution = executor.execution();
        if (forecast) {
            spec.commandLine().getErr().println("evolo: reading the data and making outer steps for ten seconds, then one meta-validation"
                    + " where the recipe has them");
            print(Forecast.of(oldRun.isEmpty() ? fresh() : Recipes.ofRun(Path.of(oldRun), settings), execution), execution);
            return ExitCode.DONE;
        }
        PrintWriter err = spec.commandLine().getErr();
        try (MetaRun run = oldRun.isEmpty() ? begin(execution) : resume(execution)) {
            RunLog log = new RunLog(run.directory());
            String start = run.outerStep() == 0 ? "begins: " + title(run.recipe()) : "resumed at outer step " + run.outerStep();
            String how = ", " + execution.description() + ", " + Twin.reason();
            log.add(start + how + ", evolo " + Version.text());
            err.println(run.recipe().name() + " " + start + how);
            run.refused().forEach(refused -> warn("skipped a checkpoint: " + refused.reason(), log));
            return run.isMeasured() ? alreadyFinished(run) : train(run, log, execution);
        }
    }

    /** All that there is to say of a run that has its package and its table. */
    private int alreadyFinished(MetaRun run) {
        PrintWriter out = spec.commandLine().getOut();
        spec.commandLine().getErr().println("already finished at outer step " + run.outerStep() + "; to train longer, --set outer.steps=N"
                + " beside --resume");
        ReportText.print(Reports.read(run.directory()), out);
        out.println("package: " + run.file());
        return ExitCode.DONE;
    }

    private Recipe fresh() {
        String name = positional.isEmpty() ? option : positional;
        if (name.isEmpty() || !positional.isEmpty() && !option.isEmpty()) {
            throw new ConfigException("expected one recipe, as in --recipe quickstart; see evolo recipes list");
        }
        Recipe recipe = Recipes.on(Recipes.load(name, settings), data).measuredBy(StepTimes::ofThisMachine);
        return init.isEmpty() ? recipe : recipe.from(init);
    }

    private MetaRun begin(Execution execution) {
        Recipe recipe = fresh();
        if (newRun.isEmpty()) {
            throw new ConfigException(
                    "--run DIR is missing: the directory that keeps the run, for instance --run runs/" + recipe.name());
        }
        return Patience.during(spec.commandLine().getErr(), READING, () ->
                MetaRun.create(Path.of(newRun), recipe, execution));
    }

    private MetaRun resume(Execution execution) {
        if (!newRun.isEmpty() || !positional.isEmpty() || !option.isEmpty() || !data.isEmpty() || !init.isEmpty()) {
            throw new ConfigException("--resume takes only --threads, --executor and --set beside it: the run keeps its recipe and data");
        }
        Path directory = Path.of(oldRun);
        Recipe recipe = Recipes.ofRun(directory, settings);
        return Patience.during(spec.commandLine().getErr(), READING, () ->
                MetaRun.resume(directory, recipe, settings, execution));
    }

    private void print(Forecast forecast, Execution execution) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                Locale.ROOT,
                "%,d outer steps of %,d lane-steps, %.3g s each (%,.0f lane-steps/s): %s%n",
                forecast.outerSteps(),
                forecast.laneSteps(),
                forecast.outerStepSeconds(),
                forecast.laneSteps() / forecast.outerStepSeconds(),
                Progress.duration(forecast.outerSteps() * forecast.outerStepSeconds()));
        if (forecast.validations() > 0) {
            out.printf(
                    Locale.ROOT,
                    "%,d meta-validations of %,d inner steps, %.3g s each: %s%n",
                    forecast.validations(),
                    forecast.validationLaneSteps(),
                    forecast.validationSeconds(),
                    Progress.duration(forecast.validations() * forecast.validationSeconds()));
        }
        out.printf(
                "in all %s on %s, before the evaluation at the end%n", Progress.duration(forecast.seconds()), execution.description());
    }

    private static String title(Recipe recipe) {
        LearnedOptimizer rule = recipe.rule().learned();
        return recipe.rule().name() + " with " + rule.thetaLayout().size() + " meta-parameters, "
                + recipe.tasks().size() * recipe.estimation().pairs() + " particles, " + recipe.outer().steps() + " outer steps";
    }

    private void warn(String message, RunLog log) {
        spec.commandLine().getErr().println("evolo: " + message);
        log.add(message);
    }

    private int train(MetaRun run, RunLog log, Execution execution) {
        PrintWriter err = spec.commandLine().getErr();
        int steps = run.recipe().outer().steps();
        try (Progress progress = new Progress(err, "outer step", run.outerStep(), steps);
                Interruption interruption = new Interruption(
                        () -> progress.say("evolo: interrupted: finishing the outer step, then writing a checkpoint"))) {
            Pace pace = new Pace();
            Wildness wildness = Wildness.of(run.recipe());
            while (!run.finished() && !interruption.requested()) {
                OuterReport report = advance(run, log);
                wildness.of(report).ifPresent(line -> progress.say("evolo: " + line));
                progress.at(report.outerStep(), pace.of(report));
                run.validated()
                        .filter(found -> found.outerStep() == report.outerStep())
                        .ifPresent(found -> progress.say(validation(run, found)));
            }
            if (!run.finished()) {
                run.checkpoint();
                return interrupted(run, log, progress);
            }
            Path file = run.finish();
            log.add("meta-trained to outer step " + run.outerStep() + "; measuring " + file);
            progress.say(finished(run));
            run.best().ifPresent(best -> progress.say("the package has theta of outer step " + best.outerStep()
                    + ", the best by meta-validation" + (run.endedEarly() ? "; the run ended early, for nothing better came" : "")));
            interruption.release(() -> err.println(
                    "evolo: interrupted while measuring; the package is complete: evolo meta-train --resume " + run.directory()
                            + " measures it"));
            measure(run, file, execution);
            log.add("finished: " + file + " and " + run.evaluation());
            return ExitCode.DONE;
        }
    }

    private static OuterReport advance(MetaRun run, RunLog log) {
        try {
            return run.advance();
        } catch (OuterDivergenceException e) {
            log.add("failed: " + e.getMessage());
            throw e;
        }
    }

    private static String validation(MetaRun run, Validated found) {
        Validated best = run.best().orElseThrow();
        String diverged = found.diverged() == 0 ? "" : ", " + found.diverged() + " diverged";
        return String.format(
                Locale.ROOT,
                "meta-validation at outer step %d: %.4f%s%s",
                found.outerStep(),
                found.score(),
                diverged,
                best.equals(found)
                        ? ", the best so far"
                        : String.format(Locale.ROOT, " (best %.4f at %d)", best.score(), best.outerStep()));
    }

    private int interrupted(MetaRun run, RunLog log, Progress progress) {
        log.add("interrupted at outer step " + run.outerStep());
        progress.say("evolo: stopped at outer step " + run.outerStep() + " of " + run.recipe().outer().steps()
                + ", checkpoint written; continue with: evolo meta-train --resume " + run.directory());
        return ExitCode.INTERRUPTED;
    }

    private static String finished(MetaRun run) {
        return String.format(
                Locale.ROOT,
                "%s: %d outer steps, %.3g lane-steps in %s",
                run.recipe().name(),
                run.outerStep(),
                (double) run.laneSteps(),
                Progress.duration(run.seconds()));
    }

    /** The table at the end; the package lies there already. On threads of this process, where the executor advances particles only. */
    private void measure(MetaRun run, Path file, Execution execution) {
        PrintWriter err = spec.commandLine().getErr();
        Execution measuring = execution.makesTrials() ? execution : Execution.local(execution.threads());
        if (!measuring.equals(execution)) {
            err.println("measuring on " + measuring.description() + "; " + execution.description() + " advances particles only");
        }
        Contender evolved = Contenders.of(List.of(file.toString())).getFirst();
        Contender beginning = run.beginning();
        EvaluationReport report = Evaluation.run(run.recipe(), List.of(evolved, beginning), measuring, err).since(beginning.name());
        PrintWriter out = spec.commandLine().getOut();
        report.print(out);
        report.write(run.evaluation());
        out.println("package: " + file);
    }
}
