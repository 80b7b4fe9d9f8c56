package io.evolo.meta.reports;

import io.evolo.meta.reports.Figure.Axis;
import io.evolo.meta.reports.Figure.HeatMap;
import io.evolo.meta.reports.Figure.Lines;
import io.evolo.meta.reports.Figure.Series;
import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGraphics2D;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.w3c.dom.Document;

/** Figures as PNG and SVG files, without a browser. */
final class FigureFiles {
    private static final int WIDTH = 900; // pixels
    private static final int HEIGHT = 560;
    private static final BasicStroke BAND = new BasicStroke(1f);
    private static final String SVG = "http://www.w3.org/2000/svg";

    private FigureFiles() {}

    /**
     * Writes {@code ID.png} and {@code ID.svg}.
     *
     * @throws IOException if a file cannot be written
     */
    static void write(Figure figure, Path folder) throws IOException {
        Chart<?, ?> chart = chart(figure);
        ImageIO.write(BitmapEncoder.getBufferedImage(chart), "png", folder.resolve(figure.id() + ".png").toFile());
        SVGGraphics2D graphics = new SVGGraphics2D(emptyDocument());
        chart.paint(graphics, WIDTH, HEIGHT);
        try (Writer out = Files.newBufferedWriter(folder.resolve(figure.id() + ".svg"))) {
            graphics.stream(out, true);
        }
    }

    private static Document emptyDocument() {
        try {
            return DocumentBuilderFactory.newNSInstance().newDocumentBuilder().getDOMImplementation().createDocument(SVG, "svg", null);
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Chart<?, ?> chart(Figure figure) {
        return switch (figure) {
            case Lines lines -> lines(lines);
            case HeatMap map -> heatMap(map);
        };
    }

    private static XYChart lines(Lines figure) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(figure.title())
                .xAxisTitle(figure.x().title())
                .yAxisTitle(figure.y().title())
                .build();
        style(chart.getStyler());
        chart.getStyler().setXAxisLogarithmic(figure.x().log()).setYAxisLogarithmic(figure.y().log());
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideS).setLegendLayout(Styler.LegendLayout.Horizontal);
        for (int i = 0; i < figure.series().size(); i++) {
            Series series = figure.series().get(i);
            Color colour = Color.decode(VegaLite.COLOURS[i % VegaLite.COLOURS.length]);
            float[] dash = i < VegaLite.COLOURS.length ? new float[] {1, 0} : new float[] {6, 3}; // the colours come again
            add(chart, series.name(), series.x(), series.y(), figure, colour, main(dash));
            if (series.hasBand()) {
                add(chart, series.name() + " low", series.x(), series.low(), figure, colour, BAND);
                add(chart, series.name() + " high", series.x(), series.high(), figure, colour, BAND);
            }
        }
        return chart;
    }

    /** A band is drawn as two thin lines: the library has no areas between lines. */
    private static void add(XYChart chart, String name, double[] x, double[] y, Lines figure, Color colour, BasicStroke stroke) {
        int[] shown = IntStream.range(0, x.length)
                .filter(i -> drawable(x[i], figure.x()) && drawable(y[i], figure.y()))
                .toArray();
        if (shown.length == 0) {
            return; // the library refuses empty series
        }
        XYSeries series = chart.addSeries(
                name, Arrays.stream(shown).mapToDouble(i -> x[i]).toArray(), Arrays.stream(shown).mapToDouble(i -> y[i]).toArray());
        boolean main = stroke != BAND;
        series.setLineColor(main ? colour : new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), 90));
        series.setLineStyle(stroke);
        series.setMarker(shown.length == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
        series.setMarkerColor(colour);
        series.setShowInLegend(main);
    }

    private static BasicStroke main(float[] dash) {
        return new BasicStroke(2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10f, dash, 0);
    }

    private static boolean drawable(double value, Axis axis) {
        return VegaLite.drawable(value, axis);
    }

    private static HeatMapChart heatMap(HeatMap figure) {
        HeatMapChart chart = new HeatMapChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(figure.title())
                .xAxisTitle(figure.xTitle())
                .yAxisTitle(figure.yTitle())
                .build();
        style(chart.getStyler());
        chart.getStyler().setShowValue(true).setHeatMapValueDecimalPattern("0.00").setMin(0).setMax(4);
        chart.getStyler().setRangeColors(new Color[] {new Color(0x9970ab), new Color(0xf7f7f7), new Color(0x5aae61)});
        List<Number[]> cells = new ArrayList<>();
        for (int r = 0; r < figure.rows().size(); r++) {
            for (int c = 0; c < figure.columns().size(); c++) {
                double ratio = figure.ratios()[r][c];
                if (ratio > 0 && Double.isFinite(ratio)) {
                    cells.add(new Number[] {c, figure.rows().size() - 1 - r, ratio}); // rows count from below
                }
            }
        }
        chart.addSeries(figure.title(), figure.columns(), figure.rows().reversed(), cells);
        return chart;
    }

    private static void style(Styler styler) {
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setAnnotationTextPanelPadding(0);
    }
}
