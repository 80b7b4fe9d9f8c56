package io.evolo.tasks.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One array of NumPy's format .npy, versions 1 to 3, in C order: integers of 1 to 8 bytes and floats of 4 or 8, little-endian.
 *
 * @param type NumPy's, as {@code <f4}
 * @param shape without an axis: one value
 * @param content the values, row-major; owned
 */
record NumpyArray(String type, int[] shape, byte[] content) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final Pattern HEADER =
            Pattern.compile("\\{'descr': '([^']+)', 'fortran_order': (True|False), 'shape': \\(([0-9, ]*)\\),? *\\}\\s*");
    private static final Pattern TYPE = Pattern.compile("[<|]?([iu][1248]|f[48]|b1)");

    /** @throws DataException if it is no such array */
    static NumpyArray read(InputStream in, String where) throws IOException {
        byte[] begin = in.readNBytes(8);
        if (begin.length < 8 || !Arrays.equals(begin, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new DataException(where + " is no .npy array: it does not begin with \\x93NUMPY");
        }
        int lengthBytes = begin[6] == 1 ? 2 : 4;
        ByteBuffer length = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).put(in.readNBytes(lengthBytes)).rewind();
        int headerBytes = length.getInt();
        if (headerBytes < 0 || headerBytes > 1 << 16) {
            throw new DataException(where + " has a header of " + headerBytes + " bytes; it is damaged");
        }
        String header = new String(in.readNBytes(headerBytes), StandardCharsets.UTF_8);
        Matcher match = HEADER.matcher(header);
        if (!match.matches() || !TYPE.matcher(match.group(1)).matches() || match.group(2).equals("True")) {
            throw new DataException(where + " has the header " + header.strip() + ", expected plain integers or floats, little-endian, in C order;"
                    + " np.ascontiguousarray(x.astype('<f4')) makes them");
        }
        int[] shape = Stream.of(match.group(3).split(",")).map(String::strip).filter(axis -> !axis.isEmpty()).mapToInt(Integer::parseInt).toArray();
        String type = match.group(1);
        long bytes = Arrays.stream(shape).asLongStream().reduce(bytesOf(type), Math::multiplyExact);
        byte[] content = in.readNBytes((int) Math.min(bytes, Integer.MAX_VALUE - 8));
        if (content.length != bytes) {
            throw new DataException(where + " holds " + content.length + " bytes of values, expected " + bytes + "; it was cut short or is too large");
        }
        return new NumpyArray(type, shape, content);
    }

    private static long bytesOf(String type) {
        return type.charAt(type.length() - 1) - '0';
    }

    boolean isBytes() {
        return type.endsWith("u1");
    }

    int count() {
        return content.length / (int) bytesOf(type);
    }

    /** One value, counted row-major. */
    double value(int i) {
        ByteBuffer values = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        return switch (type.substring(type.length() - 2)) {
            case "f4" -> values.getFloat(4 * i);
            case "f8" -> values.getDouble(8 * i);
            case "i1" -> content[i];
            case "u1", "b1" -> content[i] & 0xFF;
            case "i2" -> values.getShort(2 * i);
            case "u2" -> values.getShort(2 * i) & 0xFFFF;
            case "i4" -> values.getInt(4 * i);
            case "u4" -> values.getInt(4 * i) & 0xFFFFFFFFL;
            default -> values.getLong(8 * i);
        };
    }
}
