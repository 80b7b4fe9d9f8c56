package io.evolo.tasks.data;

import io.evolo.tasks.Split;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipException;

/**
 * A text file, plain or gzip-ed. In its own order, the first 90% are {@link Split#TRAIN}, then 2.5% each {@link Split#INNER_VALID}
 * and {@link Split#OUTER_VALID}, the last 5% {@link Split#TEST}. Read by characters, a byte-order mark at the beginning is left out and
 * lines end with a line feed alone.
 *
 * @param path of the file
 * @param name for reports: the file's name without endings, or its folder's
 */
record TextFile(Path path, String name) {
    /** Beyond this, a text does not fit into one array beside its copies. */
    private static final int MOST_BYTES = 1 << 29;
    /** With fewer, a part could be empty. */
    private static final int FEWEST = 40;
    private static final int MOST_CHARACTERS = 1 << 16;

    /**
     * The file at that path, or the one text file ({@code .txt}, {@code .txt.gz}) in the folder there.
     *
     * @throws DataException if there is none, or several
     */
    static TextFile of(Path path) {
        if (Files.isRegularFile(path)) {
            return new TextFile(path, path.getFileName().toString().replaceFirst("\\.gz$", "").replaceFirst("\\.txt$", ""));
        }
        if (!Files.isDirectory(path)) {
            throw new DataException("no file or folder " + path.toAbsolutePath()
                    + ": expected a text file, or 'grammar' for the generated language");
        }
        List<Path> found = textFiles(path);
        if (found.size() != 1) {
            throw new DataException(path + " holds " + found.size() + " files named *.txt or *.txt.gz, expected exactly one;"
                    + " name the file itself");
        }
        return new TextFile(found.getFirst(), path.toAbsolutePath().normalize().getFileName().toString());
    }

    /** The text files of a folder, by name. */
    static List<Path> textFiles(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches(".*\\.txt(\\.gz)?")).sorted().toList();
        } catch (IOException e) {
            throw new DataException(folder + " cannot be listed: " + e.getMessage(), e);
        }
    }

    TokenData tokens(TextSpec.Unit unit) {
        byte[] bytes = read();
        return unit == TextSpec.Unit.BYTES ? ofBytes(bytes) : ofCharacters(bytes);
    }

    private byte[] read() {
        try (InputStream in = Gzip.open(path)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new DataException(path + " holds more than " + MOST_BYTES + " bytes of text; take a part of it");
            }
            return bytes;
        } catch (EOFException | ZipException e) {
            throw new DataException(path + " is damaged: its gzip stream ends too early or does not unpack; fetch it again", e);
        } catch (IOException e) {
            throw new DataException(path + " cannot be read: " + e.getMessage(), e);
        }
    }

    private TokenData ofBytes(byte[] bytes) {
        int[] ids = new int[bytes.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = bytes[i] & 0xFF;
        }
        List<String> symbols = IntStream.range(0, 256).mapToObj(i -> String.valueOf((char) i)).toList();
        return divide(name + "-bytes", symbols, ids);
    }

    private TokenData ofCharacters(byte[] bytes) {
        int[] points = withoutMarks(decode(bytes)).codePoints().toArray();
        int[] alphabet = Arrays.stream(points).distinct().sorted().toArray();
        if (alphabet.length < 2 || alphabet.length > MOST_CHARACTERS) {
            throw new DataException(path + " has " + alphabet.length + " different characters, expected 2 to " + MOST_CHARACTERS
                    + "; is it text? read it as bytes otherwise");
        }
        int[] ids = Arrays.stream(points).map(point -> Arrays.binarySearch(alphabet, point)).toArray();
        return divide(name, Arrays.stream(alphabet).mapToObj(Character::toString).toList(), ids);
    }

    /** What is no character of the text: a byte-order mark at its beginning, the carriage returns of line ends. */
    private static String withoutMarks(CharBuffer text) {
        String marked = text.toString();
        return (marked.startsWith("\uFEFF") ? marked.substring(1) : marked).replace("\r\n", "\n");
    }

    private CharBuffer decode(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        if (decoder.decode(in, out, true).isError()) {
            throw new DataException(path + " is not UTF-8: the bytes from " + in.position() + " on are no character; read it as bytes,"
                    + " or convert it");
        }
        return out.flip();
    }

    private TokenData divide(String dataName, List<String> symbols, int[] ids) {
        if (ids.length < FEWEST) {
            throw new DataException(path + " holds " + ids.length + " tokens, expected at least " + FEWEST + " to divide them");
        }
        int inner = (int) (ids.length * 900L / 1000);
        int outer = (int) (ids.length * 925L / 1000);
        int test = (int) (ids.length * 950L / 1000);
        Map<Split, int[]> parts = new EnumMap<>(Split.class);
        parts.put(Split.TRAIN, Arrays.copyOfRange(ids, 0, inner));
        parts.put(Split.INNER_VALID, Arrays.copyOfRange(ids, inner, outer));
        parts.put(Split.OUTER_VALID, Arrays.copyOfRange(ids, outer, test));
        parts.put(Split.TEST, Arrays.copyOfRange(ids, test, ids.length));
        return new TokenData(dataName, symbols, parts, OptionalDouble.empty());
    }
}
