package io.evolo.optimizers.designed;

import io.evolo.optimizers.OptimizerState;

/** A rule that works in eigenbases which its first step finds, and which lie open so that a recorded run can put its own in their place. */
public interface Eigenbases {
    /** Where the basis of one axis of a tensor begins in the slot {@link #basesSlot()}; −1 if the axis is not rotated. */
    int basisAt(OptimizerState state, int tensor, int axis);

    /** The slot that holds the bases, each [n, n] with eigenvectors as columns. */
    int basesSlot();
}
