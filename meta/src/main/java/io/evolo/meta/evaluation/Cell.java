package io.evolo.meta.evaluation;

import io.evolo.meta.Tasks;
import io.evolo.schema.Default;
import io.evolo.tasks.Parametrization;
import java.util.Locale;

/**
 * One problem of a suite.
 *
 * @param name unique in its suite
 * @param bucket cells of one bucket are summed up together, for instance {@code 16x wider}
 * @param row where the cell stands in the suite's heat map; empty: nowhere
 * @param column the same
 * @param task what is trained; where ranges leave something open, it is drawn once from the evaluation's seed
 * @param steps inner steps, at least 1
 */
public record Cell(
        String name,
        @Default("all") String bucket,
        @Default("\"\"") String row,
        @Default("\"\"") String column,
        @Default("{}") Tasks task,
        @Default("1000") int steps) {

    public Cell {
        if (name.isBlank() || steps < 1) {
            throw new IllegalArgumentException("cell '" + name + "' of " + steps + " steps, expected a name and at least 1 step");
        }
    }

    Cell on(String source) {
        return new Cell(name, bucket, row, column, task.on(source), steps);
    }

    /** The same under another parametrization; tasks that are no networks have none. */
    Cell under(Parametrization other) {
        return new Cell(name, bucket, row, column, task.under(other), steps);
    }

    /** The name as a directory. */
    String directory() {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.]+", "-");
    }
}
