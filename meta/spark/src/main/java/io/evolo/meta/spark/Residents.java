package io.evolo.meta.spark;

import io.evolo.meta.Particle;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The particles that live in this executor between outer steps. A step takes its partition out, so that an attempt that fails or is
 * made twice leaves nothing half done behind: what is not here is made again from the cut. Thread-safe.
 */
final class Residents {
    private final Map<Key, Residence> partitions = new ConcurrentHashMap<>();

    private record Key(String run, int partition) {}

    /** @param history of the run: restoring begins another one */
    private record Residence(int history, int step, List<Particle> particles) {}

    /** The particles of a partition, if they are here and have made so many steps; they are not here any more. */
    Optional<List<Particle>> take(String run, int partition, int history, int step) {
        // Whoever is more than a step behind has moved to another executor.
        partitions.entrySet().removeIf(entry -> entry.getKey().run.equals(run)
                && (entry.getValue().history != history || entry.getValue().step < step - 1));
        return Optional.ofNullable(partitions.remove(new Key(run, partition)))
                .filter(residence -> residence.step == step)
                .map(Residence::particles);
    }

    void put(String run, int partition, int history, int step, List<Particle> particles) {
        partitions.put(new Key(run, partition), new Residence(history, step, particles));
    }

    /** Forgets a run, where this executor lives on after it. */
    void forget(String run) {
        partitions.keySet().removeIf(key -> key.run.equals(run));
    }
}
