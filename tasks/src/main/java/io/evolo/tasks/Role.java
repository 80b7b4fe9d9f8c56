package io.evolo.tasks;

/** What a tensor is to the width of its network: decides how muP scales it (Yang et al. 2022, Tensor Programs V, table 8). */
public enum Role {
    /** A matrix from a fixed number of inputs to a number of units that grows with the width. */
    INPUT,
    /** A matrix whose both axes grow with the width. */
    HIDDEN,
    /** A matrix from a growing number of units to a fixed number of outputs. */
    OUTPUT,
    /** A bias, a gain or any other tensor of at most one growing axis that no sum runs over. */
    VECTOR
}
