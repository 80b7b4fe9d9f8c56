package io.evolo.tasks.families;

import io.evolo.tasks.Role;
import io.evolo.tasks.kernels.Activation;
import io.evolo.tasks.nn.Network;

/** Hidden layers: a side of an autoencoder. */
record Perceptron(int layers, int width, Activation activation, Norm norm) {

    /**
     * Layers {@code name1}, {@code name2} … on x.
     *
     * @param first role of the first: INPUT where x does not grow with the width, else HIDDEN
     */
    Network.Value build(Network.Builder b, String name, Network.Value x, Role first) {
        for (int layer = 1; layer <= layers; layer++) {
            x = b.affine(name + layer, x, width, layer == 1 ? first : Role.HIDDEN);
            x = b.activate(activation, norm.apply(b, name + "-norm" + layer, x));
        }
        return x;
    }
}
