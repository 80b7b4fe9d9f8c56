package io.evolo.tasks.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdxFileTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("images");
    }

    private void refused(byte[] content, String... fragments) throws IOException {
        Files.write(file, content);
        assertThatThrownBy(() -> IdxFile.images(file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContainingAll(fragments)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void plainAndZippedFilesReadTheSameUnderAnyName() throws IOException {
        Files.write(file, IdxWriter.images(3));
        IdxFile plain = IdxFile.images(file);
        Files.write(file, IdxWriter.gzip(IdxWriter.images(3)));
        IdxFile zipped = IdxFile.images(file);
        assertThat(plain.axes()).isEqualTo(zipped.axes()).containsExactly(3, 2, 2);
        assertThat(plain.values()).isEqualTo(zipped.values()).containsExactly(0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23);
    }

    @Test
    void readsFourAxesAsColourImages() throws IOException {
        Files.write(file, IdxWriter.idx(0x804, new int[] {1, 1, 1, 3}, (byte) 1, (byte) 2, (byte) 3));
        assertThat(IdxFile.images(file).axes()).containsExactly(1, 1, 1, 3);
    }

    @Test
    void refusesAMissingFile() {
        assertThatThrownBy(() -> IdxFile.images(file)).isInstanceOf(DataException.class).hasMessageContaining("no file " + file);
    }

    @Test
    void refusesAnotherMagic() throws IOException {
        refused(IdxWriter.labels(1, 2), "0x00000801", "expected IDX images");
        refused(new byte[100], "0x00000000");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 9, 15, 16, 27})
    void refusesAPlainFileCutShort(int length) throws IOException {
        refused(Arrays.copyOf(IdxWriter.images(3), length), "cut short");
    }

    @Test
    void refusesAZippedFileCutShortAnywhere() throws IOException {
        byte[] whole = IdxWriter.gzip(IdxWriter.images(3));
        for (int length = 0; length < whole.length; length++) {
            refused(Arrays.copyOf(whole, length), "fetch it again");
        }
    }

    @Test
    void refusesAHeaderThatPromisesLess() throws IOException {
        byte[] lying = IdxWriter.images(3);
        lying[7] = 2;
        refused(lying, "holds more", "expected 8", "[2, 2, 2]");
        refused(IdxWriter.gzip(lying), "holds more");
    }

    @Test
    void refusesAHeaderThatPromisesMore() throws IOException {
        byte[] lying = IdxWriter.images(3);
        lying[7] = 4;
        refused(lying, "holds 12", "expected 16", "[4, 2, 2]");
        refused(IdxWriter.gzip(lying), "holds 12");
    }

    @Test
    void refusesAxesThatAreNegativeZeroOrOverflow() throws IOException {
        refused(IdxWriter.idx(0x803, new int[] {-1, 2, 2}, new byte[8]), "[-1, 2, 2]");
        refused(IdxWriter.idx(0x803, new int[] {0, 2, 2}, new byte[8]), "[0, 2, 2]");
        int huge = Integer.MAX_VALUE;
        refused(IdxWriter.idx(0x803, new int[] {huge, huge, huge}, new byte[8]), "at most");
        refused(IdxWriter.idx(0x803, new int[] {huge, huge, 0}, new byte[8]), "at least 1");
    }

    @Test
    void aHeaderThatPromisesGigabytesCostsLittleMemory() throws IOException {
        byte[] lying = IdxWriter.idx(0x803, new int[] {1_000_000, 40, 40}, new byte[4 << 20]);
        assertThat(allocatedByRefusing(lying)).isLessThan(64 << 20);
        assertThat(allocatedByRefusing(IdxWriter.gzip(lying))).isLessThan(64 << 20);
    }

    private long allocatedByRefusing(byte[] content) throws IOException {
        Files.write(file, content);
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThatThrownBy(() -> IdxFile.images(file)).isInstanceOf(DataException.class);
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    /** Of any damaged bytes the reader says either what they hold or why not, and throws nothing else. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void damageGivesADataExceptionOrAnImage(long seed) throws IOException {
        Random random = new Random(seed);
        byte[] plain = IdxWriter.images(3);
        byte[] zipped = IdxWriter.gzip(plain);
        int refusals = 0;
        for (int trial = 0; trial < 300; trial++) {
            byte[] bytes = (trial % 2 == 0 ? plain : zipped).clone();
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
            Files.write(file, bytes);
            try {
                assertThat(IdxFile.images(file).values()).hasSize(12);
            } catch (DataException e) {
                refusals++;
            }
        }
        assertThat(refusals).as("seed %d", seed).isGreaterThan(100);
    }
}
