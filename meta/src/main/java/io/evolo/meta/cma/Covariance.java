package io.evolo.meta.cma;

/** The matrix C that the search samples with, as it is known: in full, or its diagonal. Begins as the identity. */
sealed interface Covariance permits FullCovariance, DiagonalCovariance {

    /** C^½·z, a new vector; the symmetric root, so that it does not hang on the signs and the order of eigenvectors. */
    double[] shape(double[] z);

    /**
     * C ← keep·C + c₁·p·pᵀ + Σ rate_i·y_i·y_iᵀ.
     *
     * @param rates of the rows of y; may be negative
     */
    void update(double keep, double c1, double[] p, double[] rates, double[][] y);

    /** What it is made of; not a copy, and what is written there counts from {@link #restored} on. */
    double[] values();

    /** To be called when {@link #values} have been written. */
    void restored();
}
