package io.evolo.optimizers.learned.element;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A number that the network of a described rule reads. All are without unit and none changes with the scale of the loss.
 * A feature is one of an element, or the same for all elements of a tensor.
 */
public sealed interface Feature {

    /** By which recipes and packages switch it: lower case and underscores. */
    String key();

    /** Whether a rule that does not name it has it. */
    boolean standard();

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
    static List<Feature> all() {
        List<Feature> all = new ArrayList<>(Arrays.asList(ElementFeature.values()));
        all.addAll(Arrays.asList(TensorFeature.values()));
        return List.copyOf(all);
    }
}
