package io.evolo.tasks.families;

import io.evolo.tasks.nn.Network;

/** What stands between a hidden layer's product and its activation. */
public enum Norm {
    NONE(""),
    LAYER("-ln");

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
        };
    }
}
