package io.evolo.cli;

import io.evolo.meta.Contender;
import io.evolo.meta.Execution;
import io.evolo.meta.Recipe;
import io.evolo.meta.evaluation.Entrant;
import io.evolo.meta.evaluation.EvaluationPlan;
import io.evolo.meta.evaluation.SuiteForecast;
import io.evolo.meta.evaluation.TargetPlan;
import io.evolo.schema.ConfigException;
import io.evolo.schema.Schema;
import io.evolo.schema.Setting;
import io.evolo.schema.YamlNode;
import io.evolo.schema.YamlReader;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compares packages with tuned Adam. */
@Command(
        name = "evaluate",
        description = {
            "Measures learned-optimizer packages on wider and longer tasks against Adam, whose learning rate is tuned for every width"
                    + " and length anew.",
            "Tasks and grid are those of the first package's recipe, or of --recipe; options change them.",
            "With --suite the problems are those of a suite (" + EvaluateCommand.SUITES + ", or a YAML file; several with commas between"
                    + " them), every trial and its learning curve is kept in --run DIR, a killed evaluation goes on with --resume, and a"
                    + " report page is made."
        })
final class EvaluateCommand implements Callable<Integer> {
    static final String SUITES = "width, horizon, depth, batch, data, rivals; small and full of evolo tasks list";

    private static final int EXAMPLES = 2000; // of the held-out part
    private static final int TARGET_SEEDS = 10;

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..*",
            paramLabel = "PACKAGE",
            description = {
                "Package files (NAME.evolo), or names of those that ship inside.",
                "Other hyperparameters follow the name: evolo-default:rate=0.5",
                "A hand-designed rule with fixed values runs at these, with the cosine: soap:rate=0.01"
            })
    private List<String> contenders = List.of();

    @Option(names = "--recipe", paramLabel = "NAME|FILE", description = "Whose tasks and grid; imported weights have none of their own.")
    private String recipe = "";

    @Option(names = "--widths", paramLabel = "N,N…", split = ",", hideParamSyntax = true, description = "Units of the hidden layers.")
    private List<Integer> widths = List.of();

    @Option(names = "--horizons", paramLabel = "N,N…", split = ",", hideParamSyntax = true, description = "Inner steps.")
    private List<Integer> horizons = List.of();

    @Option(names = "--seeds", paramLabel = "N", description = "Runs per cell, at least 2.")
    private String seeds = "";

    @Option(names = "--baseline-rates", paramLabel = "N", description = "Learning rates that Adam is tried at.")
    private String baselineRates = "";

    @Option(names = "--data", paramLabel = "PATH", description = "Folder of IDX files in place of the recipe's data.")
    private String data = "";

    @Mixin
    private ExecutorOptions executor = new ExecutorOptions();

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Change one value of the recipe; may be repeated.")
    private List<String> settings = List.of();

    @Option(names = "--suite", paramLabel = "NAME|FILE,…", description = "Problems to measure on, see above.")
    private String suite = "";

    @Option(
            names = "--ledger",
            paramLabel = "FILE|DIR",
            split = ",",
            hideParamSyntax = true,
            description = "With --suite: ledgers of evolo tune; their trials on a problem of the suite are not made again, and the best of"
                    + " their boxes and lists are rivals too.")
    private List<Path> ledgers = List.of();

    @Option(
            names = "--tuned",
            paramLabel = "PACKAGE",
            split = ",",
            hideParamSyntax = true,
            description = "With --suite: packages whose learning rate is tuned in every cell, as the rivals' are.")
    private List<String> tuned = List.of();

    @Option(names = "--steps", paramLabel = "N", description = "With --suite small or full: inner steps of every task (each task's own).")
    private int steps;

    @Option(names = "--run", paramLabel = "DIR", description = "With --suite or --target: the directory that keeps the evaluation.")
    private String run = "";

    @Option(
            names = "--target",
            paramLabel = "LOSS",
            description = "Who reaches this held-out loss in the fewest steps: every entry says where it stops (adamw:rate=0.003@500); the"
                    + " task has the keys of evolo tune (--set), --seeds is 10, --run DIR keeps the runs.")
    private Double target;

    @Option(names = "--resume", description = "With --suite or --target: continue the evaluation in --run DIR, or add packages to it.")
    private boolean resume;

    @Option(
            names = "--forecast",
            description = "With --suite: say what its rivals, or what is left of them in --run DIR, will take, measured here in some minutes;"
                    + " runs nothing else.")
    private boolean forecast;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write every single run to this file.")
    private String json = "";

    @Override
    public Integer call() {
        Execution execution = executor.execution();
        OutputFile.require("--json", json);
        if (target != null) {
            return onTarget(execution);
        }
        List<String> rules = contenders.stream().filter(Contenders::isFixedRule).distinct().toList();
        List<String> packages = contenders.stream().filter(name -> !rules.contains(name)).toList();
        rules.forEach(Contenders::fixed); // refuses what a rule does not take
        if (contenders.isEmpty() && tuned.isEmpty() && !forecast) {
            throw new ConfigException("PACKAGE is missing: name a package file (NAME.evolo) or one that ships, see evolo packages; or a rule"
                    + " with its values, as soap:rate=0.01");
        }
        if (!suite.isEmpty()) {
            return onSuite(packages, rules, execution);
        }
        if (forecast) {
            throw new ConfigException("--forecast belongs to --suite NAME --run DIR");
        }
        if (!run.isEmpty() || resume || !ledgers.isEmpty() || !tuned.isEmpty() || steps != 0) {
            throw new ConfigException("--run, --resume, --ledger, --tuned and --steps belong to --suite NAME; without a suite the table is"
                    + " printed and nothing is kept");
        }
        Recipe measured = recipe(packages);
        List<Contender> all = new ArrayList<>(Contenders.of(packages));
        all.addAll(Contenders.fixed(rules, measured.tasks().getFirst().parametrization()));
        EvaluationReport report = Evaluation.run(measured, all, execution, spec.commandLine().getErr());
        report.print(spec.commandLine().getOut());
        if (!json.isEmpty()) {
            report.write(Path.of(json));
        }
        return ExitCode.DONE;
    }

    private int onTarget(Execution execution) {
        if (!suite.isEmpty() || !recipe.isEmpty() || !widths.isEmpty() || !horizons.isEmpty() || !baselineRates.isEmpty() || !ledgers.isEmpty()
                || !tuned.isEmpty() || steps != 0 || !json.isEmpty() || !execution.isLocal()) {
            throw new ConfigException("--target has a task of its own (--set, --data) and runs here: of the other options it takes --run,"
                    + " --resume, --seeds and --threads");
        }
        if (run.isEmpty() || contenders.isEmpty()) {
            throw new ConfigException("--target needs entries and --run DIR, as in evolo evaluate adamw:rate=0.003@500 muon:rate=0.02@400"
                    + " --target 1.2 --run runs/target");
        }
        if (!seeds.matches("[0-9]{0,6}")) {
            throw new ConfigException("--seeds is " + seeds + ", expected a number of at least 2");
        }
        List<TargetPlan.Entry> entries = contenders.stream().map(TargetEvaluation::entry).toList();
        int count = seeds.isEmpty() ? TARGET_SEEDS : Integer.parseInt(seeds);
        TargetPlan plan = new TargetPlan(target, entries, count, EXAMPLES, 1, TaskSettings.forDesigned(settings, data));
        return new TargetEvaluation(plan, Path.of(run), resume, execution.threads())
                .run(spec.commandLine().getOut(), spec.commandLine().getErr());
    }

    private int onSuite(List<String> packages, List<String> rules, Execution execution) {
        if (!execution.isLocal()) {
            throw new ConfigException("--suite runs on threads of this process, not on executor '" + execution.executor()
                    + "'; leave --executor out, or tune the rivals there and give their runs by --ledger");
        }
        if (run.isEmpty()) {
            throw new ConfigException("--run DIR is missing: the directory that keeps the evaluation, for instance --run runs/" + suite);
        }
        if (!widths.isEmpty() || !horizons.isEmpty() || !baselineRates.isEmpty() || !json.isEmpty() || !recipe.isEmpty()) {
            throw new ConfigException("--recipe, --widths, --horizons, --baseline-rates and --json belong to the grid; a suite names its own"
                    + " problems, and report.json has its numbers");
        }
        List<String> changes = new ArrayList<>(settings);
        if (!seeds.isEmpty()) {
            changes.add("seeds=" + seeds);
        }
        if (steps < 0) {
            throw new ConfigException("--steps is " + steps + ", expected at least 1");
        }
        EvaluationPlan plan = new Suites(changes, data, steps).plan(suite);
        if (forecast) {
            return forecast(plan.with(rules), execution.threads());
        }
        List<Entrant> entrants = new ArrayList<>(Contenders.entrants(packages));
        entrants.addAll(Contenders.tuned(tuned));
        return new SuiteEvaluation(plan, rules, ledgers, Path.of(run), resume, execution.threads())
                .run(entrants, spec.commandLine().getOut(), spec.commandLine().getErr());
    }

    private int forecast(EvaluationPlan plan, int threads) {
        SuiteForecast left;
        try (Phases phases = new Phases(spec.commandLine().getErr())) {
            left = SuiteForecast.of(plan, Path.of(run), phases);
        }
        PrintWriter out = spec.commandLine().getOut();
        Table table = new Table(1, "cell", "trials left", "hours on one thread");
        left.cells().forEach(one -> table.row(
                one.cell(), String.valueOf(one.trials()), String.format(Locale.ROOT, "%.2f", one.seconds() / 3600)));
        table.print(out);
        out.printf(
                Locale.ROOT,
                "%d trials left: %.2f hours on one thread, about %.2f on %d; packages, and searches that go on beyond an end, come on top%n",
                left.trials(),
                left.seconds() / 3600,
                left.seconds() / 3600 / threads,
                threads);
        return ExitCode.DONE;
    }

    /** The given recipe, or the first package's, with what the options change. */
    private Recipe recipe(List<String> packages) {
        if (recipe.isEmpty() && packages.isEmpty()) {
            throw new ConfigException("--recipe is missing: rules have no tasks of their own, for instance --recipe quickstart");
        }
        String first = packages.isEmpty() ? "" : packages.getFirst();
        Recipe base = recipe.isEmpty() ? Contenders.recipe(first, Optimizers.load(first)) : Recipes.load(recipe, List.of());
        YamlNode tree = YamlReader.document(Schema.write(base), recipe.isEmpty() ? "recipe in " + first : "recipe " + recipe);
        List<Setting> changes = new ArrayList<>(settings.stream().map(Setting::parse).toList());
        addIf(!widths.isEmpty(), "--widths", "widths", widths.toString(), changes);
        addIf(!horizons.isEmpty(), "--horizons", "horizons", horizons.toString(), changes);
        addIf(!seeds.isEmpty(), "--seeds", "seeds", seeds, changes);
        addIf(!baselineRates.isEmpty(), "--baseline-rates", "baselineRates", baselineRates, changes);
        for (Setting change : changes) {
            tree = change.applyTo(tree);
        }
        return Recipes.on(Schema.of(Recipe.class).bind(tree), data);
    }

    private static void addIf(boolean given, String option, String key, String value, List<Setting> changes) {
        if (given) {
            changes.add(new Setting(List.of("evaluation", key), YamlReader.value(value, option)));
        }
    }
}
