package io.evolo.cli;

import io.evolo.meta.reports.Report;
import java.io.PrintWriter;

/** A report without its figures, as text. */
final class ReportText {
    private ReportText() {}

    static void print(Report report, PrintWriter out) {
        report.verdict().forEach(out::println);
        report.tables().forEach(table -> {
            out.println();
            out.println(table.caption());
            Table text = new Table(table.text(), table.header().toArray(String[]::new));
            table.rows().forEach(row -> text.row(row.toArray(String[]::new)));
            text.print(out);
        });
    }
}
