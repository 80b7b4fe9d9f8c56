package io.evolo.optimizers.dl4j;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.nd4j.shade.jackson.core.JsonGenerator;
import org.nd4j.shade.jackson.core.JsonParser;
import org.nd4j.shade.jackson.databind.DatabindContext;
import org.nd4j.shade.jackson.databind.DeserializationContext;
import org.nd4j.shade.jackson.databind.JsonDeserializer;
import org.nd4j.shade.jackson.databind.JsonSerializer;
import org.nd4j.shade.jackson.databind.SerializerProvider;

/**
 * Long values that every layer of a configuration has, written into a JSON document once: where they stand again, {@code |sha256:} and
 * the digest of the value stand for them. A package is Base64 and a list of tensors begins with a name, so neither begins with {@code |}.
 * Documents that have the value every time, as earlier releases wrote them, are read too.
 */
final class WrittenOnce {
    private static final String REFERENCE = "|sha256:";
    private static final int SHORT = 100;

    private WrittenOnce() {}

    /** The value, or what stands for it; remembered with the document. */
    private static String reduced(SerializerProvider document, String value) {
        if (value.length() < SHORT) {
            return value;
        }
        String reference = REFERENCE + digest(value);
        return seen(document).putIfAbsent(reference, value) == null ? value : reference;
    }

    private static String whole(DeserializationContext document, String text) throws IOException {
        if (!text.startsWith(REFERENCE)) {
            if (text.length() >= SHORT) {
                seen(document).put(REFERENCE + digest(text), text);
            }
            return text;
        }
        String value = seen(document).get(text);
        if (value == null) {
            throw new IOException("an updater's value '" + text + "' stands for one that should stand before it in the document, but does"
                    + " not; was a layer cut out of it? Write layers by the network's own toJson()");
        }
        return value;
    }

    /** Jackson's attributes live as long as one call that writes or reads a document. */
    private static Map<String, String> seen(DatabindContext document) {
        if (document.getAttribute(WrittenOnce.class) instanceof Seen seen) {
            return seen.values();
        }
        Seen seen = new Seen(new HashMap<>());
        document.setAttribute(WrittenOnce.class, seen);
        return seen.values();
    }

    /** By what stands for them. */
    private record Seen(Map<String, String> values) {}

    private static String digest(String value) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Of text. */
    static final class TextWriter extends JsonSerializer<String> {
        @Override
        public void serialize(String value, JsonGenerator out, SerializerProvider document) throws IOException {
            out.writeString(reduced(document, value));
        }
    }

    /** Of text. */
    static final class TextReader extends JsonDeserializer<String> {
        @Override
        public String deserialize(JsonParser in, DeserializationContext document) throws IOException {
            return whole(document, in.getText());
        }
    }

    /** Of bytes, as Base64. */
    static final class BytesWriter extends JsonSerializer<byte[]> {
        @Override
        public void serialize(byte[] value, JsonGenerator out, SerializerProvider document) throws IOException {
            out.writeString(reduced(document, Base64.getEncoder().encodeToString(value)));
        }
    }

    /** Of bytes, as Base64. */
    static final class BytesReader extends JsonDeserializer<byte[]> {
        @Override
        public byte[] deserialize(JsonParser in, DeserializationContext document) throws IOException {
            return Base64.getDecoder().decode(whole(document, in.getText()));
        }
    }
}
