package io.evolo.optimizers.learned;

import io.evolo.optimizers.OptimizerState;
import io.evolo.tasks.kernels.Team;
import java.util.Arrays;

/**
 * Where the threads of a {@link Team} work when they share out a slice: each in a scratch array of its own, laid out by the same plan,
 * the first in the state's. What they read of the state's scratch beside elements they copy first, some 100 kB for 1,000 units.
 */
final class FusedShares {
    /** Elements that are worth sharing out: some 100 µs of the cheapest rule. */
    private static final int WORTH_SHARING = 16_384;

    private OptimizerState whole;
    private OptimizerState[] states = {};
    /** Sums of squares of every chunk [chunks, features]. */
    private float[] sums = {};

    /** How many threads a slice is shared out among. */
    static int threads(FusedTensor.Slice slice) {
        return slice.kept() > 0 ? 1 : threads(slice.size());
    }

    /** How many threads so many elements are shared out among. */
    static int threads(int elements) {
        return elements < WORTH_SHARING ? 1 : Team.size();
    }

    /** Room for as many threads and sums; every thread's state has this one's accumulators and clock. */
    void reserve(OptimizerState state, int threads, int values) {
        if (whole != state || states.length != threads) {
            whole = state;
            states = new OptimizerState[threads];
            Arrays.setAll(states, part -> part == 0 ? state : state.withMoreScratch(0));
        }
        if (sums.length < values) {
            sums = new float[values];
        }
    }

    OptimizerState state(int part) {
        return states[part];
    }

    float[] sums() {
        return sums;
    }

    /** Copies values of the state's scratch to a part's. */
    void copy(int part, int from, int to) {
        if (part > 0) {
            System.arraycopy(whole.scratch(), from, states[part].scratch(), from, to - from);
        }
    }

    /** Copies values of a part's scratch to the state's. */
    void copyBack(int part, int from, int to) {
        if (part > 0) {
            System.arraycopy(states[part].scratch(), from, whole.scratch(), from, to - from);
        }
    }
}
