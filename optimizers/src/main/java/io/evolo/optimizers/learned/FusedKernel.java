package io.evolo.optimizers.learned;

import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;

/** What the learned rules do differently with a vector of elements. */
sealed interface FusedKernel permits SmallFcKernel, Celo2Kernel {

    /**
     * Writes the per-element features of one vector of elements, 0 for lanes from {@code count} on.
     *
     * @param at first element in the flat parameters
     * @param count number of elements, at most L
     * @param x gets one vector per feature, BLOCK apart
     * @param across entry of the side that is the same for all elements, in the first array of factors
     * @param along entry of the first element on the other side, in the first array of factors
     */
    void features(FusedPlan plan, OptimizerState state, Step step, int at, int count, int x, int across, int along);

    /**
     * Does with the network's outputs what the rule does element by element.
     *
     * @param y the first output's vector; the second's is BLOCK behind
     */
    void finish(FusedPlan plan, OptimizerState state, Step step, int at, int count, int y);
}
