package io.evolo.cli;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.meta.FixedTask;
import io.evolo.meta.Footprint;
import io.evolo.meta.Tasks;
import io.evolo.meta.Trial;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.guard.Rails;
import io.evolo.schema.ConfigException;
import io.evolo.schema.Schema;
import io.evolo.schema.Setting;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Task;
import io.evolo.tasks.data.TaskData;
import io.evolo.tasks.kernels.Team;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine;

/** Trains one network. */
@Command(
        name = "train",
        description = {
            "Trains one network with one optimizer and prints its losses.",
            "The task has the keys of a recipe's tasks, for instance --set family=mlp --set width=128 --set depth=2. Hand-designed optimizers"
                    + " train it under parametrization=sp, unless --set says another or a base width; packages as they were meta-trained."
        })
final class TrainCommand implements Callable<Integer> {
    private static final int EXAMPLES = 2000;
    private static final int STEPS = 1000;
    private static final int NOT_GIVEN = Integer.MIN_VALUE;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "OPTIMIZER",
            arity = "0..1",
            description = {
                "A hand-designed one by name, or a learned-optimizer package by file or name.",
                "Hyperparameters follow the name: adamw:beta2=0.95,weight_decay=0.1 or evolo-default:rate=0.5."
            })
    private String optimizer = "";

    @Option(names = "--rate", paramLabel = "R", description = "Learning rate of a hand-designed optimizer.")
    private double rate = Double.NaN;

    @Mixin
    private WrappingOptions wrapping = new WrappingOptions();

    @Option(names = "--task", paramLabel = "NAME", description = "A fixed task in place of --set; see evolo tasks list.")
    private String fixed = "";

    @Option(names = "--steps", paramLabel = "N", description = "Inner steps (those of the fixed task, else 1000).")
    private int steps = NOT_GIVEN;

    @Option(names = "--every", paramLabel = "N", description = "Steps between printed losses (a tenth of all).")
    private int every = NOT_GIVEN;

    @Option(names = "--seed", paramLabel = "N", description = "Of initial parameters and batches (${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads that share out large products and updates; the result is the same with any number (all: ${DEFAULT-VALUE}).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--data", paramLabel = "PATH", description = "Folder of images, or a text file; drawn digits or a generated language without.")
    private String data = "";

    @Option(
            names = "--state",
            paramLabel = "TYPE",
            description = "What the optimizer's state is kept in: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private StateType state = StateType.FLOAT32;

    @Option(
            names = "--exact",
            paramLabel = "I,I…",
            split = ",",
            hideParamSyntax = true,
            description = "Accumulators that stay float32 under --state bfloat16, by number; small_fc and its relatives: 3, the second moment.")
    private List<Integer> exact = List.of();

    @Option(
            names = "--rails",
            paramLabel = "KEY=VALUE",
            split = ",",
            description = {
                "What holds the training back: cap (of one tensor's change), rollBack (true: a loss that is not finite takes it back),"
                        + " spike (so does a multiple of the mean loss), keep, patience, fallback (rate at which Adam takes over), blend.",
                "For instance --rails rollBack=true,spike=4,fallback=0.001"
            })
    private List<String> rails = List.of();

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Write the weights there as safetensors, those that the network is judged by, under the tensors' names.")
    private String out = "";

    @Option(
            names = "--metrics",
            paramLabel = "FILE",
            description = "Write the losses there, whenever they are printed: as .jsonl, .csv, or for TensorBoard events.out.tfevents.NAME.")
    private String metrics = "";

    @Option(
            names = "--run",
            paramLabel = "DIR",
            description = "Keep the training there: checkpoints, whenever losses are printed and every minute, losses and weights.")
    private String newRun = "";

    @Option(
            names = "--resume",
            paramLabel = "DIR",
            description = "Go on with the training there, with the bits of one that was not interrupted; takes only --threads beside it.")
    private String oldRun = "";

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "One value of the task; may be repeated.")
    private List<String> settings = List.of();

    @Override
    public Integer call() {
        if (!oldRun.isEmpty()) {
            return resume();
        }
        if (newRun.isEmpty()) {
            return train(prepared(), Optional.empty(), () -> false);
        }
        if (!out.isEmpty() || !metrics.isEmpty()) {
            throw new ConfigException((out.isEmpty() ? "--metrics" : "--out") + " beside --run: " + newRun
                    + " has weights.safetensors, metrics.jsonl and TensorBoard's events; leave it out");
        }
        Prepared prepared = prepared(); // mistakes come before a directory does
        List<String> all = spec.commandLine().getParseResult().originalArgs();
        try (TrainingRun run = TrainingRun.create(Path.of(newRun), all.subList(all.indexOf(spec.name()) + 1, all.size()))) {
            return train(prepared, run);
        }
    }

    /** Parses the arguments that the run was begun with, and trains on. */
    private int resume() {
        List<String> others = spec.commandLine().getParseResult().matchedOptions().stream()
                .map(OptionSpec::longestName)
                .filter(name -> !name.equals("--resume") && !name.equals("--threads"))
                .toList();
        if (!others.isEmpty() || !optimizer.isEmpty()) {
            throw new ConfigException("--resume takes only --threads beside it, got " + (others.isEmpty() ? optimizer : others.getFirst())
                    + ": the run keeps what it was begun with");
        }
        Path directory = Path.of(oldRun);
        TrainCommand begun = new TrainCommand();
        CommandLine line = new CommandLine(begun).setCaseInsensitiveEnumValuesAllowed(true);
        line.setOut(spec.commandLine().getOut()).setErr(spec.commandLine().getErr());
        line.parseArgs(TrainingRun.arguments(directory).toArray(String[]::new));
        begun.threads = threads;
        try (TrainingRun run = TrainingRun.resume(directory)) {
            Optional<String> result = run.result();
            if (result.isPresent()) {
                spec.commandLine().getErr().println("already finished");
                spec.commandLine().getOut().print(result.get());
                return ExitCode.DONE;
            }
            return begun.train(begun.prepared(), run);
        }
    }

    /** In a directory, where a signal ends the training with a checkpoint. */
    private int train(Prepared prepared, TrainingRun run) {
        PrintWriter err = spec.commandLine().getErr();
        try (Interruption interruption = new Interruption(() -> err.println("evolo: interrupted: finishing the step, then writing a checkpoint"))) {
            return train(prepared, Optional.of(run), interruption::requested);
        } catch (CancellationException e) {
            err.println("evolo: stopped " + e.getMessage() + ", checkpoint written; continue with: evolo train --resume " + run.directory());
            return ExitCode.INTERRUPTED;
        }
    }

    /** What is trained, by what. */
    private record Prepared(Tasks tasks, Task task, Deployment deployment) {}

    private Prepared prepared() {
        if (optimizer.isEmpty()) {
            throw new ConfigException("expected an optimizer, as in evolo train adam --rate 0.01; evolo packages lists the learned ones");
        }
        PrintWriter err = spec.commandLine().getErr();
        Tasks tasks = tasks();
        requirePositive("--steps", steps);
        requirePositive("--threads", threads);
        every = every == NOT_GIVEN ? Math.max(1, steps / 10) : every;
        requirePositive("--every", every);
        OutputFile.require("--out", out);
        Tasks drawn = scaled(tasks);
        Deployment deployment = deployment(drawn);
        Task task = Patience.during(err, "reading or drawing the data", () -> drawn.augmented().sample(Rng.of(seed, "train-task")));
        Footprint.ofTraining(task, deployment.rule()).require();
        return new Prepared(drawn, task, deployment);
    }

    private int train(Prepared prepared, Optional<TrainingRun> run, BooleanSupplier stop) {
        PrintWriter err = spec.commandLine().getErr();
        Task task = prepared.task();
        Optimizer rule = prepared.deployment().rule();
        PrintWriter results = spec.commandLine().getOut();
        List<MetricsFile> kept = run.map(there -> MetricsFile.ofRun(there.directory(), there.steps()))
                .orElseGet(() -> metrics.isEmpty() ? List.of() : List.of(MetricsFile.create(metrics)));
        results.printf(Locale.ROOT, "%s, %d parameters%s, %s, %d steps%n", task.name(), task.layout().size(), TaskSettings.scaling(prepared.tasks()), optimizer,
                steps);
        rule.remarks(task.layout()).forEach(results::println);
        run.filter(there -> there.steps() > 0).ifPresent(there -> err.println("resumed after step " + there.steps()));
        BatchLosses losses = new BatchLosses(every, kept, results, run);
        Optional<String> weights = run.map(there -> there.weights().toString()).or(() -> out.isEmpty() ? Optional.empty() : Optional.of(out));
        Trial.Keeper keeper = run.map(there -> there.keeper(facts(prepared.tasks()), every, losses::sum, stop)).orElse(Trial.Keeper.NONE);
        Trial trial;
        try (Team team = new Team(threads)) {
            trial = team.during(() ->
                    Trial.unstopped(task, rule, steps, seed, EXAMPLES, listener(losses, prepared, weights, results), keeper));
        }
        String last = said(trial);
        results.print(last);
        kept.forEach(file -> file.add(
                trial.steps(),
                Map.of("seconds", trial.seconds(), "trainLoss", trial.trainLoss(), "validLoss", trial.validLoss(), "testLoss", trial.testLoss(),
                        "testAccuracy", trial.testAccuracy())));
        run.ifPresent(there -> there.finish(last, trial));
        return trial.diverged() ? ExitCode.FAILED : ExitCode.DONE;
    }

    /** A package's networks scale as those that it was meta-trained on. */
    private Tasks scaled(Tasks tasks) {
        if (!Optimizers.isPackage(optimizer) || ownsBaseWidth()) {
            return tasks;
        }
        Parametrization made = Contenders.parametrizations(optimizer, Optimizers.load(optimizer)).of(tasks);
        return tasks.under(new Parametrization(tasks.parametrization(), made.baseWidth()));
    }

    private Deployment deployment(Tasks tasks) {
        if (!Optimizers.isPackage(optimizer)) {
            return Deployment.designed(optimizer, rate, wrapping, state.of(exact), held());
        }
        Optimizers.requireNoRate(rate);
        LearnedOptimizerPackage loaded = Optimizers.load(optimizer);
        Parametrization made = Contenders.parametrizations(optimizer, loaded).of(tasks);
        return Deployment.learned(
                loaded, made.kind(), tasks.parametrization(), wrapping, state.of(exact), held(), spec.commandLine().getErr());
    }

    private Rails held() {
        return Schema.of(Rails.class)
                .of(rails.stream().map(setting -> Setting.parse(setting, "--rails", "spike=4")).toList(), "the rails");
    }

    /** What the bits of the training depend on and the directory does not hold. */
    private SortedMap<String, String> facts(Tasks tasks) {
        SortedMap<String, String> facts = new TreeMap<>(Map.of("task", Schema.write(tasks).strip(), "steps", Integer.toString(steps)));
        facts.put("data", tasks.family().data().stream().map(TaskData::sha256).collect(Collectors.joining(" ")));
        if (Optimizers.isPackage(optimizer)) {
            facts.put("package", Optimizers.load(optimizer).sha256());
        }
        return facts;
    }

    private static String said(Trial trial) {
        String pace = String.format(Locale.ROOT, "%.1f s, %.0f steps/s", trial.seconds(), trial.steps() / trial.seconds());
        if (trial.diverged()) {
            return "DIVERGED: " + trial.divergence() + "  " + pace + "\n";
        }
        String accuracy = Double.isNaN(trial.testAccuracy()) ? "–" : String.format(Locale.ROOT, "%.2f%%", 100 * trial.testAccuracy());
        return String.format(
                Locale.ROOT,
                "train loss %.4f  valid loss %.4f  test loss %.4f  test accuracy %s  %s%n",
                trial.trainLoss(),
                trial.validLoss(),
                trial.testLoss(),
                accuracy,
                pace);
    }

    private Tasks tasks() {
        if (fixed.isEmpty()) {
            steps = steps == NOT_GIVEN ? STEPS : steps;
            return Optimizers.isPackage(optimizer) ? TaskSettings.bind(settings, data) : TaskSettings.forDesigned(settings, data);
        }
        if (!settings.isEmpty()) {
            throw new ConfigException("--task " + fixed + " has its own values, got --set " + settings.getFirst()
                    + " beside it; evolo tasks show " + fixed + " prints them");
        }
        FixedTask task = FixedTasks.load().named(fixed);
        if (task.needs().isEmpty() && !data.isEmpty()) {
            throw new ConfigException("task " + fixed + " needs no data, got --data " + data + " beside it; leave it out");
        }
        steps = steps == NOT_GIVEN ? task.steps() : steps;
        return FixedTasks.ready(task, data);
    }

    private boolean ownsBaseWidth() {
        return !fixed.isEmpty() || TaskSettings.sayBaseWidth(settings);
    }

    private Trial.Listener listener(BatchLosses losses, Prepared prepared, Optional<String> weights, PrintWriter results) {
        return new Trial.Listener() {
            @Override
            public void step(int step, double loss) {
                losses.add(step, loss);
            }

            @Override
            public void end(OptimizerState state, float[] params) {
                prepared.deployment().report(state, results);
                weights.ifPresent(file -> {
                    TrainedWeights.write(prepared.task(), params, optimizer, steps, Path.of(file));
                    results.println("weights: " + file);
                });
            }
        };
    }

    private static void requirePositive(String option, int value) {
        if (value < 1) {
            throw new ConfigException(option + " is " + value + ", expected at least 1");
        }
    }
}
