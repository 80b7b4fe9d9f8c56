package io.evolo.tasks.families;

import io.evolo.tasks.Role;
import io.evolo.tasks.nn.Network;
import io.evolo.tasks.nn.Op;

/** What stands between a hidden layer's product and its activation. */
public enum Norm {
    NONE(""),
    /** Over the units of each example, or the channels of each pixel. */
    LAYER("-ln"),
    /** Over the examples of the batch, and the pixels of an image. */
    BATCH("-bn");

    private final String suffix;

    Norm(String suffix) {
        this.suffix = suffix;
    }

    /** For task names. */
    String suffix() {
        return suffix;
    }

    /** Normalises x by tensors of that name. */
    Network.Value apply(Network.Builder b, String name, Network.Value x) {
        return switch (this) {
            case NONE -> x;
            case LAYER -> b.layerNorm(name, x);
            case BATCH -> b.batchNorm(name, x);
        };
    }

    /** A convolution and its normalisation: layers {@code name} and {@code name-norm}. Batch norm takes a bias out, so none is put in. */
    Network.Value convolution(Network.Builder b, String name, Network.Value x, Op.Kernel kernel, Role role) {
        Network.Value y = this == BATCH ? b.bareConvolution(name, x, kernel, role) : b.convolution(name, x, kernel, role);
        return apply(b, name + "-norm", y);
    }
}
