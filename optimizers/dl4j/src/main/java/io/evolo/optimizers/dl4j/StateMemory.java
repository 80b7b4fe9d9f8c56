package io.evolo.optimizers.dl4j;

import io.evolo.optimizers.OptimizerState;
import java.util.List;

/**
 * Optimizer states in DL4J's own updater state, where copies, averages and saved networks find them. One block of it:
 *
 * <pre>
 * 0  stamp: who wrote it last, and when; 0 in fresh memory; below 0 if the writer keeps newer accumulators to itself so far
 * 1  completed steps / 65536, rounded down
 * 2  completed steps mod 65536
 * 3  number of states
 * 4  1; in an average with fresh memory less, and place 3 by as much
 * 5… their accumulators, one behind the other, and behind them for every row of an embedding whether it has been looked up
 * </pre>
 *
 * <p>The step count is in two halves so that floats hold it exactly and averages of equal counts are exact. If the stamp is the one
 * that the reader wrote, nobody else has written since and reading can be spared.
 *
 * @param memory DL4J's
 * @param length values of the block
 */
record StateMemory(Memory memory, int length) {
    /** Values before the accumulators. */
    static final int HEADER = 5;

    private static final int HALF = 1 << 16;

    float stamp() {
        return memory.get(0);
    }

    /** The number of states, of memory that is not fresh. */
    int parts() {
        return Math.round(memory.get(3) / memory.get(4));
    }

    /**
     * Takes the states over, all at the same step.
     *
     * @param marks what is kept beside the states
     * @param states {@link #parts} of them
     * @throws IllegalStateException if the accumulators are older than the stamp says
     */
    void load(List<OptimizerState> states, List<float[]> marks) {
        if (stamp() < 0) {
            throw new IllegalStateException("this updater state was copied out of DL4J's memory past the network's updater, where it is"
                    + " older than the network; take it by network.getUpdater().getStateViewArray()");
        }
        int t = Math.round(memory.get(1)) * HALF + Math.round(memory.get(2));
        int place = HEADER;
        for (OptimizerState state : states) {
            float[][] slots = state.snapshot();
            for (float[] slot : slots) {
                requireRoom(place + slot.length);
                memory.get(place, slot, 0, slot.length);
                place += slot.length;
            }
            state.restore(t, slots);
        }
        for (float[] mark : marks) {
            requireRoom(place + mark.length);
            memory.get(place, mark, 0, mark.length);
            place += mark.length;
        }
    }

    /** Writes the states, all at the same step, under a stamp above 0. */
    void save(List<OptimizerState> states, List<float[]> marks, float stamp) {
        int place = HEADER;
        for (OptimizerState state : states) {
            for (int i = 0; i < state.slots(); i++) {
                float[] slot = state.slot(i);
                requireRoom(place + slot.length);
                memory.put(place, slot, 0, slot.length);
                place += slot.length;
            }
        }
        for (float[] mark : marks) {
            requireRoom(place + mark.length);
            memory.put(place, mark, 0, mark.length);
            place += mark.length;
        }
        mark(states, stamp);
        memory.flush();
    }

    /** Writes stamp, completed steps and number of states alone. */
    void mark(List<OptimizerState> states, float stamp) {
        int t = states.getFirst().t();
        memory.put(0, stamp);
        memory.put(1, t / HALF);
        memory.put(2, t % HALF);
        memory.put(3, states.size());
        memory.put(4, 1);
    }

    private void requireRoom(int needed) {
        if (needed > length) {
            throw new IllegalStateException("the network's updater state has " + length + " values for a block, expected at least "
                    + needed + "; was the network changed after Attach.to(network)? Call it again");
        }
    }
}
