package io.evolo.meta.reports;

import io.evolo.meta.reports.Comparison.Place;
import io.evolo.meta.scores.Envelopes;
import io.evolo.meta.tune.LedgerEntry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The report of an evaluation on a suite: how good the learned optimizers are, where, and how sure that is. */
final class Generalisation {
    private static final String COSINE = " cosine"; // behind the names of rules

    private Generalisation() {}

    /** @param envelopes that somebody else has published; their tasks are found by the names of cells */
    static Report report(Path run, Envelopes envelopes) {
        Comparison comparison = Comparison.of(run);
        ScoreTables scores = new ScoreTables(comparison);
        Conduct conduct = new Conduct(comparison);
        EndTables ends = new EndTables(comparison);
        List<Table> tables = new ArrayList<>(scores.all(envelopes));
        tables.addAll(1, ends.decisive()); // behind the summary
        tables.add(ends.cells());
        tables.addAll(conduct.tables());
        List<Figure> figures = new ArrayList<>(ScoreFigures.all(comparison, scores));
        figures.addAll(conduct.figures());
        List<String> skipped = new ArrayList<>(comparison.skipped());
        skipped.addAll(ScoreFigures.left(comparison));
        skipped.addAll(envelopes.skipped());
        skipped.addAll(unused(envelopes, comparison));
        return new Report(
                "Evaluation on the suite " + comparison.suite(),
                Stream.concat(new Judgement(comparison, scores).sentences().stream(), ends.sentences().stream()).toList(),
                tables,
                figures,
                facts(run, comparison),
                skipped);
    }

    private static List<String> unused(Envelopes envelopes, Comparison comparison) {
        List<String> cells = comparison.cells().stream().map(Place::name).toList();
        long unused = envelopes.byTask().keySet().stream().filter(task -> !cells.contains(task)).count();
        return unused == 0
                ? List.of()
                : List.of(unused + " of " + envelopes.byTask().size() + " envelopes are of tasks that no cell has the name of");
    }

    private static List<Report.Fact> facts(Path run, Comparison comparison) {
        List<Report.Fact> facts = new ArrayList<>();
        facts.add(new Report.Fact(
                "to make it again",
                "evolo evaluate " + again(comparison) + " --suite config.yaml --run DIR, with what is below as config.yaml"));
        facts.add(new Report.Fact("machine", comparison.machine()));
        facts.add(new Report.Fact("compute spent on tuning", spent(comparison, Place::tuning)));
        facts.add(new Report.Fact("compute spent on judging", spent(comparison, Place::runs)));
        comparison.packages().forEach((name, known) -> facts.add(new Report.Fact(
                name,
                known.entrySet().stream()
                        .map(fact -> named(fact.getKey()) + ": " + fact.getValue().replace("\n", "\n  "))
                        .collect(Collectors.joining("\n", "", "\n")))));
        facts.addAll(JsonFiles.facts(run, "log.txt", "config.yaml"));
        return facts;
    }

    /** The packages, and the rules with fixed values: those of the suite too, which run once all the same. */
    private static String again(Comparison comparison) {
        Stream<String> packages = comparison.learned().stream().map(name -> name + ".evolo");
        Stream<String> rules = comparison.optimizers().stream()
                .filter(name -> name.endsWith(COSINE) && name.contains(":") && !comparison.learned().contains(name))
                .map(name -> name.substring(0, name.length() - COSINE.length()));
        return Stream.concat(packages, rules).collect(Collectors.joining(" "));
    }

    /** What a package's provenance calls so is what its meta-training took. */
    private static String named(String fact) {
        return switch (fact) {
            case "laneSteps" -> "lane-steps of meta-training";
            case "seconds" -> "seconds of meta-training";
            default -> fact;
        };
    }

    private static String spent(Comparison comparison, Function<Place, Map<String, List<LedgerEntry>>> which) {
        List<LedgerEntry> entries = comparison.cells().stream()
                .flatMap(cell -> which.apply(cell).values().stream())
                .flatMap(List::stream)
                .toList();
        return String.format(
                Locale.ROOT,
                "%,d training runs, %,d steps, %,.0f seconds on one thread",
                entries.size(),
                entries.stream().mapToLong(entry -> entry.trial().steps()).sum(),
                entries.stream().mapToDouble(entry -> entry.trial().seconds()).sum());
    }
}
