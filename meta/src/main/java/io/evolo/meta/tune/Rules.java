package io.evolo.meta.tune;

import io.evolo.optimizers.HandDesigned;
import io.evolo.optimizers.Names;
import io.evolo.optimizers.Optimizer;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The hand-designed rules as tuning sees them: hyperparameters by name, the learning rate among them. */
final class Rules {
    private Rules() {}

    static List<String> names() {
        return HandDesigned.names();
    }

    /** @throws IllegalArgumentException if there is none of that name; the message names the nearest one */
    static void require(String name) {
        if (!names().contains(name)) {
            throw new IllegalArgumentException(Names.unknown("optimizer", name, names()));
        }
    }

    /** The reference implementation's setting. */
    static Candidate standard(String name, Annealing annealing) {
        SortedMap<String, Double> values = new TreeMap<>();
        values.put(Candidate.RATE, SearchSpaces.of(name).standardRate());
        return new Candidate(name, annealing, values);
    }

    static Optimizer optimizer(Candidate candidate) {
        return HandDesigned.named(candidate.optimizer(), candidate.annealing().of(candidate));
    }
}
