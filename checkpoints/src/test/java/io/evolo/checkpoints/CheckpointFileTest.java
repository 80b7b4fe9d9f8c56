package io.evolo.checkpoints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evolo.checkpoints.Sample.SampleCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFileTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void writeOne() {
        file = folder.resolve("one.ckpt");
        CheckpointFile.write(file, Sample.CODEC, Sample.of(1));
    }

    private void refused(String... fragments) {
        assertThatThrownBy(() -> CheckpointFile.read(file, Sample.CODEC))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContainingAll(fragments)
                .message()
                .doesNotContain("\n");
    }

    private void change(int at, int value) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at] = (byte) value;
        Files.write(file, bytes);
    }

    @Test
    void everyItemComesBackBitForBit() {
        Sample expected = Sample.of(1);
        Sample got = CheckpointFile.read(file, Sample.CODEC);
        // Arrays compare by bits: NaN equals NaN, 0 is not -0.
        assertThat(got.theta()).isEqualTo(expected.theta());
        assertThat(got.slots()).isDeepEqualTo(expected.slots());
        assertThat(got.objectives()).isEqualTo(expected.objectives());
        assertThat(got.shape()).isEqualTo(expected.shape());
        assertThat(got).usingRecursiveComparison().ignoringFields("theta").isEqualTo(expected);
    }

    @Test
    void equalValuesGiveEqualFilesAndNothingElseInTheFolder() throws IOException {
        Path other = folder.resolve("two.ckpt");
        CheckpointFile.write(other, Sample.CODEC, Sample.of(1));
        assertThat(other).hasSameBinaryContentAs(file);
        assertThat(Files.list(folder)).containsExactlyInAnyOrder(file, other);
    }

    /** The layout in the Javadoc, byte by byte. */
    @Test
    void theLayoutIsTheOneThatIsDocumented() throws IOException {
        CheckpointFile.write(file, new Sample.InnerCodec(), new Sample.Inner(5));
        assertThat(HexFormat.of().formatHex(Files.readAllBytes(file)))
                .startsWith("8945564f4c4f0d0a" + "01000000" + "05" + "696e6e6572" + "0800000000000000" + "01000000" + "05000000")
                .hasSize(2 * (8 + 4 + 1 + 5 + 8 + 8 + 4));
        assertThat(CheckpointFile.kind(file)).isEqualTo("inner");
    }

    @Test
    void refusesAForeignFile() throws IOException {
        Files.writeString(file, "theta: 1\nanother: 2\n");
        refused("starts with", "expected the magic");
    }

    @Test
    void refusesAnEmptyFile() throws IOException {
        Files.write(file, new byte[0]);
        refused("ends within its header");
    }

    @Test
    void refusesAMissingFileAndAFolder() {
        assertThatThrownBy(() -> CheckpointFile.read(folder.resolve("none"), Sample.CODEC))
                .isInstanceOf(CheckpointException.class).hasMessageContaining("no file");
        assertThatThrownBy(() -> CheckpointFile.read(folder, Sample.CODEC)).isInstanceOf(CheckpointException.class);
    }

    @Test
    void refusesATooNewContainer() throws IOException {
        change(8, 2);
        refused("container version 2, expected 1", "too new");
    }

    @Test
    void refusesATooNewRecord() {
        CheckpointFile.write(file, new SampleCodec("sample", 3), Sample.of(1));
        refused("version 3 of 'sample' is too new", "up to 2");
    }

    @Test
    void readsAnOlderRecord() {
        CheckpointFile.write(file, new SampleCodec("sample", 1), Sample.of(1));
        assertThat(CheckpointFile.read(file, Sample.CODEC).step()).isEqualTo(1);
    }

    @Test
    void refusesAnotherKind() {
        CheckpointFile.write(file, new SampleCodec("other", 2), Sample.of(1));
        refused("holds 'other', expected 'sample'");
        Packages.sample().write(file);
        refused("holds 'package', expected 'sample'");
    }

    @Test
    void refusesACutOrProlongedFile() throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
        refused("cut short");
        Files.write(file, Arrays.copyOf(bytes, bytes.length + 1));
        refused("more behind it");
    }

    @Test
    void refusesADamagedPayload() throws IOException {
        change(40, 0x55);
        refused("CRC32C", "damaged");
    }

    @Test
    void refusesAPayloadOfWhichTheCodecLeavesSomething() {
        record Shorter(String kind, int version) implements Codec<Sample> {
            @Override
            public void write(PayloadOutput out, Sample value) {}

            @Override
            public Sample read(PayloadInput in, int version) {
                return Sample.of(in.readLong());
            }
        }
        assertThatThrownBy(() -> CheckpointFile.read(file, new Shorter("sample", 2)))
                .isInstanceOf(CheckpointException.class).hasMessageContaining("ends at byte 12");
    }

    @Test
    void aRecordsOwnRefusalBecomesACheckpointException() {
        record Careless() implements Codec<Integer> {
            @Override
            public String kind() {
                return "inner";
            }

            @Override
            public int version() {
                return 1;
            }

            @Override
            public void write(PayloadOutput out, Integer value) {
                out.writeInt(value);
            }

            @Override
            public Integer read(PayloadInput in, int version) {
                return in.readInt();
            }
        }
        CheckpointFile.write(file, new Careless(), -1);
        assertThatThrownBy(() -> CheckpointFile.read(file, new Sample.InnerCodec()))
                .isInstanceOf(CheckpointException.class).hasMessageContainingAll(file.toString(), "value -1");
    }

    @Test
    void refusesRecordsThatNestTooDeepBothWays() {
        record Deep(int levels) implements Codec<Integer> {
            @Override
            public String kind() {
                return "deep";
            }

            @Override
            public int version() {
                return 1;
            }

            @Override
            public void write(PayloadOutput out, Integer value) {
                out.writeInt(value);
                if (value < levels) {
                    out.write(this, value + 1);
                }
            }

            @Override
            public Integer read(PayloadInput in, int version) {
                int value = in.readInt();
                return in.left() > 0 ? in.read(this) : value;
            }
        }
        CheckpointFile.write(file, new Deep(16), 1);
        assertThat(CheckpointFile.read(file, new Deep(16))).isEqualTo(16);
        assertThatThrownBy(() -> CheckpointFile.write(file, new Deep(17), 1)).isInstanceOf(CheckpointException.class);

        byte[] deep = new byte[8 * 100_000];
        for (int i = 0; i < deep.length; i += 8) {
            deep[i] = 1;
        }
        assertThatThrownBy(() -> Payload.decode(new Deep(0), deep, "x"))
                .isInstanceOf(CheckpointException.class).hasMessageContaining("depth");
    }

    @Test
    void aFullDeviceLeavesWhatWasThereAndNoTemporaryFile() throws IOException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "this system has no /dev/full");
        Files.createSymbolicLink(AtomicFile.temporary(file.toAbsolutePath()), full);
        assertThatThrownBy(() -> CheckpointFile.write(file, Sample.CODEC, Sample.of(2)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll(file.toString(), "cannot be written", "No space left");
        assertThat(CheckpointFile.read(file, Sample.CODEC).step()).isEqualTo(1);
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactly(file);
        }
    }

    @Test
    void aFolderThatCannotBeMadeIsOneClearError() {
        assertThatThrownBy(() -> CheckpointFile.write(file.resolve("below/a.ckpt"), Sample.CODEC, Sample.of(2)))
                .isInstanceOf(CheckpointException.class).hasMessageContaining("cannot be written");
    }
}
