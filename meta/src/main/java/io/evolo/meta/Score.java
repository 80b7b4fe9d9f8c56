package io.evolo.meta;

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
        double[] differences = new double[trials.size()];
        for (int i = 0; i < differences.length; i++) {
            differences[i] = trials.get(i).trainLoss() - other.trials.get(i).trainLoss();
        }
        return Interval.of(differences);
    }

    /** What the interval of the paired difference says. */
    public Verdict against(Score other) {
        if (diverged() > 0 || other.diverged() > 0) {
            return Verdict.ofCounts(diverged(), other.diverged());
        }
        Interval difference = lossMinus(other);
        return difference.high() < 0 ? Verdict.BETTER : difference.low() > 0 ? Verdict.WORSE : Verdict.UNDECIDED;
    }

    /** How one optimizer did against another in a cell. */
    public enum Verdict {
        BETTER,
        WORSE,
        /** The 95% interval of the paired difference holds 0, or as many runs of both diverged. */
        UNDECIDED;

        private static Verdict ofCounts(int diverged, int others) {
            return diverged < others ? BETTER : diverged > others ? WORSE : UNDECIDED;
        }
    }
}
