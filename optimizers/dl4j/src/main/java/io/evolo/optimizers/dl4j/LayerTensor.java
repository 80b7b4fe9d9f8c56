package io.evolo.optimizers.dl4j;

import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;

/**
 * A tensor of a network with where it comes from.
 *
 * @param variable as rules see it
 * @param kind of layer and tensor, for instance {@code convolution weight}
 * @param reason why it has its role
 * @param owner the layer or vertex
 * @param parameter its name there
 */
record LayerTensor(Variable variable, String kind, String reason, Trainable owner, String parameter) {

    /** Whether it never moves, though gradients may pass its layer. */
    boolean isFrozen() {
        return owner instanceof FrozenLayer || owner instanceof FrozenLayerWithBackprop;
    }
}
