package io.evolo.meta;

/** A search without gradients that asks for the objective at one candidate after the other. Deterministic: the same values told give the same candidates. */
interface Search extends AutoCloseable {

    /** The candidate whose value is wanted; the same until it is told. Owned by the caller. */
    double[] candidate();

    /** The objective at the candidate; NaN counts as the worst. */
    void tell(double value);

    /** Candidates per generation. */
    int populationSize();

    @Override
    void close();
}
