package io.evolo.checkpoints;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.evolo.checkpoints.TensorFile.Format;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The safetensors format, strictly. A file is:
 *
 * <pre>
 * byte   length
 * 0      8       n, length of the header, little-endian; here at most 1 MiB
 * 8      n       header: a JSON object, then spaces
 * 8+n    rest    the tensors' bytes
 * </pre>
 *
 * <p>The header has a key per tensor with {@code {"dtype": "F32", "shape": [32, 39], "data_offsets": [begin, end]}}, offsets counted
 * from the end of the header, and may have {@code __metadata__}, an object of texts. Refused: a name or key that stands twice, a key
 * that is not known, tensors that overlap, leave a gap, or do not end where the file ends, a size that is not the shape's.
 *
 * <p>Written: metadata first, in the order of its keys, then the tensors in theirs; the header is padded to a multiple of 8. The format
 * has no checksum, so a changed weight would go unnoticed; therefore the metadata gets a key {@code evolo.sha256}, the SHA-256 of what
 * would be written without that key. Where a file has the key, it is
 * checked; a file that has other keys that begin with {@code evolo.} must have it.
 */
final class Safetensors {
    private static final int LARGEST_HEADER_BYTES = 1 << 20;
    private static final String METADATA = "__metadata__";

    /** How the keys of the metadata begin that only files written here have. */
    private static final String OURS = "evolo.";

    /** Key of the metadata under which the files that are written here have a digest of everything else in them. */
    private static final String DIGEST = OURS + "sha256";

    /** Names in a file are neither interned nor kept from file to file: there may be many. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private final ByteBuffer data;
    private final List<Entry> entries = new ArrayList<>();
    private final SortedMap<String, String> metadata = new TreeMap<>();

    /** What the header says of a tensor. */
    private record Entry(String name, Dtype dtype, List<Integer> shape, long begin, long end) {}

    private Safetensors(ByteBuffer data) {
        this.data = data;
    }

    /** Whether the bytes begin as such a file does: a length that may be, and an object. A length of 1152 begins like a pickle. */
    static boolean looksLike(ByteBuffer bytes) {
        ByteBuffer in = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        return in.remaining() > Long.BYTES && in.getLong() >>> 32 == 0 && in.get() == '{';
    }

    /** @throws IllegalArgumentException for whatever is wrong */
    static TensorFile decode(ByteBuffer bytes, String sha256) {
        ByteBuffer in = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        long length = in.getLong();
        if (length < 2 || length > Math.min(in.remaining(), LARGEST_HEADER_BYTES)) {
            throw new IllegalArgumentException("the header says that it has " + length + " bytes, expected 2 to "
                    + Math.min(in.remaining(), LARGEST_HEADER_BYTES));
        }
        ByteBuffer header = in.slice(in.position(), (int) length);
        int begin = in.position() + (int) length;
        Safetensors file = new Safetensors(in.slice(begin, in.limit() - begin));
        file.readHeader(text(header));
        boolean ours = file.metadata.keySet().stream().anyMatch(key -> key.startsWith(OURS));
        String digest = file.metadata.getOrDefault(DIGEST, "missing");
        file.metadata.remove(DIGEST);
        TensorFile decoded = new TensorFile(Format.SAFETENSORS, file.tensors(), file.metadata, sha256);
        if (ours && !digest.equals(digest(decoded))) {
            throw new IllegalArgumentException("its digest is " + digest + ", but that of what it holds is " + digest(decoded)
                    + ": it was changed since it was exported");
        }
        return decoded;
    }

    private static String text(ByteBuffer utf8) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the header is not UTF-8", e);
        }
    }

    private void readHeader(String text) {
        try (JsonParser json = JSON.createParser(text)) {
            expect(json, JsonToken.START_OBJECT, "the header");
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                TensorFile.requireName(name);
                if (name.equals(METADATA)) {
                    readMetadata(json);
                } else {
                    entries.add(readEntry(json, name));
                }
            }
            long end = json.currentLocation().getCharOffset();
            if (!text.substring((int) end).chars().allMatch(c -> c == ' ')) {
                throw new IllegalArgumentException("the header goes on behind its object with '"
                        + text.substring((int) end).strip().codePoints().limit(8).mapToObj(c -> c < ' ' ? "\\u%04x".formatted(c) : Character.toString(c))
                                .collect(Collectors.joining())
                        + "', expected spaces, as the format has it");
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the header is not the JSON that it should be: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from a text failed", e);
        }
    }

    private void readMetadata(JsonParser json) throws IOException {
        expect(json, JsonToken.START_OBJECT, METADATA);
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            expect(json, JsonToken.VALUE_STRING, METADATA + "." + key);
            metadata.put(key, json.getText());
        }
    }

    private static Entry readEntry(JsonParser json, String name) throws IOException {
        String dtype = "";
        List<Long> shape = List.of();
        List<Long> offsets = List.of();
        int keys = 0;
        expect(json, JsonToken.START_OBJECT, "tensor '" + name + "'");
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            keys++;
            switch (key) {
                case "dtype" -> {
                    expect(json, JsonToken.VALUE_STRING, "the dtype of '" + name + "'");
                    dtype = json.getText();
                }
                case "shape" -> shape = numbers(json, "the shape of '" + name + "'");
                case "data_offsets" -> offsets = numbers(json, "the offsets of '" + name + "'");
                default -> throw new IllegalArgumentException(
                        "tensor '" + name + "' has a key '" + key + "', expected dtype, shape and data_offsets");
            }
        }
        if (keys != 3 || offsets.size() != 2) {
            throw new IllegalArgumentException("tensor '" + name + "' has " + keys + " keys and " + offsets.size()
                    + " offsets, expected dtype, shape and two data_offsets");
        }
        String unknown = dtype;
        return new Entry(
                name,
                Dtype.ofSafetensors(dtype).orElseThrow(() ->
                        new IllegalArgumentException("tensor '" + name + "' has the dtype '" + unknown + "', which is not known")),
                shape.stream().map(Math::toIntExact).toList(),
                offsets.getFirst(),
                offsets.getLast());
    }

    private static List<Long> numbers(JsonParser json, String what) throws IOException {
        expect(json, JsonToken.START_ARRAY, what);
        List<Long> numbers = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() != JsonToken.VALUE_NUMBER_INT || numbers.size() > 64) {
                throw new IllegalArgumentException(what + " is no list of at most 64 integers");
            }
            numbers.add(json.getLongValue());
            if (numbers.getLast() < 0 || numbers.getLast() > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(what + " holds " + numbers.getLast() + ", expected 0 to 2^31 - 1");
            }
        }
        return numbers;
    }

    private static void expect(JsonParser json, JsonToken token, String what) throws IOException {
        if (json.nextToken() != token) {
            throw new IllegalArgumentException(what + " is " + json.currentToken() + ", expected " + token);
        }
    }

    private List<StoredTensor> tensors() {
        List<Entry> inFile = new ArrayList<>(entries);
        inFile.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long at = 0;
        for (Entry entry : inFile) {
            if (entry.begin() != at || entry.end() < at || entry.end() > data.limit()) {
                throw new IllegalArgumentException("tensor '" + entry.name() + "' lies at [" + entry.begin() + ", " + entry.end()
                        + "), expected it to begin at " + at + " and to end within " + data.limit());
            }
            at = entry.end();
        }
        if (at != data.limit()) {
            throw new IllegalArgumentException("the tensors end at byte " + at + ", but the data at " + data.limit());
        }
        List<StoredTensor> tensors = new ArrayList<>();
        for (Entry entry : entries) {
            ByteBuffer slice = data.slice((int) entry.begin(), (int) (entry.end() - entry.begin()));
            TensorFile.add(tensors, new StoredTensor(entry.name(), entry.dtype(), entry.shape(), slice));
        }
        return tensors;
    }

    /** The parts of a file, one behind the other, with its digest. */
    static ByteBuffer[] encode(TensorFile file) {
        SortedMap<String, String> metadata = new TreeMap<>(file.metadata());
        metadata.put(DIGEST, digest(file));
        return parts(TensorFile.of(file.tensors(), metadata));
    }

    private static String digest(TensorFile file) {
        return HexFormat.of().formatHex(Digest.SHA256.of(parts(file)));
    }

    private static ByteBuffer[] parts(TensorFile file) {
        byte[] header = header(file);
        int padded = header.length + 7 & ~7;
        ByteBuffer first = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
        first.putLong(padded).put(header);
        while (first.hasRemaining()) {
            first.put((byte) ' ');
        }
        List<ByteBuffer> parts = new ArrayList<>(List.of(first.flip()));
        file.tensors().forEach(tensor -> parts.add(tensor.data().duplicate()));
        return parts.toArray(ByteBuffer[]::new);
    }

    private static byte[] header(TensorFile file) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            if (!file.metadata().isEmpty()) {
                json.writeObjectFieldStart(METADATA);
                for (Map.Entry<String, String> entry : file.metadata().entrySet()) {
                    json.writeStringField(entry.getKey(), entry.getValue());
                }
                json.writeEndObject();
            }
            long at = 0;
            for (StoredTensor tensor : file.tensors()) {
                json.writeObjectFieldStart(tensor.name());
                json.writeStringField("dtype", tensor.dtype().name());
                json.writeArrayFieldStart("shape");
                for (int axis : tensor.shape()) {
                    json.writeNumber(axis);
                }
                json.writeEndArray();
                json.writeArrayFieldStart("data_offsets");
                json.writeNumber(at);
                json.writeNumber(at += tensor.data().limit());
                json.writeEndArray();
                json.writeEndObject();
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }
}
