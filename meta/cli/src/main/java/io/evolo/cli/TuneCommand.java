package io.evolo.cli;

import io.evolo.meta.Execution;
import io.evolo.meta.ScaledFamily;
import io.evolo.meta.TrialExecutor;
import io.evolo.meta.tune.Findings;
import io.evolo.meta.tune.TuningPlan;
import io.evolo.meta.tune.TuningRun;
import io.evolo.optimizers.Need;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.schema.ConfigException;
import io.evolo.schema.Schema;
import io.evolo.schema.Setting;
import io.evolo.schema.YamlNode;
import io.evolo.schema.YamlReader;
import io.evolo.tasks.kernels.Twin;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tunes hand-designed optimizers. */
@Command(
        name = "tune",
        description = {
            "Tunes hand-designed optimizers on one task, each with the same effort: tries settings on tuning seeds, extends ranges whose"
                    + " end is the best, chooses by validation loss, judges the choice on fresh seeds.",
            "The task has the keys of a recipe's tasks, for instance --set width=128 --set depth=2. Every trial is a line of the run"
                    + " directory's trials.jsonl; Ctrl-C finishes the trials that run, and --resume goes on."
        })
final class TuneCommand implements Callable<Integer> {
    private static final String LIST = "list:";

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..*", paramLabel = "OPTIMIZER", description = "Hand-designed ones; 'all' stands for all that need no second objective.")
    private List<String> optimizers = List.of();

    @Option(
            names = "--tier",
            paramLabel = "TIER",
            description = "How much: default (1 setting), lr (15 half-decades of the rate), rate-decay (these, and four"
                    + " weight decays at the best three; of matrix rules at two, and four auxiliary rates), sobol (64 points of a box), bayes (30 points of it, each chosen by those"
                    + " before), list:FILE (a"
                    + " published list of NAdamW settings). Without: lr.")
    private String tier = "";

    @Option(names = "--run", paramLabel = "DIR", description = "The directory that keeps the run.")
    private String directory = "";

    @Option(
            names = "--resume",
            description = "Go on with the run in that directory; other options beside it change what is tuned, not on what task.")
    private boolean resume;

    @Option(names = "--trials", paramLabel = "N", description = "Settings per optimizer, for sobol (64), bayes (30) and list:FILE (all).")
    private String trials = "";

    @Option(names = "--schedules", paramLabel = "S,S", description = "Of constant, cosine; each is tuned for itself (both).")
    private String schedules = "";

    @Option(names = "--tuning-seeds", paramLabel = "N", description = "Seeds per setting (lr and list 5, the others 1).")
    private String tuningSeeds = "";

    @Option(names = "--seeds", paramLabel = "N", description = "Fresh seeds that the chosen setting is judged on (5).")
    private String seeds = "";

    @Option(names = "--select", paramLabel = "LOSS", description = "Which loss chooses: valid, train (valid).")
    private String select = "";

    @Option(names = "--stability", description = "Also sweep learning rate, momentum and weight decay round every chosen setting.")
    private boolean stability;

    @Option(names = "--steps", paramLabel = "N", description = "Inner steps of every trial (1000).")
    private String steps = "";

    @Option(names = "--examples", paramLabel = "N", description = "Examples of each part that losses are measured on (2000).")
    private String examples = "";

    @Option(names = "--seed", paramLabel = "N", description = "Of initial parameters and batches (1).")
    private String seed = "";

    @Option(names = "--data", paramLabel = "PATH", description = "Folder of images, or a text file; drawn digits or a generated language without.")
    private String data = "";

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "One value of the task; may be repeated.")
    private List<String> settings = List.of();

    @Mixin
    private ExecutorOptions executor = new ExecutorOptions();

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the result to this file; DIR/tuning.json has it anyway.")
    private String json = "";

    @Override
    public Integer call() {
        Execution execution = executor.execution();
        OutputFile.require("--json", json);
        if (directory.isEmpty()) {
            throw new ConfigException("--run DIR is missing: the directory that keeps the run, for instance --run runs/tuning");
        }
        Path place = Path.of(directory);
        TuningPlan plan = plan(place);
        try (TuningRun run = resume ? TuningRun.resume(place, plan) : TuningRun.create(place, plan)) {
            return tune(run, execution);
        }
    }

    /** What the run is, or was, with what the options change. */
    private TuningPlan plan(Path place) {
        YamlNode tree = resume
                ? YamlReader.document(TuningRun.config(place), place.resolve("config.yaml").toString())
                : YamlReader.document("", "tune");
        for (Setting change : changes()) {
            tree = change.applyTo(tree);
        }
        TuningPlan plan = Schema.of(TuningPlan.class).bind(tree);
        boolean open = !resume && !TaskSettings.sayScaling(settings) && plan.task().kind() instanceof ScaledFamily;
        return open ? Schema.of(TuningPlan.class).bind(ofTask(Setting.parse("parametrization=sp")).applyTo(tree)) : plan;
    }

    /** 0 stands for what the tier has, in the plan; whoever writes it means something else. */
    private static void refuseZero(String option, String value) {
        if (value.matches("[+-]?0+")) {
            throw new ConfigException(option + " is " + value + ", expected at least 1; leave it out for the tier's own number");
        }
    }

    private List<Setting> changes() {
        refuseZero("--trials", trials);
        refuseZero("--tuning-seeds", tuningSeeds);
        List<Setting> changes = new ArrayList<>();
        add(optimizers(), "OPTIMIZER", "optimizers", changes);
        boolean list = tier.startsWith(LIST);
        add(list ? "list" : tier.replace('-', '_'), "--tier", "tier", changes);
        if (!tier.isEmpty()) {
            add("\"" + (list ? tier.substring(LIST.length()) : "") + "\"", "--tier", "list", changes);
        }
        add(trials, "--trials", "trials", changes);
        add(schedules.isEmpty() ? "" : "[" + schedules + "]", "--schedules", "schedules", changes);
        add(tuningSeeds, "--tuning-seeds", "tuningSeeds", changes);
        add(seeds, "--seeds", "seeds", changes);
        add(select, "--select", "select", changes);
        add(stability ? "true" : "", "--stability", "stability", changes);
        add(steps, "--steps", "steps", changes);
        add(examples, "--examples", "examples", changes);
        add(seed, "--seed", "seed", changes);
        settings.stream().map(Setting::parse).map(TuneCommand::ofTask).forEach(changes::add);
        if (!data.isEmpty()) {
            YamlNode folder = new YamlNode.Scalar("--data", Recipes.dataFolder(data), true);
            changes.add(new Setting(List.of("task", "data", "source"), folder));
        }
        return changes;
    }

    private static void add(String value, String option, String key, List<Setting> changes) {
        if (!value.isEmpty()) {
            changes.add(new Setting(List.of(key), YamlReader.value(value, option)));
        }
    }

    private static Setting ofTask(Setting setting) {
        List<String> path = new ArrayList<>(List.of("task"));
        path.addAll(setting.path());
        return new Setting(path, setting.value());
    }

    private String optimizers() {
        if (optimizers.isEmpty() && !resume) {
            throw new ConfigException("expected at least one optimizer, as in evolo tune adam --run " + directory);
        }
        optimizers.stream().filter(name -> !name.equals("all")).forEach(Optimizers::requireKnown);
        List<String> named = optimizers.contains("all") ? HandDesigned.names().stream().filter(TuneCommand::isOfOneObjective).toList() : optimizers;
        return named.isEmpty() ? "" : "[" + String.join(", ", named) + "]";
    }

    private static boolean isOfOneObjective(String name) {
        return !HandDesigned.named(name, Schedules.constant(1)).needs().contains(Need.SECOND_GRADIENT);
    }

    private int tune(TuningRun run, Execution execution) {
        PrintWriter err = spec.commandLine().getErr();
        RunLog log = new RunLog(run.directory());
        int had = run.ledger().size();
        String start = (resume ? "resumed with " + had + " trials in the ledger: " : "begins: ")
                + run.plan().optimizers().size() + " optimizers on " + run.task() + ", " + run.parameters() + " parameters"
                + TaskSettings.scaling(run.plan().task()) + ", "
                + run.plan().steps() + " steps, " + execution.description() + ", " + Twin.reason();
        log.add(start + ", evolo " + Version.text());
        err.println("tuning " + start);
        if (!run.ledger().dropped().isEmpty()) {
            log.add(run.ledger().dropped());
            err.println("evolo: " + run.ledger().dropped());
        }
        Phases phases = new Phases(err);
        try (TrialExecutor trials = execution.trials();
                phases;
                Interruption interruption = new Interruption(
                        () -> phases.say("evolo: interrupted: finishing the trials that run; no others are begun"))) {
            Findings findings = run.tune(trials, interruption::requested, phases);
            phases.close();
            return report(run, findings, log);
        } catch (CancellationException e) {
            log.add("interrupted with " + run.ledger().size() + " trials in the ledger");
            err.println("evolo: stopped with " + run.ledger().size() + " trials in the ledger; continue with: evolo tune --run "
                    + run.directory() + " --resume");
            return ExitCode.INTERRUPTED;
        }
    }

    private int report(TuningRun run, Findings findings, RunLog log) {
        TuningReport report = new TuningReport(run.task(), run.plan(), findings);
        PrintWriter out = spec.commandLine().getOut();
        report.print(out);
        Path file = run.directory().resolve("tuning.json");
        report.write(file);
        if (!json.isEmpty()) {
            report.write(Path.of(json));
        }
        log.add("finished: " + file);
        return ExitCode.DONE;
    }
}
