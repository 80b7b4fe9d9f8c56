package io.evolo.cli;

import io.evolo.checkpoints.CheckpointException;
import io.evolo.meta.CoordinateCheck;
import io.evolo.meta.ScaledFamily;
import io.evolo.meta.Tasks;
import io.evolo.meta.Workers;
import io.evolo.meta.reports.Reports;
import io.evolo.optimizers.Optimizer;
import io.evolo.schema.ConfigException;
import io.evolo.tasks.NetworkTask;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.families.NetworkFamily;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The coordinate check. */
@Command(
        name = "check-mup",
        description = {
            "Checks that the first steps of training move every layer as far at every width, as muP promises: slopes of the change of"
                    + " pre-activations over the width, log–log. A slope of 0.1 or more, up or down, fails; SP beside it shows the growth.",
            "The task has the keys of a recipe's tasks, for instance --set family=mlp --set depth=3."
        })
final class CheckMupCommand implements Callable<Integer> {
    private static final double RATE = 0.003;

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..*",
            paramLabel = "OPTIMIZER",
            description = "Hand-designed ones, with a rate if wanted (sgd@0.1), learned rules that are not trained (small_fc, celo2), or"
                    + " packages. Without any: adamw with a small epsilon, signum, sgd, small_fc and celo2 with level gradients.")
    private List<String> optimizers = List.of(
            "adamw:epsilon=1e-16@0.03", "signum@0.03", "sgd@1", "small_fc:level_gradients=1", "celo2:level_gradients=1");

    @Option(names = "--rate", paramLabel = "R", description = "Of hand-designed optimizers without one of their own (" + RATE + ").")
    private double rate = RATE;

    @Option(
            names = "--widths",
            paramLabel = "N,N…",
            split = ",",
            hideParamSyntax = true,
            description = "Ascending, at least two (64 to 2048, doubling).")
    private List<Integer> widths = List.of(64, 128, 256, 512, 1024, 2048);

    @Option(
            names = "--steps",
            paramLabel = "N,N…",
            split = ",",
            hideParamSyntax = true,
            description = "After how many steps to measure (1,2,5,10).")
    private List<Integer> steps = List.of(1, 2, 5, 10);

    @Option(names = "--seeds", paramLabel = "N", description = "Networks at the largest width; smaller ones have more, at most 16 times as many (${DEFAULT-VALUE}).")
    private int seeds = 2;

    @Option(
            names = "--parametrization",
            paramLabel = "P,P",
            split = ",",
            hideParamSyntax = true,
            description = "mup, sp, or both (mup,sp); only muP can fail.")
    private List<Parametrization.Kind> kinds = List.of(Parametrization.Kind.MUP, Parametrization.Kind.SP);

    @Option(
            names = "--horizon",
            paramLabel = "N",
            description = "Planned number of steps, which learned rules depend on (${DEFAULT-VALUE}).")
    private int horizon = 1000;

    @Option(names = "--seed", paramLabel = "N", description = "Of initial values, batches and untrained rules (${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(names = "--data", paramLabel = "PATH", description = "Data in place of the embedded.")
    private String data = "";

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "One value of the task; may be repeated.")
    private List<String> settings = List.of();

    @Option(names = "--threads", paramLabel = "N", description = "Threads (all: ${DEFAULT-VALUE}).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--html", paramLabel = "FILE", description = "Also write a page with the curves to this file.")
    private String html = "";

    @Option(names = "--run", paramLabel = "DIR", description = "Also keep what was found there: evolo report DIR makes the page.")
    private String run = "";

    @Option(
            names = "--explain",
            description = "Say of every tensor which role it has, why, and what each multiplier is; check nothing.")
    private boolean explain;

    @Override
    public Integer call() {
        if (threads < 1) {
            throw new ConfigException("--threads is " + threads + ", expected at least 1");
        }
        OutputFile.require("--html", html);
        Tasks entry = TaskSettings.bind(settings, data);
        if (entry.isAugmented()) {
            throw new ConfigException("augment and reparametrize change how far tensors move, so check-mup measures networks as they are;"
                    + " leave them out");
        }
        ScaledFamily tasks = entry.networks();
        NetworkFamily family = tasks.family();
        if (explain) {
            explain(tasks, family);
            return ExitCode.DONE;
        }
        CoordinateReport report = new CoordinateReport(title(tasks, family), measure(tasks, family));
        report.print(spec.commandLine().getOut());
        if (!html.isEmpty()) {
            write(report);
        }
        if (!run.isEmpty()) {
            Reports.save(report.page(), Path.of(run));
        }
        return report.passes() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private List<CoordinateReport.Row> measure(ScaledFamily tasks, NetworkFamily family) {
        Map<String, Optimizer> rules = new LinkedHashMap<>();
        optimizers.forEach(name -> rules.put(name, Optimizers.ofAnyKind(name, rate, seed)));
        Map<Parametrization.Kind, CoordinateCheck> checks = new LinkedHashMap<>();
        kinds.forEach(kind -> checks.put(kind, new CoordinateCheck(at(tasks, family, kind), widths, steps, seeds, horizon, seed)));
        int trials = rules.size() * checks.values().stream().mapToInt(CoordinateCheck::trials).sum();
        List<CoordinateReport.Row> rows = new ArrayList<>();
        try (Workers workers = new Workers(threads);
                Progress progress = new Progress(spec.commandLine().getErr(), "coordinate check: training run", 0, trials)) {
            checks.forEach((kind, check) -> rules.forEach((name, rule) ->
                    rows.add(new CoordinateReport.Row(kind, name, check.run(rule, workers, progress::step)))));
        }
        return rows;
    }

    private static IntFunction<NetworkTask> at(ScaledFamily tasks, NetworkFamily family, Parametrization.Kind kind) {
        var parametrization = new Parametrization(kind, tasks.baseWidth());
        return width -> family.at(width, parametrization).sample(Rng.of(1, "check-mup"));
    }

    private String title(ScaledFamily tasks, NetworkFamily family) {
        return at(tasks, family, kinds.getFirst()).apply(widths.getFirst()).name() + ", widths " + widths.getFirst() + " to "
                + widths.getLast() + ", base width " + tasks.baseWidth() + ", " + seeds + (seeds == 1 ? " seed" : " seeds");
    }

    private void explain(ScaledFamily tasks, NetworkFamily family) {
        for (Parametrization.Kind kind : kinds) {
            IntFunction<NetworkTask> at = at(tasks, family, kind);
            Explanation.print(kind, widths.getFirst(), at.apply(widths.getFirst()), at.apply(widths.getLast()), spec.commandLine().getOut());
        }
    }

    private void write(CoordinateReport report) {
        try {
            Files.writeString(Path.of(html), Reports.page(report.page()));
        } catch (IOException e) {
            throw new CheckpointException("--html " + html + " cannot be written: " + e.getMessage(), e);
        }
        spec.commandLine().getOut().println("page: " + html);
    }
}
