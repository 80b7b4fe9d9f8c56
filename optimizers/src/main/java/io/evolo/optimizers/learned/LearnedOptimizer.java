package io.evolo.optimizers.learned;

import io.evolo.optimizers.Optimizer;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Rng;
import io.evolo.tasks.kernels.Twin;
import java.util.List;

/** A rule whose meta-parameters theta are learned. Immutable and thread-safe. */
public interface LearnedOptimizer {

    /** Names and shapes of theta's tensors; theta itself is one flat {@code float[layout.size()]}. */
    ParamLayout thetaLayout();

    /** A fresh theta, before any meta-training. */
    float[] initTheta(Rng rng);

    /**
     * The rule under this theta, on the given kernels. Copies what it needs of theta. Cost: the packing of theta, microseconds.
     *
     * @throws IllegalArgumentException if theta's length is not the layout's
     */
    Optimizer bind(float[] theta, Twin twin);

    /** The kinds of features that the rule's network reads of every parameter; empty for rules that have no one network to read them. */
    default List<InputGroup> inputs() {
        return List.of();
    }

    /** The rule under this theta, on the fastest kernels that this JVM has. */
    default Optimizer bind(float[] theta) {
        return bind(theta, Twin.selected());
    }
}
