package io.evolo.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** Text in columns as wide as their widest cell: the first ones to the left, the others to the right. */
final class Table {
    private final int left;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<List<String>> rows = new ArrayList<>();

    /** @param left how many columns stand to the left */
    Table(int left, String... header) {
        this.left = left;
        rows.add(List.of(header));
    }

    /** Adds a row of as many cells as the header has. */
    void row(String... cells) {
        if (cells.length != rows.getFirst().size()) {
            throw new IllegalArgumentException("a row of " + cells.length + " cells, expected " + rows.getFirst().size());
        }
        rows.add(List.of(cells));
    }

    /** An array of objects, a row each, under the header's names; what reads as a number is one. */
    String json() {
        ArrayNode all = JSON.createArrayNode();
        for (List<String> row : rows.subList(1, rows.size())) {
            ObjectNode object = all.addObject();
            for (int i = 0; i < row.size(); i++) {
                String name = rows.getFirst().get(i);
                if (row.get(i).matches("-?(0|[1-9]\\d{0,14})(\\.\\d+)?")) {
                    object.put(name, new BigDecimal(row.get(i)));
                } else {
                    object.put(name, row.get(i));
                }
            }
        }
        return all.toPrettyString();
    }

    void print(PrintWriter out) {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).codePointCount(0, row.get(i).length()));
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                String cell = row.get(i);
                String gap = " ".repeat(widths[i] - cell.codePointCount(0, cell.length()));
                line.append(i == 0 ? "" : "  ").append(i < left ? cell + gap : gap + cell);
            }
            out.println(line.toString().stripTrailing());
        }
    }
}
