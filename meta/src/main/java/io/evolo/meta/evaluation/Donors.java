package io.evolo.meta.evaluation;

import io.evolo.checkpoints.CheckpointException;
import io.evolo.meta.tune.Ledger;
import io.evolo.meta.tune.TuningRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Ledgers of tuning runs that give their trials to the cells of an evaluation that are of the very same task. */
final class Donors {
    private final Map<Path, Ledger.Contents> ledgers = new LinkedHashMap<>();
    private final Map<Path, Integer> taken = new LinkedHashMap<>();
    private final List<String> unreadable = new ArrayList<>();

    private Donors() {}

    /** @param files ledgers or run directories that hold one; those that cannot be read are remembered as such */
    static Donors read(List<Path> files) {
        Donors donors = new Donors();
        for (Path file : files) {
            try {
                donors.ledgers.put(file, Ledger.read(Files.isDirectory(file) ? file.resolve(Ledger.NAME) : file));
                donors.taken.put(file, 0);
            } catch (CheckpointException e) {
                donors.unreadable.add("ledger " + e.getMessage());
            }
        }
        return donors;
    }

    void give(TuningRun cell) {
        ledgers.forEach((file, contents) -> taken.merge(file, cell.adopt(contents), Integer::sum));
    }

    /** What is to be said of ledgers that gave nothing, or not all. */
    List<String> objections() {
        List<String> lines = new ArrayList<>(unreadable);
        taken.forEach((file, trials) -> {
            if (trials == 0) {
                lines.add("ledger " + file + " is of a task that no cell has: " + ledgers.get(file).task().facts());
            }
        });
        ledgers.forEach((file, contents) -> contents.skipped().forEach(line -> lines.add("ledger " + line)));
        return lines;
    }
}
