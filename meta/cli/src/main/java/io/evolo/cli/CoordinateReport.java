package io.evolo.cli;

import io.evolo.meta.CoordinateCheck;
import io.evolo.meta.CoordinateCheck.Curve;
import io.evolo.meta.CoordinateCheck.Result;
import io.evolo.meta.reports.Figure;
import io.evolo.meta.reports.Report;
import io.evolo.tasks.Parametrization;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * What coordinate checks found, for the terminal and as a page.
 *
 * @param title the task and what was varied
 * @param rows by parametrization, then by optimizer
 */
record CoordinateReport(String title, List<Row> rows) {
    /** More lines than a figure has colours for. */
    private static final int LINES = 8;

    /** One optimizer under one parametrization. */
    record Row(Parametrization.Kind kind, String optimizer, Result result) {

        /** Whether it is as it should be: SP is not promised anything. */
        boolean passes() {
            return kind == Parametrization.Kind.SP || result.passes();
        }

        String name() {
            return (kind == Parametrization.Kind.SP ? "SP, " : "muP, ") + optimizer;
        }

        private String verdict(String layer) {
            if (kind == Parametrization.Kind.MUP) {
                return result.passes(layer) ? "pass" : "FAIL";
            }
            OptionalDouble slope = result.steepest(layer);
            if (slope.isEmpty() || Double.isNaN(slope.getAsDouble())) {
                return slope.isEmpty() ? "does not move" : "diverges";
            }
            return Math.abs(slope.getAsDouble()) < Result.TOLERANCE ? "level" : slope.getAsDouble() > 0 ? "grows" : "shrinks";
        }
    }

    CoordinateReport {
        rows = List.copyOf(rows);
    }

    boolean passes() {
        return rows.stream().allMatch(Row::passes);
    }

    void print(PrintWriter out) {
        out.println(title);
        out.println("slope of log(change of pre-activations) over log(width) after so many steps; – where some width has not moved yet");
        Table table = new Table(3, header().toArray(String[]::new));
        lines().forEach(line -> table.row(line.toArray(String[]::new)));
        table.print(out);
        verdict().forEach(out::println);
    }

    private List<String> header() {
        List<String> header = new ArrayList<>(List.of("scaling", "optimizer", "layer"));
        rows.getFirst().result().of(rows.getFirst().result().layers().getFirst()).forEach(curve -> header.add("step " + curve.step()));
        header.add("");
        return header;
    }

    private List<List<String>> lines() {
        List<List<String>> lines = new ArrayList<>();
        for (Row row : rows) {
            for (String layer : row.result().layers()) {
                List<String> line = new ArrayList<>(List.of(row.kind() == Parametrization.Kind.SP ? "SP" : "muP", row.optimizer(), layer));
                row.result().of(layer).forEach(curve -> line.add(slope(curve)));
                line.add(row.verdict(layer));
                lines.add(line);
            }
        }
        return lines;
    }

    private static String slope(Curve curve) {
        OptionalDouble slope = curve.slope();
        return slope.isEmpty() ? "–" : String.format(Locale.ROOT, "%+.3f", slope.getAsDouble());
    }

    private List<String> verdict() {
        List<String> sentences = new ArrayList<>();
        List<Row> mup = rows.stream().filter(row -> row.kind() == Parametrization.Kind.MUP).toList();
        for (Row row : mup) {
            List<String> failed = row.result().layers().stream().filter(layer -> !row.result().passes(layer)).toList();
            sentences.add(failed.isEmpty()
                    ? row.name() + ": passes, every |slope| is below " + Result.TOLERANCE
                    : row.name() + ": FAILS at " + String.join(", ", failed));
        }
        return sentences;
    }

    /** The same as a page, with a figure for every optimizer under every parametrization. */
    Report page() {
        List<Figure> figures = new ArrayList<>();
        for (Row row : rows) {
            List<String> layers = row.result().layers();
            for (int from = 0; from < layers.size(); from += LINES) {
                List<String> some = layers.subList(from, Math.min(layers.size(), from + LINES));
                String title = row.name() + (some.size() < layers.size() ? ": " + some.getFirst() + " to " + some.getLast() : "");
                figures.add(figure(row, title, some, figures.size()));
            }
        }
        var table = new io.evolo.meta.reports.Table(
                "Slopes of log change over log width, by number of steps", 3, header(), lines());
        return new Report(
                "Coordinate check", verdict(), List.of(table), figures, List.of(new Report.Fact("task", title)), List.of());
    }

    private static Figure figure(Row row, String title, List<String> layers, int number) {
        List<Figure.Series> series = new ArrayList<>();
        int steps = 0;
        for (String layer : layers) {
            Curve last = row.result().of(layer).getLast();
            steps = last.step();
            double[] x = last.widths().stream().mapToDouble(Integer::doubleValue).toArray();
            double[] y = last.changes().stream().mapToDouble(Double::doubleValue).toArray();
            series.add(new Figure.Series(layer, x, y));
        }
        return new Figure.Lines(
                "coordinates-" + number,
                title,
                "Root mean square of the change of pre-activations after " + steps + " steps, by width, a line per layer. Under muP the"
                        + " lines are level.",
                new Figure.Axis("width", true),
                new Figure.Axis("change", true),
                series);
    }
}
