package io.evolo.cli;

import io.evolo.meta.ScaledFamily;
import io.evolo.meta.evaluation.Entrant;
import io.evolo.meta.evaluation.TargetPlan;
import io.evolo.meta.evaluation.TargetRun;
import io.evolo.meta.tune.DesignedRule;
import io.evolo.optimizers.RuleName;
import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.schema.ConfigException;
import io.evolo.tasks.Parametrization;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;

/**
 * Who reaches a fixed loss in the fewest steps, each by a step chosen beforehand.
 *
 * @param again whether the directory holds the runs already
 */
record TargetEvaluation(TargetPlan plan, Path directory, boolean again, int threads) {

    /** @param text {@code NAME@STEPS} */
    static TargetPlan.Entry entry(String text) {
        int at = text.lastIndexOf('@');
        if (at < 1 || !text.substring(at + 1).matches("[0-9]{1,9}")) {
            throw new ConfigException("entry '" + text + "' does not say where it stops, expected NAME@STEPS, as in adamw:rate=0.003@500");
        }
        return new TargetPlan.Entry(text.substring(0, at), Integer.parseInt(text.substring(at + 1)));
    }

    int run(PrintWriter out, PrintWriter err) {
        Map<String, Entrant> entrants = new LinkedHashMap<>();
        plan.entries().forEach(entry -> entrants.computeIfAbsent(entry.optimizer(), this::entrant));
        Phases phases = new Phases(err);
        try (phases;
                Interruption interruption = new Interruption(
                        () -> phases.say("evolo: interrupted: finishing the trials that run; no others are begun"))) {
            List<TargetRun.Result> results = TargetRun.run(
                    directory, plan, entrants, again, threads, interruption::requested, phases);
            phases.close();
            print(results, out);
            return ExitCode.DONE;
        } catch (CancellationException e) {
            err.println("evolo: stopped; every finished trial is kept; continue with the same command and --resume");
            return ExitCode.INTERRUPTED;
        }
    }

    /** Rules meet the task as it is, packages under the parametrization that they know. */
    private Entrant entrant(String name) {
        if (!HandDesigned.names().contains(RuleName.withoutHyperparameters(name).split("\\+", 2)[0])) {
            return Contenders.entrants(List.of(name)).getFirst();
        }
        Parametrization scaling = plan.task().kind() instanceof ScaledFamily networks
                ? new Parametrization(networks.parametrization(), networks.baseWidth())
                : Parametrization.standard();
        return Entrant.of(name, DesignedRule.fixed(name).optimizer(), scaling);
    }

    private void print(List<TargetRun.Result> results, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "target: held-out loss %s, seeds 0 to %d; reached: the mean is below it at 1%% (one-sided t test)%n",
                plan.target(),
                plan.seeds() - 1);
        Table table = new Table(1, "entry", "steps", "held-out loss", "p", "reached", "seconds");
        for (TargetRun.Result one : results) {
            table.row(
                    one.entry().optimizer(),
                    String.valueOf(one.entry().steps()),
                    loss("%.4f ± %.4f", one.target().loss().mean(), one.target().loss().halfWidth()),
                    String.format(Locale.ROOT, "%.2g", one.target().p()),
                    one.target().reached() ? "yes" : "no",
                    String.format(Locale.ROOT, "%.2f", one.seconds()));
        }
        table.print(out);
        Table pairs = new Table(2, "first", "second", "loss, first minus second", "p", "p by Holm");
        for (TargetRun.Pair pair : TargetRun.pairs(results)) {
            pairs.row(
                    pair.first().text(),
                    pair.second().text(),
                    loss("%+.4f ± %.4f", pair.difference().mean(), pair.difference().halfWidth()),
                    Double.isNaN(pair.p()) ? "diverged" : String.format(Locale.ROOT, "%.2g", pair.p()),
                    String.format(Locale.ROOT, "%.2g", pair.adjusted()));
        }
        if (results.size() > 1) {
            out.println();
            pairs.print(out);
        }
    }

    private static String loss(String format, double mean, double halfWidth) {
        return Double.isFinite(mean) ? String.format(Locale.ROOT, format, mean, halfWidth) : "diverged";
    }
}
