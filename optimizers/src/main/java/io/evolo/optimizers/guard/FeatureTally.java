package io.evolo.optimizers.guard;

import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Statistics of {@link TensorFeatures} as they are gathered: per feature count, sum, sum of squares, least and largest. Not
 * thread-safe: every particle has its own, and they are merged in the order of particles, so that the sums do not depend on threads.
 */
public final class FeatureTally {
    private static final int COUNT = 0;
    private static final int SUM = 1;
    private static final int SQUARES = 2;
    private static final int MIN = 3;
    private static final int MAX = 4;
    private static final int WIDTH = 5;

    private double[] rows = {}; // WIDTH numbers per feature; grows to the features that are seen
    private double[] measured = {};

    /** Takes in what a rule is about to see of all tensors. */
    public void observe(OptimizerState state, Step step) {
        int features = TensorFeatures.count(state.slots());
        require(features);
        for (int tensor = 0; tensor < state.layout().tensors(); tensor++) {
            TensorFeatures.measure(state, step, tensor, measured);
            for (int i = 0; i < features; i++) {
                if (!Double.isNaN(measured[i])) {
                    add(i * WIDTH, 1, measured[i], measured[i] * measured[i], measured[i], measured[i]);
                }
            }
        }
    }

    /** Takes in what another has gathered. */
    public void merge(FeatureTally other) {
        require(other.rows.length / WIDTH);
        for (int at = 0; at < other.rows.length; at += WIDTH) {
            if (other.rows[at] > 0) {
                add(at, other.rows[at], other.rows[at + SUM], other.rows[at + SQUARES], other.rows[at + MIN], other.rows[at + MAX]);
            }
        }
    }

    private void require(int features) {
        if (features * WIDTH > rows.length) {
            rows = Arrays.copyOf(rows, features * WIDTH);
            measured = new double[features];
        }
    }

    private void add(int at, double count, double sum, double squares, double min, double max) {
        boolean first = rows[at] == 0;
        rows[at + COUNT] += count;
        rows[at + SUM] += sum;
        rows[at + SQUARES] += squares;
        rows[at + MIN] = first ? min : Math.min(rows[at + MIN], min);
        rows[at + MAX] = first ? max : Math.max(rows[at + MAX], max);
    }

    /** All of it, for a checkpoint; a copy. */
    public double[] snapshot() {
        return rows.clone();
    }

    /**
     * A tally that was saved.
     *
     * @throws IllegalArgumentException if these are not the numbers of whole features
     */
    public static FeatureTally of(double[] saved) {
        if (saved.length % WIDTH != 0) {
            throw new IllegalArgumentException("saved feature statistics are " + saved.length + " numbers, expected a multiple of " + WIDTH);
        }
        FeatureTally tally = new FeatureTally();
        tally.require(saved.length / WIDTH);
        System.arraycopy(saved, 0, tally.rows, 0, saved.length);
        return tally;
    }

    /** As a package keeps them: by feature, those that were never seen left out. */
    public Map<String, float[]> statistics() {
        Map<String, float[]> statistics = new TreeMap<>();
        List<String> names = TensorFeatures.names(rows.length / WIDTH);
        for (int at = 0; at < rows.length; at += WIDTH) {
            double count = rows[at];
            if (count > 0) {
                double mean = Math.max(rows[at + MIN], Math.min(rows[at + MAX], rows[at + SUM] / count));
                double variance = Math.max(0, rows[at + SQUARES] / count - mean * mean);
                FeatureRange range = new FeatureRange(count, mean, Math.sqrt(variance), rows[at + MIN], rows[at + MAX]);
                statistics.put(names.get(at / WIDTH), range.toArray());
            }
        }
        return statistics;
    }
}
