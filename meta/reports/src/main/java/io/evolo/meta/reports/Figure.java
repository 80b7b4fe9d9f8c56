package io.evolo.meta.reports;

import java.util.List;

/** A figure as data: drawn by {@link VegaLite} in a page and by {@link FigureFiles} in a file. */
public sealed interface Figure {

    /** Of letters, digits and hyphens; the name of its files. */
    String id();

    String title();

    /** What is to be seen, for those who cannot see it. */
    String description();

    /** @param log whether the scale is logarithmic; values that are not positive are then left out */
    record Axis(String title, boolean log) {}

    /**
     * Lines with bands.
     *
     * @param series at least one
     */
    record Lines(String id, String title, String description, Axis x, Axis y, List<Series> series) implements Figure {
        public Lines {
            series = List.copyOf(series);
            requireName(id);
        }
    }

    /**
     * One line.
     *
     * @param x ascending
     * @param y as many; points that are not finite are left out
     * @param low of the band, as many, or none where there is no band
     * @param high of the band
     */
    record Series(String name, double[] x, double[] y, double[] low, double[] high) {
        public Series {
            if (x.length != y.length || low.length != high.length || low.length != 0 && low.length != x.length) {
                throw new IllegalArgumentException("series " + name + " has " + x.length + " x, " + y.length + " y and bands of "
                        + low.length + " and " + high.length);
            }
        }

        /** Without a band. */
        public Series(String name, double[] x, double[] y) {
            this(name, x, y, new double[0], new double[0]);
        }

        boolean hasBand() {
            return low.length > 0;
        }
    }

    /**
     * A number for every pair of a row and a column, coloured by its ratio to 1: above is good, below is bad.
     *
     * @param columns names, left to right
     * @param rows names, top to bottom
     * @param ratios [row][column]; NaN where there is none
     */
    record HeatMap(
            String id,
            String title,
            String description,
            String xTitle,
            String yTitle,
            List<String> columns,
            List<String> rows,
            double[][] ratios)
            implements Figure {
        public HeatMap {
            columns = List.copyOf(columns);
            rows = List.copyOf(rows);
            requireName(id);
            if (ratios.length != rows.size()) {
                throw new IllegalArgumentException(ratios.length + " rows of ratios, expected " + rows.size());
            }
        }
    }

    private static void requireName(String id) {
        if (!id.matches("[a-z0-9-]+")) {
            throw new IllegalArgumentException("figure '" + id + "' cannot name a file, expected letters, digits and hyphens");
        }
    }
}
