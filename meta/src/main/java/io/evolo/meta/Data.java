package io.evolo.meta;

import io.evolo.schema.Default;
import io.evolo.tasks.data.DataSpec;
import io.evolo.tasks.data.TaskData;
import io.evolo.tasks.data.TextSpec;
import io.evolo.tasks.families.Architecture;

/**
 * Which images or which text, as a recipe names them; see {@link DataSpec} and {@link TextSpec}. What a family does not read is
 * refused where it says anything; see {@link #require}.
 *
 * @param source {@code default}, which is {@code strokes} for images and {@code grammar} for text; {@code strokes-thin}; the path of a
 *     folder of images, or of a text file or its folder
 * @param side images are resized to that height and width
 * @param grey replaces channels by their mean
 * @param standardize brings every channel to mean 0 and standard deviation 1
 * @param unit what one token of a text is
 * @param seed which drawn set or generated language, and which labels are noisy; without noise ignored for files
 * @param noise share of the labels that are trained on which are replaced by classes drawn uniformly, in [0, 1); 0 where
 *     there are none, as in text
 */
public record Data(
        @Default("default") String source,
        @Default("" + SIDE) int side,
        @Default("true") boolean grey,
        @Default("true") boolean standardize,
        @Default("characters") TextSpec.Unit unit,
        @Default("0") long seed,
        @Default("0") double noise) {
    private static final String DEFAULT = "default";
    private static final int SIDE = 8;

    public Data {
        new DataSpec(source, side, grey, standardize, seed, noise); // refuses values out of range
    }

    /**
     * Refuses values that such networks do not read.
     *
     * @throws IllegalArgumentException with the key's name
     */
    void require(Architecture.OfData architecture) {
        switch (architecture) {
            case Architecture.OfImages _ -> Checks.that(
                    unit == TextSpec.Unit.CHARACTERS, "data.unit", unit, "nothing, for images have no tokens");
            case Architecture.OfText _ -> {
                Checks.that(side == SIDE, "data.side", side, "nothing, for a text has none");
                Checks.that(grey, "data.grey", false, "nothing, for a text has no channels");
                Checks.that(standardize, "data.standardize", false, "nothing, for a text has no channels");
            }
        }
    }

    /** The images that it names. */
    public DataSpec images() {
        return new DataSpec(source.equals(DEFAULT) ? "strokes" : source, side, grey, standardize, seed, noise);
    }

    /** The text that it names. */
    public TextSpec text() {
        return new TextSpec(source.equals(DEFAULT) ? TextSpec.GRAMMAR : source, unit, seed);
    }

    /** What such networks are trained on. */
    public TaskData load(Architecture.OfData architecture) {
        return switch (architecture) {
            case Architecture.OfImages _ -> images().load();
            case Architecture.OfText _ -> text().load();
        };
    }

    /** The same preparation of other data. */
    public Data from(String otherSource) {
        return new Data(otherSource, side, grey, standardize, unit, seed, noise);
    }
}
