package io.evolo.meta;

import io.evolo.meta.scores.Interval;
import io.evolo.meta.scores.Verdict;
import java.util.List;
import java.util.Optional;

/**
 * What one optimizer reached in one cell of a grid.
 *
 * @param contender name of the optimizer
 * @param tuned the setting that tuning chose; empty for rules that were not tuned
 * @param trials one per seed, in seed order
 */
public record Score(String contender, Optional<Baseline> tuned, List<Trial> trials) {

    public Score {
        trials = List.copyOf(trials);
    }

    /** Final training loss, nats. */
    public Interval trainLoss() {
        return Interval.of(trials.stream().mapToDouble(Trial::trainLoss).toArray());
    }

    /** In [0, 1]; diverged runs count as 0. */
    public Interval testAccuracy() {
        return Interval.of(trials.stream().mapToDouble(Trial::testAccuracy).toArray());
    }

    public int diverged() {
        return (int) trials.stream().filter(Trial::diverged).count();
    }

    /** This final training loss minus the other's, seed by seed: below 0 where this is better. */
    public Interval lossMinus(Score other) {
        return Verdict.difference(trainLosses(), other.trainLosses());
    }

    public Verdict against(Score other) {
        return Verdict.of(trainLosses(), other.trainLosses());
    }

    private double[] trainLosses() {
        return trials.stream().mapToDouble(Trial::trainLoss).toArray();
    }
}
