package io.evolo.checkpoints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evolo.checkpoints.TensorFile.Format;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorFileTest {
    @TempDir
    Path folder;

    static TensorFile sample() {
        return TensorFile.of(
                List.of(
                        StoredTensor.of("w.0", List.of(2, 3), new float[] {1, -0f, Float.NaN, 1e-40f, 5, 6}),
                        StoredTensor.of("a \"quoted\" σ", List.of(), new float[] {7}),
                        StoredTensor.of("empty", List.of(0, 4), new float[0])),
                new TreeMap<>(Map.of("evolo.rule", "small_fc", "a", "b")));
    }

    private static int bits(StoredTensor tensor, int i) {
        return Float.floatToRawIntBits(tensor.value(i));
    }

    @Test
    void safetensorsRoundTripKeepsNamesOrderMetadataAndBits() {
        Path file = folder.resolve("x.safetensors");
        sample().write(file);
        TensorFile read = TensorFile.read(file);
        assertThat(read.format()).isEqualTo(Format.SAFETENSORS);
        assertThat(read.metadata()).isEqualTo(sample().metadata());
        assertThat(read.tensors()).extracting(StoredTensor::name).containsExactly("w.0", "a \"quoted\" σ", "empty");
        assertThat(read.tensors()).extracting(StoredTensor::shape).containsExactly(List.of(2, 3), List.of(), List.of(0, 4));
        for (int t = 0; t < 3; t++) {
            for (int i = 0; i < read.tensors().get(t).size(); i++) {
                assertThat(bits(read.tensors().get(t), i)).isEqualTo(bits(sample().tensors().get(t), i));
            }
        }
    }

    @Test
    void equalTensorsGiveEqualBytes() throws IOException {
        sample().write(folder.resolve("x"));
        TensorFile.read(folder.resolve("x")).write(folder.resolve("y"));
        assertThat(Files.readAllBytes(folder.resolve("x"))).isEqualTo(Files.readAllBytes(folder.resolve("y")));
        assertThat(Files.readAllBytes(folder.resolve("x"))[0] % 8).as("length of the header").isZero();
    }

    @Test
    void aChangedWeightIsFoundByTheDigestThatOurFilesCarry() throws IOException {
        Path file = folder.resolve("x");
        sample().write(file);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
        assertThatThrownBy(() -> TensorFile.read(file)).isInstanceOf(CheckpointException.class).hasMessageContaining("digest");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}|4|ok",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}   |4|ok",
                "{'a':{'shape':[1],'data_offsets':[0,4],'dtype':'F32'}}|4|ok",
                "{}|0|ok",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}|5|end at byte 4",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}|3|within 3",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,4]}}|4|takes 8",
                "{'a':{'dtype':'F32','shape':[-1],'data_offsets':[0,4]}}|4|holds -1",
                "{'a':{'dtype':'F32','shape':[65536,65536],'data_offsets':[0,4]}}|4|less than 2 GiB",
                "{'a':{'dtype':'F33','shape':[1],'data_offsets':[0,4]}}|4|dtype 'F33'",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4],'x':1}}|4|key 'x'",
                "{'a':{'dtype':'F32','shape':[1]}}|4|two data_offsets",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}|8|begin at 0",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'b':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}|4|begin at 4",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}|8|uplicate",
                "{'a':{'dtype':'F32','shape':[1.5],'data_offsets':[0,4]}}|4|integers",
                "{'a':{'dtype':'F32','shape':[99999999999999999999],'data_offsets':[0,4]}}|4|range of long",
                "{'a':3}|0|expected START_OBJECT",
                "{'__metadata__':{'x':3}}|0|expected VALUE_STRING",
                "{'a':{'dtype':'F32'|0|not the JSON",
                "{} x|0|goes on",
            })
    void headersOfSafetensorsAreReadStrictly(String header, int dataBytes, String message) {
        byte[] json = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(json.length).put(json).rewind();
        if (message.equals("ok")) {
            assertThat(TensorFile.decode(file).tensors()).hasSize(dataBytes / 4);
        } else {
            assertThatThrownBy(() -> TensorFile.decode(file))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(message);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "81 07 C7 11 01 93 91 01 A7 66 6C 6F 61 74 33 32 C4 04 00 00 80 3F|7",
                "81 A1 61 81 CC C8 C7 11 01 93 91 01 A7 66 6C 6F 61 74 33 32 C4 04 00 00 80 3F|a/200",
                "81 A1 61 C7 11 01 93 91 01 A7 66 6C 6F 61 74 33 32 C4 04 00 00 80 3F|a",
                "81 A1 61 81 A1 62 C7 10 03 93 90 A7 66 6C 6F 61 74 33 32 C4 04 00 00 80 3F|a/b",
                "81 A1 0A 80|control characters",
                "81 A1 61 C0|code 0xc0",
                "81 A1 61 D4 02 00|type 2",
                "81 A1 61 C7 10 01 93 91 02 A7 66 6C 6F 61 74 33 32 C4 04 00 00 80 3F|bytes",
                "81 A1 61 C7 11 01 93 91 02 A7 66 6C 6F 61 74 33 32 C4 04 00 00 80 3F|takes 8",
                "82 A1 61 80 A1 61 80|stands twice",
                "81 A1 61 80 00|ends at byte",
                "DF 7F FF FF FF A1 61 80|bytes are left",
                "DF FF FF FF FF A1 61 80|2^31",
                "81 D9 FF 61|bytes are needed",
                "81 A1 FF 80|not UTF-8",
                "81 A1 61 81 A1 61 81 A1 61 81 A1 61 81 A1 61 81 A1 61 81 A1 61 81 A1 61 81 A1 61 81 A1 61 81 A1 61 81 A1 61 81 A1 61 81 A1 61"
                        + " 81 A1 61 81 A1 61 81 A1 61 80|within each other",
                "C0|neither",
                "|neither",
            })
    void mapsOfFlaxAreReadStrictly(String hex, String expected) {
        ByteBuffer file = ByteBuffer.wrap(HexFormat.of().parseHex(hex == null ? "" : hex.replace(" ", "")));
        if (expected.matches("a|7|a/200|a/b")) {
            StoredTensor tensor = TensorFile.decode(file).tensors().getFirst();
            assertThat(tensor.name()).isEqualTo(expected);
            assertThat(tensor.value(0)).isEqualTo(1);
        } else {
            assertThatThrownBy(() -> TensorFile.decode(file))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(expected);
        }
    }

    @Test
    void aHeaderThatIsPaddedWithNulsIsRefusedByWhatIsThere() {
        byte[] json = "{}\0\0".getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + json.length).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).put(json).rewind();
        assertThatThrownBy(() -> TensorFile.decode(file)).hasMessageContaining("goes on behind its object with '\\u0000\\u0000', expected spaces");
    }

    @Test
    void narrowerNumbersAreWidenedAndWiderOnesReadOnlyWhereTheyAreExact() {
        ByteBuffer halves = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putShort((short) 0x3555).putShort((short) 0xBC00).flip();
        ByteBuffer brains = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putShort((short) 0x3EAB).putShort((short) 0xBF80).flip();
        ByteBuffer doubles = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putDouble(-0.375).putDouble(0.1).flip();
        StoredTensor wide = new StoredTensor("wide", Dtype.F64, List.of(2), doubles);

        assertThat(new StoredTensor("h", Dtype.F16, List.of(2), halves).value(0)).isEqualTo(0.333251953125f);
        assertThat(new StoredTensor("h", Dtype.F16, List.of(2), halves).value(1)).isEqualTo(-1);
        assertThat(new StoredTensor("b", Dtype.BF16, List.of(2), brains).value(0)).isEqualTo(0.333984375f);
        assertThat(new StoredTensor("b", Dtype.BF16, List.of(2), brains).value(1)).isEqualTo(-1);
        assertThat(wide.value(0)).isEqualTo(-0.375f);
        assertThatThrownBy(() -> wide.value(1)).hasMessageContaining("'wide' holds the f64 0.1 at 1, which no f32 is");
    }

    @ParameterizedTest
    @CsvSource({"80047d942e, pickle", "80027d712e00, pickle", "504b0304140000, zip"})
    void picklesAreRefusedWithTheWayOut(String hex, String what) throws IOException {
        Path file = Files.write(folder.resolve("theta.pkl"), HexFormat.of().parseHex(hex));
        assertThatThrownBy(() -> TensorFile.read(file))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("theta.pkl", what, "never read", "save_file", "to_bytes");
    }

    @Test
    void ourOwnPackagesAreRefusedWithTheWayOut() {
        Path file = folder.resolve("a.evolo");
        Packages.sample().write(file);
        assertThatThrownBy(() -> TensorFile.read(file)).isInstanceOf(CheckpointException.class).hasMessageContaining("evolo inspect");
    }

    @Test
    void whatIsNotThereOrTooLargeIsRefused() throws IOException {
        assertThatThrownBy(() -> TensorFile.read(folder.resolve("none"))).isInstanceOf(CheckpointException.class);
        assertThatThrownBy(() -> TensorFile.read(folder)).isInstanceOf(CheckpointException.class).hasMessageContaining("folder");
        Path large = folder.resolve("large");
        try (var channel = Files.newByteChannel(large, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.position(TensorFile.LARGEST_BYTES).write(ByteBuffer.wrap(new byte[1])); // a hole: no space on the device
        }
        assertThatThrownBy(() -> TensorFile.read(large)).isInstanceOf(CheckpointException.class).hasMessageContaining("at most");
    }

    @Test
    void theRealCeloIsReadWhole() {
        Path file = Path.of(System.getProperty("evolo.shared", ""), "weights/celo/celo.theta.state");
        assumeTrue(Files.exists(file), "the published weights of Celo are not there: " + file);
        TensorFile celo = TensorFile.read(file);
        assertThat(celo.format()).isEqualTo(Format.FLAX_MSGPACK);
        assertThat(celo.tensors()).hasSize(33).allMatch(tensor -> tensor.dtype() == Dtype.F32);
        assertThat(celo.tensors().stream().mapToInt(StoredTensor::size).sum()).isEqualTo(37_089);
        assertThat(celo.tensors()).extracting(StoredTensor::name).contains("ff_mod_stack/~/w0__13", "rnn_params/rnn/linear/w");
    }
}
