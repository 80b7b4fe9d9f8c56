package io.evolo.meta;

import io.evolo.meta.config.Default;
import io.evolo.tasks.data.DataSpec;

/**
 * Which images, as a recipe names them; see {@link DataSpec}.
 *
 * @param source {@code strokes}, {@code strokes-thin}, or a folder with MNIST's four IDX files, plain or gzip-ed
 * @param side images are resized to that height and width
 * @param grey replaces channels by their mean
 * @param standardize brings every channel to mean 0 and standard deviation 1
 * @param seed which drawn set; ignored for folders
 */
public record Data(
        @Default("strokes") String source,
        @Default("8") int side,
        @Default("true") boolean grey,
        @Default("true") boolean standardize,
        @Default("0") long seed) {

    public Data {
        new DataSpec(source, side, grey, standardize, seed); // refuses values out of range
    }

    public DataSpec spec() {
        return new DataSpec(source, side, grey, standardize, seed);
    }

    /** The same preparation of other images. */
    public Data from(String otherSource) {
        return new Data(otherSource, side, grey, standardize, seed);
    }
}
