package io.evolo.tasks.families;

import io.evolo.tasks.nn.Network;
import io.evolo.tasks.nn.Target;

/** What a classifier's outputs are judged by. */
public enum Loss {
    /** Cross-entropy of their softmax with the label, in nats. */
    CROSS_ENTROPY(""),
    /** Squared distance from 1 at the label and 0 elsewhere. */
    SQUARED_ERROR("-mse");

    private final String suffix;

    Loss(String suffix) {
        this.suffix = suffix;
    }

    /** For task names. */
    String suffix() {
        return suffix;
    }

    Network end(Network.Builder b, Network.Value outputs) {
        return switch (this) {
            case CROSS_ENTROPY -> b.crossEntropy(outputs);
            case SQUARED_ERROR -> b.squaredError(outputs, Target.ONE_HOT);
        };
    }

    /** What the loss tells apart, for {@link Drawn#classes}. */
    int classes(int classes) {
        return this == CROSS_ENTROPY ? classes : 0;
    }
}
