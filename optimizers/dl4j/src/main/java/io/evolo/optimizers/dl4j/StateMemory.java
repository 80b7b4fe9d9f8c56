package io.evolo.optimizers.dl4j;

import io.evolo.optimizers.OptimizerState;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * Optimizer states in DL4J's own updater state, where copies, averages and saved networks find them. One block of it:
 *
 * <pre>
 * 0  stamp: who wrote it last, and when; 0 in fresh memory
 * 1  completed steps / 65536, rounded down
 * 2  completed steps mod 65536
 * 3… the accumulators, one behind the other
 * </pre>
 *
 * <p>The step count is in two halves so that floats hold it exactly and averages of equal counts are exact. If the stamp is the one
 * that the reader wrote, nobody else has written since and reading can be spared.
 */
final class StateMemory {
    /** Values before the accumulators. */
    static final int HEADER = 3;

    private static final int HALF = 1 << 16;

    private final FloatBuffer values;
    private final int at;
    private final int length;

    StateMemory(FloatBuffer values, int at, int length) {
        this.values = values;
        this.at = at;
        this.length = length;
    }

    float stamp() {
        return values.get(at);
    }

    /** Takes the states over, all at the same step. */
    void load(List<OptimizerState> states) {
        int t = Math.round(values.get(at + 1)) * HALF + Math.round(values.get(at + 2));
        int place = HEADER;
        for (OptimizerState state : states) {
            float[][] slots = state.snapshot();
            for (float[] slot : slots) {
                requireRoom(place + slot.length);
                values.get(at + place, slot);
                place += slot.length;
            }
            state.restore(t, slots);
        }
    }

    /** Writes the states, all at the same step, under a stamp. */
    void save(List<OptimizerState> states, float stamp) {
        int t = states.getFirst().t();
        int place = HEADER;
        for (OptimizerState state : states) {
            for (int i = 0; i < state.slots(); i++) {
                float[] slot = state.slot(i);
                requireRoom(place + slot.length);
                values.put(at + place, slot);
                place += slot.length;
            }
        }
        values.put(at, stamp);
        values.put(at + 1, t / HALF);
        values.put(at + 2, t % HALF);
    }

    private void requireRoom(int needed) {
        if (needed > length) {
            throw new IllegalStateException("the network's updater state has " + length + " values for a block, expected at least "
                    + needed + "; was the network changed after Attach.to(network)? Call it again");
        }
    }
}
