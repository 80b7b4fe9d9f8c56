package io.evolo.meta.evaluation;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evolo.checkpoints.AtomicFile;
import io.evolo.checkpoints.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * {@code entrants.json}: whose trials an evaluation's ledgers hold, by name. Ledgers know names only, so that without it a package that
 * was made again under its old name would be shown with the old one's trials.
 */
final class EntrantsFile {
    private static final ObjectMapper JSON = new ObjectMapper();

    private EntrantsFile() {}

    /**
     * Enters those that are not there yet, before their first trial.
     *
     * @throws CheckpointException if one has a name that stands for another optimizer there, or the file cannot be read or written
     */
    static void enter(Path file, List<Entrant> entrants) {
        try {
            SortedMap<String, SortedMap<String, String>> known =
                    Files.exists(file) ? JSON.readValue(file.toFile(), new TypeReference<>() {}) : new TreeMap<>();
            for (Entrant entrant : entrants) {
                SortedMap<String, String> before = known.putIfAbsent(entrant.name(), entrant.facts());
                if (before != null) {
                    requireSame(file, entrant, before);
                }
            }
            AtomicFile.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(known) + "\n");
        } catch (IOException e) {
            throw new CheckpointException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static void requireSame(Path file, Entrant entrant, Map<String, String> before) {
        for (String fact : entrant.facts().keySet()) {
            if (!entrant.facts().get(fact).equals(before.get(fact))) {
                throw new CheckpointException(file.getParent() + " holds trials of another '" + entrant.name() + "': its " + fact + " is "
                        + before.get(fact) + ", that of the one given is " + entrant.facts().get(fact)
                        + "; choose another directory, or give the package another name when it is made");
            }
        }
    }
}
