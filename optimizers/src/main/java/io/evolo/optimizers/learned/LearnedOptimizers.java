package io.evolo.optimizers.learned;

import io.evolo.tasks.ParamLayout;

/** What all learned rules share at their doors. */
public final class LearnedOptimizers {
    private LearnedOptimizers() {}

    static void requireTheta(String rule, float[] theta, ParamLayout layout) {
        if (theta.length != layout.size()) {
            throw new IllegalArgumentException(rule + ": theta has " + theta.length + " values, expected " + layout.size() + " ("
                    + layout.tensors() + " tensors); does the number of hidden units match?");
        }
    }

    static IllegalStateException noVectorTwin(String rule) {
        return new IllegalStateException(rule + ": there is no vector twin yet; start java with -Devolo.kernels=plain");
    }
}
