package io.evolo.meta.reports;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A report as one HTML page with everything in it: it opens without a network, in light and dark, on a phone and by keyboard. Figures
 * are drawn by Vega, which stands in the page (0.84 MB).
 */
final class Page {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Page() {}

    static String of(Report report) {
        StringBuilder html = new StringBuilder();
        html.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.append("<link rel=\"icon\" href=\"data:,\">\n"); // or the browser asks for one
        html.append("<title>").append(escaped(report.title())).append("</title>\n");
        html.append("<style>\n").append(resource("page.css")).append("</style>\n</head>\n<body>\n<main>\n");
        html.append("<h1>").append(escaped(report.title())).append("</h1>\n");
        html.append("<section id=\"verdict\">\n");
        report.verdict().forEach(sentence -> html.append("<p>").append(escaped(sentence)).append("</p>\n"));
        html.append("</section>\n");
        if (!report.skipped().isEmpty()) {
            html.append("<details class=\"skipped\"><summary>").append(report.skipped().size()).append(" skipped</summary><ul>\n");
            report.skipped().forEach(line -> html.append("<li>").append(escaped(line)).append("</li>\n"));
            html.append("</ul></details>\n");
        }
        report.tables().forEach(table -> html.append(table(table)));
        report.figures().forEach(figure -> html.append(figure(figure)));
        html.append("<section id=\"repeat\">\n<h2>What made it</h2>\n<dl>\n");
        report.facts().forEach(fact -> html.append(fact(fact)));
        html.append("</dl>\n</section>\n</main>\n");
        for (String library : List.of("vega", "vega-lite", "vega-embed")) {
            html.append("<script>").append(script(resource("vega/" + library + ".min.js"))).append("</script>\n");
        }
        html.append("<script>\nconst figures = ").append(script(specs(report.figures()))).append(";\n");
        html.append(resource("page.js")).append("</script>\n</body>\n</html>\n");
        return html.toString();
    }

    private static String table(Table table) {
        String header = IntStream.range(0, table.header().size())
                .mapToObj(i -> "<th scope=\"col\"" + kind(table, i) + "><button type=\"button\">"
                        + escaped(table.header().get(i)) + "</button></th>")
                .collect(Collectors.joining());
        String rows = table.rows().stream()
                .map(row -> IntStream.range(0, row.size())
                        .mapToObj(i -> "<td" + kind(table, i) + ">" + escaped(row.get(i)) + "</td>")
                        .collect(Collectors.joining("", "<tr>", "</tr>\n")))
                .collect(Collectors.joining());
        String caption = escaped(table.caption());
        return "<p class=\"caption\" aria-hidden=\"true\">" + caption + "</p>\n<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\""
                + caption + "\"><table>\n<thead><tr>" + header + "</tr></thead>\n<tbody>\n" + rows
                + "</tbody></table></div>\n";
    }

    private static String kind(Table table, int column) {
        return column < table.text() ? "" : " class=\"number\"";
    }

    private static String figure(Figure figure) {
        return "<figure>\n<h2>" + escaped(figure.title()) + "</h2>\n<div class=\"drawing\" id=\"" + figure.id()
                + "\" role=\"img\" aria-label=\"" + escaped(figure.title() + ". " + figure.description()) + "\"></div>\n<figcaption>"
                + escaped(figure.description()) + "</figcaption>\n</figure>\n";
    }

    private static String fact(Report.Fact fact) {
        String text = escaped(fact.text());
        long lines = fact.text().lines().count();
        return "<dt>" + escaped(fact.name()) + "</dt><dd>"
                + (lines > 1 ? "<details><summary>" + lines + " lines</summary><pre tabindex=\"0\">" + text + "</pre></details>" : text)
                + "</dd>\n";
    }

    private static String specs(List<Figure> figures) {
        ArrayNode all = JSON.createArrayNode();
        for (Figure figure : figures) {
            ObjectNode one = all.addObject().put("id", figure.id());
            one.set("spec", VegaLite.spec(figure));
            one.set("points", VegaLite.points(figure));
        }
        try {
            return JSON.writeValueAsString(all);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Text that may stand in a script element: none of it can end the element or begin a comment. */
    private static String script(String text) {
        return text.replace("</script", "<\\/script").replace("<!--", "<\\!--");
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }

    /** A text that stands beside this class. */
    static String resource(String name) {
        try (InputStream in = Page.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
