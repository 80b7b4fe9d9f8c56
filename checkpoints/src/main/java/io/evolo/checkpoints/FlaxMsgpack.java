package io.evolo.checkpoints;

import io.evolo.checkpoints.TensorFile.Format;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * What {@code flax.serialization.to_bytes} writes of nested dictionaries of arrays: MessagePack maps with keys of text or integers of 0 and more, whose leaves are
 * extensions of type 1 (an array) or 3 (a NumPy scalar). The payload of both is MessagePack again: a list of the shape, the NumPy name
 * of the dtype, and the values, row-major and little-endian. A leaf's name is its keys joined by {@code /}.
 *
 * <p>Other leaves (numbers of Python, texts, nil, complex numbers) and arrays in chunks are refused: no learned optimizer's theta has
 * them. No library, because the ten kinds of item that occur are read here in bounded memory.
 */
final class FlaxMsgpack {
    private static final int MOST_NESTED = 16;
    private static final int LONGEST_TEXT_BYTES = 4096;
    private static final int ARRAY = 1;
    private static final int SCALAR = 3;
    private static final String CHUNKED = "__msgpack_chunked_array__";

    private final ByteBuffer in;
    private final List<StoredTensor> tensors = new ArrayList<>();

    private FlaxMsgpack(ByteBuffer in) {
        this.in = in;
    }

    /** @throws IllegalArgumentException for whatever is wrong */
    static TensorFile decode(ByteBuffer bytes, String sha256) {
        FlaxMsgpack file = new FlaxMsgpack(bytes.duplicate().order(ByteOrder.BIG_ENDIAN));
        if (!file.atMap()) {
            throw new IllegalArgumentException("it begins neither as safetensors (a length, then '{') nor as a MessagePack map");
        }
        file.readMap("", 0);
        if (file.in.hasRemaining()) {
            throw new IllegalArgumentException("the outermost map ends at byte " + file.in.position() + ", but the file at "
                    + file.in.limit());
        }
        return new TensorFile(Format.FLAX_MSGPACK, file.tensors, new TreeMap<>(), sha256);
    }

    private boolean atMap() {
        if (!in.hasRemaining()) {
            return false;
        }
        int code = Byte.toUnsignedInt(in.get(in.position()));
        return code >= 0x80 && code <= 0x8F || code == 0xDE || code == 0xDF;
    }

    private void readMap(String prefix, int depth) {
        if (depth == MOST_NESTED) {
            throw new IllegalArgumentException("more than " + MOST_NESTED + " maps within each other, at '" + prefix + "'");
        }
        int code = code();
        int entries = count(code, 0x80, 0x0F, 0xDE, "map", 2);
        Set<String> keys = new HashSet<>();
        for (int i = 0; i < entries; i++) {
            String key = key();
            if (!keys.add(key)) {
                throw new IllegalArgumentException("key '" + key + "' stands twice in '" + prefix + "'");
            }
            if (key.equals(CHUNKED)) {
                throw new IllegalArgumentException("'" + prefix + "' is an array in chunks, expected one in one piece");
            }
            String name = prefix.isEmpty() ? key : prefix + "/" + key;
            TensorFile.requireName(name);
            if (atMap()) {
                readMap(name, depth + 1);
            } else {
                TensorFile.add(tensors, tensor(name));
            }
        }
    }

    private StoredTensor tensor(String name) {
        int code = code();
        int length = switch (code) {
            case 0xD4, 0xD5, 0xD6, 0xD7, 0xD8 -> 1 << code - 0xD4;
            case 0xC7, 0xC8, 0xC9 -> size(code - 0xC7);
            default -> throw new IllegalArgumentException(
                    "'" + name + "' is an item of code 0x" + Integer.toHexString(code) + ", expected a map or an array");
        };
        int type = need(1).get();
        if (type != ARRAY && type != SCALAR) {
            throw new IllegalArgumentException("'" + name + "' is an extension of type " + type + ", expected an array (1) or a scalar (3)");
        }
        need(length);
        FlaxMsgpack payload = new FlaxMsgpack(in.slice(in.position(), length));
        in.position(in.position() + length);
        return payload.array(name);
    }

    private StoredTensor array(String name) {
        if (code() != 0x93) {
            throw new IllegalArgumentException("'" + name + "' is no list of shape, dtype and values");
        }
        List<Integer> shape = new ArrayList<>();
        int axes = count(code(), 0x90, 0x0F, 0xDC, "shape", 1);
        for (int i = 0; i < axes; i++) {
            shape.add(integer(name));
        }
        String dtype = text();
        int code = code();
        if (code < 0xC4 || code > 0xC6) {
            throw new IllegalArgumentException("the values of '" + name + "' have code 0x" + Integer.toHexString(code) + ", expected bytes");
        }
        int length = size(code - 0xC4);
        if (length != in.remaining()) {
            throw new IllegalArgumentException("'" + name + "' has " + length + " bytes of values, but " + in.remaining() + " are there");
        }
        Dtype known = Dtype.ofNumpy(dtype).orElseThrow(
                () -> new IllegalArgumentException("'" + name + "' has the dtype '" + dtype + "', which is not known"));
        return new StoredTensor(name, known, shape, in);
    }

    /** How many elements a list or map has: in the code, or in the 2 or 4 bytes behind it. */
    private int count(int code, int shortest, int mask, int longer, String what, int bytesEach) {
        int count;
        if ((code & ~mask) == shortest) {
            count = code & mask;
        } else if (code == longer || code == longer + 1) {
            count = size(1 + code - longer);
        } else {
            throw new IllegalArgumentException("code 0x" + Integer.toHexString(code) + ", expected a " + what);
        }
        if ((long) count * bytesEach > in.remaining()) {
            throw new IllegalArgumentException("a " + what + " of " + count + " elements, but " + in.remaining() + " bytes are left");
        }
        return count;
    }

    private int integer(String name) {
        int code = code();
        if (code <= 0x7F) {
            return code;
        }
        if (code < 0xCC || code > 0xCE) {
            throw new IllegalArgumentException("the integers of '" + name + "' hold code 0x" + Integer.toHexString(code)
                    + ", expected an integer of 0 to 2^31 - 1");
        }
        return size(code - 0xCC);
    }

    /** A text, or an integer, as maps of lists have them. */
    private String key() {
        int code = Byte.toUnsignedInt(need(1).get(in.position()));
        return code <= 0x7F || code >= 0xCC && code <= 0xCE ? Integer.toString(integer("a map")) : text();
    }

    private String text() {
        int code = code();
        int length;
        if ((code & 0xE0) == 0xA0) {
            length = code & 0x1F;
        } else if (code >= 0xD9 && code <= 0xDB) {
            length = size(code - 0xD9);
        } else {
            throw new IllegalArgumentException("code 0x" + Integer.toHexString(code) + " at byte " + (in.position() - 1)
                    + ", expected a text");
        }
        if (length > LONGEST_TEXT_BYTES) {
            throw new IllegalArgumentException("a text of " + length + " bytes, expected at most " + LONGEST_TEXT_BYTES);
        }
        need(length);
        ByteBuffer utf8 = in.slice(in.position(), length);
        in.position(in.position() + length);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("a text of " + length + " bytes is not UTF-8", e);
        }
    }

    /** An unsigned number of 1, 2 or 4 bytes. */
    private int size(int log2Bytes) {
        int bytes = 1 << log2Bytes;
        need(bytes);
        int size = switch (bytes) {
            case 1 -> Byte.toUnsignedInt(in.get());
            case 2 -> Short.toUnsignedInt(in.getShort());
            default -> in.getInt();
        };
        if (size < 0) {
            throw new IllegalArgumentException("a size of 2^31 or more at byte " + (in.position() - bytes));
        }
        return size;
    }

    private int code() {
        return Byte.toUnsignedInt(need(1).get());
    }

    private ByteBuffer need(int bytes) {
        if (bytes > in.remaining()) {
            throw new IllegalArgumentException("it ends where " + bytes + " more bytes are needed, at byte " + in.position());
        }
        return in;
    }
}
