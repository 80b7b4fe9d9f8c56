package io.evolo.meta;

import io.evolo.meta.config.Default;
import io.evolo.tasks.data.TextSpec;

/**
 * Which text, as a recipe names it; see {@link TextSpec}.
 *
 * @param source {@code grammar}, a text file, plain or gzip-ed, or a folder that holds exactly one
 * @param unit what one token is
 * @param seed which generated language; ignored for files
 */
public record Text(@Default("grammar") String source, @Default("characters") TextSpec.Unit unit, @Default("0") long seed) {

    public Text {
        new TextSpec(source, unit, seed); // refuses what does not fit together
    }

    public TextSpec spec() {
        return new TextSpec(source, unit, seed);
    }
}
