package io.evolo.optimizers.learned;

import io.evolo.optimizers.Schedule;

/**
 * What {@link Velo}, {@link Celo} and {@link CeloAdam} are made of: a recurrent network that looks at whole tensors, and a network for
 * one parameter.
 *
 * @param places theta's parts
 * @param scheduled whether the recurrent network takes part; otherwise all multipliers are 1
 * @param tensorFeatures whether it is told of each tensor by itself, and so has a state for each; otherwise of time and loss alone
 * @param exponential whether a tensor's multiplier is {@code headFactor}·exp(output), or {@code headFactor}·output
 * @param headFactor see {@code exponential}
 * @param blend the network of a tensor is blend · mean over k of control_k · network_k; 0: the only network as it is
 * @param expMult factor on mag
 * @param stepMult factor on the step
 * @param byParameterScale whether the step is multiplied by √(mean p² + 1e-9) of its tensor
 * @param decays of the accumulators
 * @param ties which of two equal axes is d0
 * @param rate multiplies the step
 * @param weightDecay decoupled decay per unit of rate, after the step
 */
record HyperRule(
        RecurrentTheta places,
        boolean scheduled,
        boolean tensorFeatures,
        boolean exponential,
        double headFactor,
        double blend,
        double expMult,
        double stepMult,
        boolean byParameterScale,
        BaseDecays decays,
        FactoredTensor.Ties ties,
        Schedule rate,
        double weightDecay) {

    /** Bound of the gradient's elements. */
    static final float LIMIT = 1000;

    /** How many tensors the recurrent network tells apart. */
    int rows(int tensors) {
        return tensorFeatures ? tensors : 1;
    }

    boolean mixes() {
        return scheduled && blend != 0;
    }
}
