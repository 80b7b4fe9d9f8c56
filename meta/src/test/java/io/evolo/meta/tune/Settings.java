package io.evolo.meta.tune;

import io.evolo.meta.Trial;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** Candidates and trials as tests need them. */
final class Settings {
    private Settings() {}

    static Candidate adam(double rate) {
        return new Candidate("adam", Annealing.CONSTANT, new TreeMap<>(Map.of("rate", rate, "beta1", 0.9)));
    }

    static Trial trial(double loss) {
        boolean diverged = !Double.isFinite(loss);
        return new Trial(loss, loss, loss, diverged ? 0 : 0.5, 2.3, diverged ? "loss inf" : "", 10, 0.25, 0.125, 80, loss);
    }

    /** With losses that a function of the candidate gives, on one seed. */
    static List<Tried> tried(List<Candidate> candidates, ToDoubleFunction<Candidate> loss) {
        return candidates.stream()
                .map(candidate -> new Tried(candidate, List.of(trial(loss.applyAsDouble(candidate)))))
                .toList();
    }

    /** In the order that an exploration gets them in. */
    static List<Tried> bestFirst(List<Tried> tried) {
        return tried.stream().sorted(Tried.bestFirst(Selection.VALID)).toList();
    }
}
