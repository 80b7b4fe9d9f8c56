package io.evolo.meta.reports;

import java.util.List;

/**
 * What a run directory says, in the order in which it is read: the verdict, the tables, the figures, and what is needed to repeat it.
 *
 * @param verdict a few sentences, computed from the numbers
 * @param facts what made it: configuration, versions, hashes, compute
 * @param skipped what could not be read and is therefore missing, one line each
 */
public record Report(
        String title, List<String> verdict, List<Table> tables, List<Figure> figures, List<Fact> facts, List<String> skipped) {
    public Report {
        verdict = List.copyOf(verdict);
        tables = List.copyOf(tables);
        figures = List.copyOf(figures);
        facts = List.copyOf(facts);
        skipped = List.copyOf(skipped);
    }

    /** @param text may have several lines: it is then shown as it is */
    public record Fact(String name, String text) {}
}
