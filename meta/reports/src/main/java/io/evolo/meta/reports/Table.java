package io.evolo.meta.reports;

import java.util.List;

/**
 * A table of a report.
 *
 * @param text how many columns, from the left, are text; the others are numbers
 * @param rows each with as many cells as the header
 */
public record Table(String caption, int text, List<String> header, List<List<String>> rows) {
    public Table {
        header = List.copyOf(header);
        rows = rows.stream().map(List::copyOf).toList();
        for (List<String> row : rows) {
            if (row.size() != header.size()) {
                throw new IllegalArgumentException("a row of " + row.size() + " cells, expected " + header.size());
            }
        }
    }
}
