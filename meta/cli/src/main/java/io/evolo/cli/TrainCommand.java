package io.evolo.cli;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.meta.FixedTask;
import io.evolo.meta.Footprint;
import io.evolo.meta.Tasks;
import io.evolo.meta.Trial;
import io.evolo.meta.config.ConfigException;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Task;
import io.evolo.tasks.kernels.Team;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

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

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "One value of the task; may be repeated.")
    private List<String> settings = List.of();

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        Tasks tasks = tasks();
        requirePositive("--steps", steps);
        requirePositive("--threads", threads);
        every = every == NOT_GIVEN ? Math.max(1, steps / 10) : every;
        requirePositive("--every", every);
        OutputFile.require("--out", out);
        Deployment deployment;
        if (Optimizers.isPackage(optimizer)) {
            Optimizers.requireNoRate(rate);
            LearnedOptimizerPackage loaded = Optimizers.load(optimizer);
            Parametrization made = Contenders.parametrizations(optimizer, loaded).of(tasks);
            tasks = ownsBaseWidth() ? tasks : tasks.under(new Parametrization(tasks.parametrization(), made.baseWidth()));
            deployment = Deployment.learned(
                    loaded, made.kind(), tasks.parametrization(), wrapping, state.of(exact), RailsSetting.parse(rails), err);
        } else {
            deployment = Deployment.designed(optimizer, rate, wrapping, state.of(exact), RailsSetting.parse(rails));
        }
        Optimizer rule = deployment.rule();
        Tasks drawn = tasks;
        Task task = Patience.during(err, "reading or drawing the data", () -> drawn.augmented().sample(Rng.of(seed, "train-task")));
        Footprint.ofTraining(task, rule).require();
        PrintWriter results = spec.commandLine().getOut();
        Optional<MetricsFile> kept = metrics.isEmpty() ? Optional.empty() : Optional.of(MetricsFile.create(metrics));
        results.printf(Locale.ROOT, "%s, %d parameters%s, %s, %d steps%n", task.name(), task.layout().size(), TaskSettings.scaling(drawn), optimizer,
                steps);
        rule.remarks(task.layout()).forEach(results::println);
        Trial trial;
        try (Team team = new Team(threads)) {
            trial = team.during(() -> Trial.unstopped(task, rule, steps, seed, EXAMPLES, listener(task, deployment, kept, results)));
        }
        print(trial, results);
        kept.ifPresent(file -> file.add(
                trial.steps(),
                Map.of("seconds", trial.seconds(), "trainLoss", trial.trainLoss(), "validLoss", trial.validLoss(), "testLoss", trial.testLoss(),
                        "testAccuracy", trial.testAccuracy())));
        return trial.diverged() ? ExitCode.FAILED : ExitCode.DONE;
    }

    private static void print(Trial trial, PrintWriter out) {
        String pace = String.format(Locale.ROOT, "%.1f s, %.0f steps/s", trial.seconds(), trial.steps() / trial.seconds());
        if (trial.diverged()) {
            out.printf("DIVERGED: %s  %s%n", trial.divergence(), pace);
            return;
        }
        String accuracy = Double.isNaN(trial.testAccuracy()) ? "–" : String.format(Locale.ROOT, "%.2f%%", 100 * trial.testAccuracy());
        out.printf(
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

    private Trial.Listener listener(Task task, Deployment deployment, Optional<MetricsFile> kept, PrintWriter results) {
        Trial.Listener losses = losses(kept, results);
        return new Trial.Listener() {
            @Override
            public void step(int step, double loss) {
                losses.step(step, loss);
            }

            @Override
            public void end(OptimizerState state, float[] params) {
                deployment.report(state, results);
                if (!out.isEmpty()) {
                    TrainedWeights.write(task, params, optimizer, steps, Path.of(out));
                    results.println("weights: " + out);
                }
            }
        };
    }

    /** Prints and keeps the mean of the batch losses since the last line. */
    private Trial.Listener losses(Optional<MetricsFile> kept, PrintWriter results) {
        double[] sum = new double[1];
        long begin = System.nanoTime();
        return (step, loss) -> {
            sum[0] += loss;
            if ((step + 1) % every == 0) {
                double mean = sum[0] / every;
                results.printf(Locale.ROOT, "step %6d  batch loss %.4f%n", step + 1, mean);
                kept.ifPresent(file -> file.add(step + 1, Map.of("batchLoss", mean, "seconds", (System.nanoTime() - begin) * 1e-9)));
                sum[0] = 0;
            }
        };
    }

    private static void requirePositive(String option, int value) {
        if (value < 1) {
            throw new ConfigException(option + " is " + value + ", expected at least 1");
        }
    }
}
