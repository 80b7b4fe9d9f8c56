package io.evolo.optimizers.learned;

import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;

/** What the learned rules do differently. */
sealed interface FusedKernel permits SmallFcKernel, Celo2Kernel, VeloKernel {

    /**
     * Writes the per-element features of elements side by side; up to the next whole group, 0.
     *
     * @param at first element in the flat parameters
     * @param count number of elements, at most BLOCK
     * @param x gets the features, BLOCK apart
     * @param across entry of the side that is the same for all elements, in the first array of factors
     * @param along entry of the first element on the other side, in the first array of factors of gradients
     * @param momenta the same in the first array of factors of momenta
     */
    void features(FusedPlan plan, OptimizerState state, Step step, int at, int count, int x, int across, int along, int momenta);

    /**
     * Does with the network's outputs what the rule does element by element.
     *
     * @param y the first output; the second is BLOCK behind
     */
    void finish(FusedPlan plan, OptimizerState state, Step step, int at, int count, int y);
}
