package io.evolo.meta.tune;

import io.evolo.meta.Trial;
import java.util.Comparator;
import java.util.List;

/**
 * A candidate with its trials on tuning seeds.
 *
 * @param trials one per seed, at least one
 */
public record Tried(Candidate candidate, List<Trial> trials) {

    public Tried {
        trials = List.copyOf(trials);
    }

    /** The best first: fewest diverged, then the least mean loss. Equal ones stay in their order. */
    static Comparator<Tried> bestFirst(Selection selection) {
        return Comparator.comparingInt(Tried::diverged).thenComparingDouble(tried -> tried.finishedLoss(selection));
    }

    public int diverged() {
        return (int) trials.stream().filter(Trial::diverged).count();
    }

    boolean divergedAlways() {
        return diverged() == trials.size();
    }

    /** Mean over the seeds, nats; infinite if one diverged. */
    public double loss(Selection selection) {
        return trials.stream().mapToDouble(selection::loss).sum() / trials.size();
    }

    /** Mean loss before the first step over the seeds, nats: what a diverged trial is worth to who would rather not have trained. */
    double initialLoss() {
        return trials.stream().mapToDouble(Trial::initialLoss).sum() / trials.size();
    }

    private double finishedLoss(Selection selection) {
        return trials.stream()
                .filter(trial -> !trial.diverged())
                .mapToDouble(selection::loss)
                .average()
                .orElse(Double.POSITIVE_INFINITY);
    }
}
