package io.evolo.optimizers.learned.element;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * How elements lie in a block: {@value #SIZE} of them in columns, one behind the other; the first columns are what features are made of,
 * the same for a block of all rules.
 */
public final class Block {
    /** Elements of a block; what is behind the last one holds numbers of no meaning. */
    public static final int SIZE = 64;

    /** Where the column of m̂/(√v̂ + ε) begins. */
    public static final int STEP = 0;

    /** Where that of g/(√v̂ + ε) begins. */
    public static final int FRESH = SIZE;

    /** ¼·ln(v̂ + 1e-12 of the mean of v̂): which share of the tensor's mean square the element has. */
    public static final int SHARE = 2 * SIZE;

    /** The same of the mean over its row; 0 where a tensor has fewer than two axes. */
    public static final int ROW = 3 * SIZE;

    /** The same of the mean over its column, along the last axis; 0 where a tensor has fewer than two axes. */
    public static final int COLUMN = 4 * SIZE;

    /** Values of these columns. */
    static final int END = 5 * SIZE;

    static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;

    static final int L = S.length();

    private Block() {}
}
