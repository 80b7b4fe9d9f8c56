package io.evolo.tasks.data;

import java.nio.file.Path;
import java.util.Locale;

/**
 * Which text, and what its tokens are: what a recipe names. Loading it twice gives equal data.
 *
 * @param source {@code grammar} (made on the spot, see {@link GeneratedLanguage}), else the path of a text file, plain or gzip-ed, or
 *     of a folder that holds exactly one
 * @param unit what one token is
 * @param seed which generated language; ignored for files
 */
public record TextSpec(String source, Unit unit, long seed) {
    /** The source that needs no file. */
    public static final String GRAMMAR = "grammar";

    /** What one token is. */
    public enum Unit {
        /** One of the different Unicode characters of the text, in ascending order; the file must be UTF-8. */
        CHARACTERS,
        /** A byte, whatever it means; the vocabulary is 256. */
        BYTES,
        /** A word, or the full stop behind a sentence; of the generated language only. */
        WORDS
    }

    public TextSpec {
        if (source.isBlank()) {
            throw new IllegalArgumentException("text source is blank, expected '" + GRAMMAR + "' or the path of a text file");
        }
        if (unit == Unit.WORDS && !source.equals(GRAMMAR)) {
            throw new IllegalArgumentException(
                    "unit is words for " + source + ", but a file is read as characters or bytes; only 'grammar' has words");
        }
    }

    /** The generated language of seed 0, character by character. */
    public static TextSpec grammar() {
        return new TextSpec(GRAMMAR, Unit.CHARACTERS, 0);
    }

    /** The characters of a file, or of the one text file in a folder. */
    public static TextSpec characters(Path path) {
        return new TextSpec(path.toString(), Unit.CHARACTERS, 0);
    }

    /**
     * Makes or reads the text. Its name says the source, as {@code grammar} or {@code tinyshakespeare}, then what is not the default:
     * {@code -bytes}, {@code -words}, {@code -seed5}.
     *
     * @throws DataException if the file is missing, damaged, too short, or not UTF-8 where characters are wanted
     */
    public TokenData load() {
        if (!source.equals(GRAMMAR)) {
            return TextFile.of(Path.of(source)).tokens(unit);
        }
        String name = GRAMMAR + (unit == Unit.CHARACTERS ? "" : "-" + unit.name().toLowerCase(Locale.ROOT));
        return new GeneratedLanguage(seed).draw(seed == 0 ? name : name + "-seed" + seed, unit);
    }
}
