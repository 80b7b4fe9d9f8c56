package io.evolo.tasks.data;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * A CSV file ({@code NAME.csv}, plain or {@code .csv.gz}; RFC 4180, comma): an example per line, all columns but the label numbers. The
 * first line is a header where one of its numbers is none. Classes are the label's values, in their order: as numbers where all are, else
 * as texts. Parts as {@link HeldOut#shuffled} makes them.
 *
 * @param label name of the label's column, for a file with a header; empty: the last
 */
record TableFile(Path file, String label) {

    /** What a source says: the file, and behind a # the label's column. */
    static TableFile of(String source) {
        int hash = source.lastIndexOf('#');
        return hash < 0 ? new TableFile(Path.of(source), "") : new TableFile(Path.of(source.substring(0, hash)), source.substring(hash + 1));
    }

    /** Whether a source names a table. */
    static boolean is(String source) {
        return of(source).file.toString().matches(".*\\.csv(\\.gz)?");
    }

    /** @throws DataException if the file is missing, or a line has no number where one belongs */
    ImageParts load() {
        if (!Files.isRegularFile(file)) {
            throw new DataException("no file " + file.toAbsolutePath() + ": expected a CSV table, an example per line");
        }
        List<CSVRecord> lines = lines();
        boolean headed = lines.size() > 1 && IntStream.range(0, lines.getFirst().size() - 1).anyMatch(i -> !isNumber(lines.getFirst().get(i)));
        int columns = lines.isEmpty() ? 0 : lines.getFirst().size();
        if (columns < 2) {
            throw new DataException(file + " has " + columns + " columns, expected numbers and a label, separated by commas");
        }
        int labelled = labelColumn(headed ? lines.getFirst() : null, columns);
        List<CSVRecord> examples = headed ? lines.subList(1, lines.size()) : lines;
        List<String> classes = classes(examples, labelled);
        float[] inputs = new float[Math.multiplyExact(examples.size(), columns - 1)];
        int[] labels = new int[examples.size()];
        for (int i = 0; i < labels.length; i++) {
            CSVRecord line = examples.get(i);
            require(line, columns);
            labels[i] = classes.indexOf(line.get(labelled));
            for (int c = 0; c < columns; c++) {
                if (c != labelled) {
                    inputs[i * (columns - 1) + c - (c > labelled ? 1 : 0)] = number(line, c);
                }
            }
        }
        return new ImageParts(1, columns - 1, classes.size(), HeldOut.shuffled(file.toString(), new Examples(inputs, labels)));
    }

    private List<CSVRecord> lines() {
        try (Reader in = new InputStreamReader(Gzip.open(file), StandardCharsets.UTF_8);
                CSVParser parser = CSVFormat.RFC4180.builder().setIgnoreEmptyLines(true).setTrim(true).get().parse(in)) {
            return parser.getRecords();
        } catch (IOException | UncheckedIOException e) {
            throw new DataException(file + " cannot be read as CSV: " + e.getMessage(), e);
        }
    }

    private int labelColumn(CSVRecord header, int columns) {
        if (label.isEmpty()) {
            return columns - 1;
        }
        if (header == null) {
            throw new DataException(file + " has no header, but the label is to be column '" + label + "'; leave '#" + label
                    + "' out for the last column");
        }
        int found = header.toList().stream().map(name -> name.replace("\uFEFF", "")).toList().indexOf(label);
        if (found < 0) {
            throw new DataException(file + " has no column '" + label + "', only " + String.join(", ", header.toList()));
        }
        return found;
    }

    private List<String> classes(List<CSVRecord> examples, int labelled) {
        TreeSet<String> found = new TreeSet<>();
        examples.forEach(line -> found.add(line.size() > labelled ? line.get(labelled) : ""));
        if (found.size() < 2 || found.size() > PictureFolder.MOST_CLASSES) {
            throw new DataException(file + ": column " + (labelled + 1) + ", the label, has " + found.size() + " different values, expected 2 to "
                    + PictureFolder.MOST_CLASSES + " classes; is it the right column? PATH#NAME takes another");
        }
        List<String> classes = new ArrayList<>(found);
        if (found.stream().allMatch(TableFile::isNumber)) {
            classes.sort(Comparator.comparingDouble(Double::parseDouble));
        }
        return classes;
    }

    private void require(CSVRecord line, int columns) {
        if (line.size() != columns) {
            throw new DataException(file + ": example " + line.getRecordNumber() + " has " + line.size() + " columns, expected " + columns);
        }
    }

    private float number(CSVRecord line, int column) {
        String text = line.get(column);
        if (!isNumber(text)) {
            throw new DataException(file + ": line " + line.getRecordNumber() + ", column " + (column + 1) + " is '" + text
                    + "', expected a finite number; encode texts and fill gaps before");
        }
        return Float.parseFloat(text);
    }

    private static boolean isNumber(String text) {
        try {
            return Float.isFinite(Float.parseFloat(text));
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
