package io.evolo.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evolo.cli.bench.Bench;
import io.evolo.cli.bench.BenchReport;
import io.evolo.meta.Execution;
import io.evolo.meta.Recipe;
import io.evolo.meta.cuda.CudaBench;
import io.evolo.schema.ConfigException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures this machine. */
@Command(
        name = "bench",
        description = {
            "Measures this machine in under a minute: the peak of its multiply-adds, memory bandwidth, every rule's time per"
                    + " parameter, matrix products as shares of the peak, and inner steps of meta-training per second.",
            "Minima and medians of interleaved rounds; still, an otherwise idle machine gives the better figures.",
            "With --executor cuda, a GPU: what it can do at most, lane-steps per second for rules, widths and lanes, with shares of"
                    + " that, rules' steps over large tensors, and how far losses are from the local executor's."
        })
final class BenchCommand implements Callable<Integer> {
    private static final String CUDA = "cuda";

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--executor",
            paramLabel = "NAME",
            description = "What to measure (${DEFAULT-VALUE}): local, or cuda, or cuda:1 for another GPU than the first.")
    private String executor = "local";

    @Option(names = "--json", description = "Print JSON instead of tables.")
    private boolean json;

    @Option(
            names = "--full",
            description = "Also products of 512 to 2,048 rows, QR decompositions, eigenvectors and Newton-Schulz: some two minutes more.")
    private boolean full;

    @Override
    public Integer call() throws JsonProcessingException {
        Execution execution = Execution.of(executor, 1);
        if (execution.isLocal()) {
            BenchReport report = measure();
            show(report, () -> print(report, out()));
        } else if (execution.executor().equals(CUDA)) {
            CudaBench.Report report = measureGpu(execution.address());
            show(report, () -> print(report, out()));
        } else {
            throw new ConfigException("there is no benchmark of executor '" + execution.executor() + "'; expected local or cuda");
        }
        return ExitCode.DONE;
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private void show(Object report, Runnable tables) throws JsonProcessingException {
        if (json) {
            out().println(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(report));
        } else {
            tables.run();
        }
    }

    private CudaBench.Report measureGpu(String address) {
        PrintWriter err = spec.commandLine().getErr();
        return CudaBench.run(address, CudaBench.Grid.standard(), next -> err.println("evolo: measuring " + next));
    }

    private static void print(CudaBench.Report report, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%s: float32 peak %.1f TFLOP/s, tensor cores %.0f in tf32 and %.0f in bf16, copy bandwidth %.0f GB/s%n%n",
                report.device(),
                report.teraflops(),
                report.tensorTeraflops().get("tf32"),
                report.tensorTeraflops().get("bf16"),
                report.copyGigabytesPerSecond());
        Table lanes = new Table(
                1, "rule", "width", "lanes", "lane-steps/s", "of memory", "of arithmetic", "local", "ratio", "worst difference");
        report.lanes()
                .forEach(l -> lanes.row(
                        l.rule(),
                        String.valueOf(l.width()),
                        String.valueOf(l.lanes()),
                        l.perSecond() == 0 ? "do not fit" : number("%.0f", l.perSecond()),
                        percent(l.ofMemory()),
                        percent(l.ofArithmetic()),
                        number("%.0f", l.localPerSecond()),
                        number("%.1f", l.perSecond() / l.localPerSecond()),
                        number("%.1e", l.worst())));
        lanes.print(out);
        out.println();
        Table steps = new Table(1, "rule", "parameters", "ns/parameter", "of arithmetic");
        report.steps()
                .forEach(s -> steps.row(
                        s.rule(),
                        String.valueOf(s.parameters()),
                        number("%.4f", s.nanosPerParameter()),
                        percent(s.ofArithmetic())));
        steps.print(out);
    }

    private BenchReport measure() {
        Map<String, Recipe> recipes = new LinkedHashMap<>();
        recipes.put("celo2-base", Recipes.load("celo2-base", List.of()));
        recipes.put("celo2", Recipes.load("celo2", List.of()));
        recipes.put("small_fc", Recipes.load("celo2-base", List.of("rule={name: small_fc, hyper: {hidden: 32}}")));
        int count = Bench.measurements(recipes, full);
        try (Progress progress = new Progress(spec.commandLine().getErr(), "measurement", 0, count)) {
            return Bench.run(recipes, full, progress::step);
        }
    }

    private static void print(BenchReport report, PrintWriter out) {
        BenchReport.Machine machine = report.machine();
        out.printf(
                "%s %s, %d processor threads, JDK %s, %s%n",
                machine.os(), machine.architecture(), machine.processors(), machine.jdk(), machine.kernels());
        out.printf(
                Locale.ROOT,
                "one thread: FMA peak %.1f GFLOP/s, copy bandwidth %.1f GB/s%n%n",
                report.fmaPeakGflops(),
                report.copyGigabytesPerSecond());
        Table rules = new Table(1, "rule", "hidden", "parameters", "threads", "ns/parameter", "plain", "ratio", "of peak");
        report.rules()
                .forEach(r -> rules.row(
                        r.rule(),
                        r.hidden() == 0 ? "" : String.valueOf(r.hidden()),
                        String.valueOf(r.parameters()),
                        String.valueOf(r.threads()),
                        number("%.2f", r.nsPerParameter()),
                        number("%.2f", r.plainNsPerParameter()),
                        number("%.1f", r.plainNsPerParameter() / r.nsPerParameter()),
                        r.nominalShareOfPeak() == 0 ? "" : percent(r.nominalShareOfPeak())));
        rules.print(out);
        out.println();
        Table gemm = new Table(2, "matrix product", "transpose", "of peak");
        report.gemm().forEach(g -> gemm.row(g.m() + "×" + g.k() + "×" + g.n(), g.transpose(), percent(g.shareOfPeak())));
        gemm.print(out);
        out.println();
        print(report.qr(), "QR", out);
        print(report.eigen(), "eigenvectors", out);
        if (!report.newtonSchulz().isEmpty()) {
            Table table = new Table(1, "Newton-Schulz", "of peak");
            report.newtonSchulz().forEach(x -> table.row(x.m() + "×" + x.n(), percent(x.shareOfPeak())));
            table.print(out);
            out.println();
        }
        Table lanes = new Table(1, "meta-training", "threads", "lane-steps/s");
        report.laneSteps()
                .forEach(l -> lanes.row(l.recipe(), String.valueOf(l.threads()), number("%.0f", l.perSecond())));
        lanes.print(out);
    }

    private static void print(List<BenchReport.MatrixShare> shares, String what, PrintWriter out) {
        if (shares.isEmpty()) {
            return;
        }
        Table table = new Table(1, what, "of peak");
        shares.forEach(x -> table.row(x.n() + "×" + x.n(), percent(x.shareOfPeak())));
        table.print(out);
        out.println();
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    private static String percent(double share) {
        return number("%.0f%%", 100 * share);
    }
}
