package io.evolo.cli;

import io.evolo.meta.reports.Report;
import io.evolo.meta.reports.Reports;
import io.evolo.meta.scores.Envelopes;
import io.evolo.schema.ConfigException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes pages of run directories. */
@Command(
        name = "report",
        description = {
            "Turns run directories into pages: report.html, which opens offline, report.json with its numbers, and figures/ as PNG and SVG.",
            "Reads the directory's files only; a run that goes on is not disturbed."
        })
final class ReportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "RUN", description = "Run directories.")
    private List<Path> runs = List.of();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where to (the run directory). With several runs one page of all: what their configurations differ in, then their"
                    + " curves over each other.")
    private String out = "";

    @Option(
            names = "--envelopes",
            paramLabel = "FILE",
            description = "Published envelopes of tuned Adam by the names of tasks (JSON): evaluations are scored in their unit too.")
    private String envelopes = "";

    @Override
    public Integer call() {
        Envelopes published = envelopes.isEmpty() ? Envelopes.NONE : Envelopes.read(Path.of(envelopes));
        if (!out.isEmpty() && runs.size() > 1) {
            if (!envelopes.isEmpty()) {
                throw new ConfigException("--envelopes scores one evaluation, got " + runs.size() + " runs for one page; leave it out");
            }
            long places = runs.stream().map(run -> run.toAbsolutePath().normalize()).distinct().count();
            if (places < runs.size()) {
                throw new ConfigException("a run is named twice among " + runs + "; each stands on the page once");
            }
            write(Reports.sideBySide(runs), Path.of(out));
            return ExitCode.DONE;
        }
        for (Path run : runs) {
            write(Reports.read(run, published), out.isEmpty() ? run : Path.of(out));
        }
        return ExitCode.DONE;
    }

    private void write(Report report, Path folder) {
        PrintWriter printer = spec.commandLine().getOut();
        List<String> failed = Reports.write(report, folder);
        report.verdict().forEach(printer::println);
        report.skipped().forEach(line -> spec.commandLine().getErr().println("evolo: skipped: " + line));
        failed.forEach(line -> spec.commandLine().getErr().println("evolo: " + line));
        printer.println("page: " + folder.resolve("report.html"));
    }
}
