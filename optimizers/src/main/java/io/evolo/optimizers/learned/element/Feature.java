package io.evolo.optimizers.learned.element;

import java.util.List;

/**
 * A number that the network of a described rule reads. All are without unit and none changes with the scale of the loss.
 * A feature is one of an element, or the same for all elements of a tensor. One of a jar of one's own implements one of these two; it
 * must be immutable and thread-safe, and equal to no other.
 */
public sealed interface Feature {

    /** By which recipes and packages switch it: lower case and underscores. */
    String key();

    /**
     * Whether a rule that does not name it has it. That is for the platform's: those of jars are off unless named, so that what a rule is
     * does not depend on which jars are there.
     */
    default boolean standard() {
        return false;
    }

    /** A feature that every element has its own of. Both readings give the same bits. */
    non-sealed interface OfElement extends Feature {

        /** By formula, from one element's values of the columns that {@link Block} names. */
        float of(float step, float fresh, float share, float row, float column);

        /** The same for a whole block: reads its columns and writes the one that begins at {@code out}. */
        void column(float[] block, int out);
    }

    /** A feature that all elements of a tensor share, and that is worked out once a step. */
    non-sealed interface OfTensor extends Feature {
        float of(TensorFacts facts);
    }

    /** Those that come with the platform, in the order in which networks read them. */
    static List<Feature> platform() {
        return KnownFeatures.with(List.of());
    }

    /**
     * Those that come with the platform, in the order in which networks read them, and behind them those of other jars on the class path
     * by their keys: what a provider of this interface is to {@link java.util.ServiceLoader}.
     *
     * @throws IllegalArgumentException if two have one key, or a jar's cannot be loaded or has a key that is none
     */
    static List<Feature> all() {
        return KnownFeatures.ALL.get();
    }
}
