package io.evolo.cli;

import io.evolo.meta.evaluation.Entrant;
import io.evolo.meta.evaluation.EvaluationPlan;
import io.evolo.meta.evaluation.EvaluationRun;
import io.evolo.meta.reports.Report;
import io.evolo.meta.reports.Reports;
import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.schema.ConfigException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * Measures packages on a suite, in a run directory that can be continued.
 *
 * @param fixed rules with fixed values beside those of the plan, which stays the run's: others can be added to it
 * @param ledgers of tuning runs whose trials are used
 * @param again whether the directory holds the run already
 */
record SuiteEvaluation(EvaluationPlan plan, List<String> fixed, List<Path> ledgers, Path directory, boolean again, int threads) {
    int run(List<Entrant> entrants, PrintWriter out, PrintWriter err) {
        for (Entrant entrant : entrants) {
            if (HandDesigned.names().contains(entrant.name())) {
                throw new ConfigException("package " + entrant.name() + " has the name of a hand-designed optimizer; rename it");
            }
        }
        RunLog log = new RunLog(directory);
        Phases phases = new Phases(err);
        try (EvaluationRun run = EvaluationRun.open(directory, plan, fixed, again);
                phases;
                Interruption interruption = new Interruption(
                        () -> phases.say("evolo: interrupted: finishing the trials that run; no others are begun"))) {
            log.add((again ? "resumed: " : "begins: ") + plan.name() + ", " + plan.cells().size() + " cells, evolo " + Version.text());
            run.run(entrants, ledgers, threads, interruption::requested, phases)
                    .forEach(line -> phases.say("evolo: skipped: " + line));
            log.add("measured");
        } catch (CancellationException e) {
            log.add("interrupted");
            err.println("evolo: stopped; every finished trial is kept; continue with the same command and --resume");
            return ExitCode.INTERRUPTED;
        }
        Report report = Reports.read(directory);
        ReportText.print(report, out);
        Reports.write(report, directory).forEach(line -> err.println("evolo: " + line));
        out.println("page: " + directory.resolve("report.html"));
        return ExitCode.DONE;
    }
}
