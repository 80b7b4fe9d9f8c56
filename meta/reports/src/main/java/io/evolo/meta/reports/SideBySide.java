package io.evolo.meta.reports;

import io.evolo.meta.reports.Figure.Lines;
import io.evolo.meta.reports.Figure.Series;
import io.evolo.schema.YamlNode;
import io.evolo.schema.YamlReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Several runs of one kind on one page: first what their configurations differ in, then what each says, then their curves over each other. */
final class SideBySide {
    private static final String CONFIG = "config.yaml";

    /** A run with what it is called here. */
    private record Run(String name, Path directory, Report report) {}

    private SideBySide() {}

    /** @param runs at least two directories, each of which {@link Reports#read(Path)} reads */
    static Report report(List<Path> runs) {
        Set<String> folders = new LinkedHashSet<>();
        boolean clear = runs.stream().allMatch(run -> folders.add(folder(run)));
        List<Run> all = runs.stream().map(run -> new Run(clear ? folder(run) : run.toString(), run, Reports.read(run))).toList();
        List<String> verdict = new ArrayList<>();
        all.forEach(run -> run.report().verdict().forEach(sentence -> verdict.add(run.name() + ": " + sentence)));
        List<String> skipped = all.stream().flatMap(run -> run.report().skipped().stream()).toList();
        List<Report.Fact> facts = all.stream().map(run -> new Report.Fact(run.name(), run.directory().toString())).toList();
        String title = String.join(", ", all.stream().map(Run::name).toList()) + " side by side";
        return new Report(title, verdict, List.of(differences(all)), overlaid(all), facts, skipped);
    }

    private static String folder(Path run) {
        return String.valueOf(run.toAbsolutePath().normalize().getFileName());
    }

    /** A row for every key whose values are not all the same. */
    private static Table differences(List<Run> runs) {
        List<Map<String, String>> values = runs.stream().map(run -> configuration(run.directory())).toList();
        Set<String> keys = new LinkedHashSet<>();
        values.forEach(of -> keys.addAll(of.keySet()));
        List<String> header = new ArrayList<>(List.of("key"));
        runs.forEach(run -> header.add(run.name()));
        List<List<String>> rows = new ArrayList<>();
        for (String key : keys) {
            List<String> row = new ArrayList<>(List.of(key));
            values.forEach(of -> row.add(of.getOrDefault(key, "–")));
            if (Set.copyOf(row.subList(1, row.size())).size() > 1) {
                rows.add(row);
            }
        }
        String caption = rows.isEmpty() ? "The configurations are the same" : "What the configurations differ in";
        return new Table(caption, header.size(), header, rows);
    }

    private static Map<String, String> configuration(Path run) {
        Map<String, String> values = new LinkedHashMap<>();
        JsonFiles.facts(run, CONFIG).forEach(file -> put("", YamlReader.document(file.text(), CONFIG), values));
        return values;
    }

    private static void put(String path, YamlNode node, Map<String, String> values) {
        String begin = path.isEmpty() ? "" : path + ".";
        switch (node) {
            case YamlNode.Mapping mapping -> mapping.entries().forEach(entry -> put(begin + entry.key(), entry.value(), values));
            case YamlNode.Sequence list -> IntStream.range(0, list.items().size()).forEach(i -> put(begin + i, list.items().get(i), values));
            case YamlNode.Scalar scalar -> values.put(path, scalar.text());
        }
    }

    /** Figures of lines that at least two of the runs have, in the order of the first that has them. */
    private static List<Figure> overlaid(List<Run> runs) {
        Map<String, Lines> figures = new LinkedHashMap<>();
        Map<String, Integer> shared = new LinkedHashMap<>();
        for (Run run : runs) {
            for (Figure figure : run.report().figures()) {
                if (figure instanceof Lines lines) {
                    figures.merge(lines.id(), named(run.name(), lines), SideBySide::both);
                    shared.merge(lines.id(), 1, Integer::sum);
                }
            }
        }
        return figures.values().stream().filter(lines -> shared.get(lines.id()) > 1).map(Figure.class::cast).toList();
    }

    private static Lines named(String run, Lines lines) {
        List<Series> series = lines.series().stream()
                .map(one -> new Series(lines.series().size() == 1 ? run : run + ", " + one.name(), one.x(), one.y(), one.low(), one.high()))
                .toList();
        return new Lines(lines.id(), lines.title(), lines.description(), lines.x(), lines.y(), series);
    }

    private static Lines both(Lines first, Lines second) {
        List<Series> series = new ArrayList<>(first.series());
        series.addAll(second.series());
        return new Lines(first.id(), first.title(), first.description(), first.x(), first.y(), series);
    }
}
