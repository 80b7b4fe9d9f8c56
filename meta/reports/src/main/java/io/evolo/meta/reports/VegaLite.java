package io.evolo.meta.reports;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evolo.meta.reports.Figure.Axis;
import io.evolo.meta.reports.Figure.HeatMap;
import io.evolo.meta.reports.Figure.Lines;
import io.evolo.meta.reports.Figure.Series;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Figures as Vega-Lite specifications, as wide as their place. */
final class VegaLite {
    /** Told apart by all common kinds of colour vision, on light and on dark ground (Okabe and Ito 2008). */
    static final String[] COLOURS = {"#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8c8c8c", "#b8a000"};

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int HEIGHT = 320;
    private static final int CELL = 44;

    private VegaLite() {}

    static ObjectNode spec(Figure figure) {
        return switch (figure) {
            case Lines lines -> lines(lines);
            case HeatMap map -> heatMap(map);
        };
    }

    private static ObjectNode lines(Lines figure) {
        ObjectNode spec = begin(figure, HEIGHT);
        ArrayNode layers = spec.putArray("layer");
        if (figure.series().stream().anyMatch(Series::hasBand)) {
            ObjectNode band = layers.addObject();
            band.putObject("mark").put("type", "area").put("opacity", 0.2);
            ObjectNode encoding = band.putObject("encoding");
            encoding.set("x", axis("x", figure.x()));
            encoding.set("y", axis("l", figure.y()));
            encoding.putObject("y2").put("field", "h");
            encoding.set("color", colour(figure));
        }
        ObjectNode line = layers.addObject();
        line.putObject("mark").put("type", "line").put("tooltip", true).putObject("point").put("size", 12);
        ObjectNode encoding = line.putObject("encoding");
        encoding.set("x", axis("x", figure.x()));
        encoding.set("y", axis("y", figure.y()));
        encoding.set("color", colour(figure));
        if (figure.series().size() > COLOURS.length) {
            encoding.set("strokeDash", dashes(figure));
        }
        if (figure.series().size() > 1) {
            fadeAllButThePicked(line, encoding);
        }
        return spec;
    }

    /** A click in the legend picks. */
    private static void fadeAllButThePicked(ObjectNode line, ObjectNode encoding) {
        ObjectNode picked = line.putArray("params").addObject();
        picked.put("name", "picked").put("bind", "legend").putObject("select").put("type", "point").putArray("fields").add("s");
        ObjectNode opacity = encoding.putObject("opacity").put("value", 0.15);
        opacity.putObject("condition").put("param", "picked").put("value", 1);
    }

    /**
     * The points of a figure of lines, a column per coordinate, from which the page makes a row per point: half the bytes. {@code s} is
     * the series, {@code x}, {@code y} and the band's {@code l} and {@code h} are its columns, null where there is nothing to draw; a
     * number in place of {@code x} is the index of the series whose column it shares.
     */
    static ArrayNode points(Figure figure) {
        ArrayNode all = JSON.createArrayNode();
        if (figure instanceof Lines lines) {
            for (Series series : lines.series()) {
                ObjectNode columns = all.addObject().put("s", series.name());
                int same = sameX(lines.series(), series);
                if (lines.series().get(same) == series) {
                    columns.set("x", column(series.x(), lines.x()));
                } else {
                    columns.put("x", same);
                }
                columns.set("y", column(series.y(), lines.y()));
                if (series.hasBand()) {
                    columns.set("l", column(series.low(), lines.y()));
                    columns.set("h", column(series.high(), lines.y()));
                }
            }
        }
        return all;
    }

    private static int sameX(List<Series> all, Series series) {
        return IntStream.range(0, all.size()).filter(i -> Arrays.equals(all.get(i).x(), series.x())).findFirst().orElseThrow();
    }

    private static ArrayNode column(double[] values, Axis axis) {
        ArrayNode column = JSON.createArrayNode();
        for (double value : values) {
            if (drawable(value, axis)) {
                number(column, rounded(value));
            } else {
                column.addNull();
            }
        }
        return column;
    }

    /** Whole numbers without a point. */
    private static void number(ArrayNode column, double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e9) {
            column.add((long) value);
        } else {
            column.add(value);
        }
    }

    static boolean drawable(double value, Axis axis) {
        return Double.isFinite(value) && (value > 0 || !axis.log());
    }

    /** Five digits: more than an eye can see, and half the bytes. */
    private static double rounded(double value) {
        return Double.parseDouble(String.format(Locale.ROOT, "%.4e", value));
    }

    private static ObjectNode axis(String field, Axis axis) {
        ObjectNode node = JSON.createObjectNode().put("field", field).put("type", "quantitative").put("title", axis.title());
        ObjectNode scale = node.putObject("scale").put("type", axis.log() ? "log" : "linear").put("nice", !axis.log());
        if (!axis.log()) {
            scale.put("zero", false);
        }
        return node;
    }

    private static ObjectNode colour(Lines figure) {
        ObjectNode node = JSON.createObjectNode().put("field", "s").put("type", "nominal");
        ArrayNode domain = node.putObject("scale").putArray("domain");
        ArrayNode range = node.withObject("/scale").putArray("range");
        for (int i = 0; i < figure.series().size(); i++) {
            domain.add(figure.series().get(i).name());
            range.add(COLOURS[i % COLOURS.length]);
        }
        if (figure.series().size() == 1) {
            node.putNull("legend"); // the title says it
        } else {
            node.putObject("legend").putNull("title").put("orient", "bottom").put("columns", 2).put("labelLimit", 280)
                    .put("symbolType", "stroke").put("symbolSize", 300).put("symbolStrokeWidth", 2.5).put("symbolOpacity", 1);
        }
        return node;
    }

    /** Where there are more series than colours: those that have a colour for the second time are dashed. */
    private static ObjectNode dashes(Lines figure) {
        ObjectNode node = JSON.createObjectNode().put("field", "s").put("type", "nominal");
        ArrayNode domain = node.putObject("scale").putArray("domain");
        ArrayNode range = node.withObject("/scale").putArray("range");
        for (int i = 0; i < figure.series().size(); i++) {
            domain.add(figure.series().get(i).name());
            ArrayNode dash = range.addArray();
            if (i >= COLOURS.length) {
                dash.add(6).add(3);
            } else {
                dash.add(1).add(0);
            }
        }
        node.set("legend", colour(figure).get("legend"));
        return node;
    }

    private static ObjectNode heatMap(HeatMap figure) {
        ObjectNode spec = begin(figure, CELL * figure.rows().size());
        ArrayNode values = spec.putObject("data").putArray("values");
        for (int r = 0; r < figure.rows().size(); r++) {
            for (int c = 0; c < figure.columns().size(); c++) {
                double ratio = figure.ratios()[r][c];
                if (ratio > 0 && Double.isFinite(ratio)) {
                    values.addObject()
                            .put("r", figure.rows().get(r))
                            .put("c", figure.columns().get(c))
                            .put("v", rounded(ratio))
                            .put("q", rounded(StrictMath.log(ratio) / StrictMath.log(2)));
                }
            }
        }
        ObjectNode encoding = spec.putObject("encoding");
        encoding.set("x", names("c", figure.xTitle(), figure.columns()));
        encoding.set("y", names("r", figure.yTitle(), figure.rows()));
        ArrayNode layers = spec.putArray("layer");
        ObjectNode cells = layers.addObject();
        cells.putObject("mark").put("type", "rect").put("tooltip", true);
        ObjectNode colour = cells.putObject("encoding").putObject("color").put("field", "q").put("type", "quantitative");
        colour.putNull("legend");
        colour.putObject("scale").put("clamp", true).putArray("domain").add(-2).add(0).add(2);
        colour.withObject("/scale").putArray("range").add("#c39bd3").add("#f4f4f4").add("#8fd19e"); // black is readable on all of it
        ObjectNode text = layers.addObject();
        text.putObject("mark").put("type", "text").put("color", "#000").put("fontSize", 13);
        text.putObject("encoding").putObject("text").put("field", "v").put("type", "quantitative").put("format", ".2f");
        return spec;
    }

    private static ObjectNode names(String field, String title, Iterable<String> inOrder) {
        ObjectNode node = JSON.createObjectNode().put("field", field).put("type", "nominal").put("title", title);
        ArrayNode sort = node.putArray("sort");
        inOrder.forEach(sort::add);
        node.putObject("axis").put("labelAngle", 0);
        ArrayNode domain = node.putObject("scale").putArray("domain"); // rows and columns without a value stay
        inOrder.forEach(domain::add);
        return node;
    }

    private static ObjectNode begin(Figure figure, int height) {
        ObjectNode spec = JSON.createObjectNode();
        spec.put("description", figure.title() + ". " + figure.description());
        spec.put("width", "container").put("height", height);
        spec.putObject("autosize").put("type", "fit-x").put("contains", "padding");
        return spec;
    }
}
