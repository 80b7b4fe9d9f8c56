package io.evolo.tasks.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.tasks.Split;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CifarFolderTest {
    private static final int PLANE = 1024;

    @TempDir
    Path folder;

    /** Pixel i of image n is red (i + n) mod 256, green n, blue 255; the labels count up. */
    private static byte[] batch(int images, int firstLabel, int labelBytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int n = 0; n < images; n++) {
            for (int i = 1; i < labelBytes; i++) {
                out.write(7); // the coarse label
            }
            out.write(firstLabel + n);
            for (int i = 0; i < PLANE; i++) {
                out.write(i + n);
            }
            for (int i = 0; i < PLANE; i++) {
                out.write(n);
            }
            for (int i = 0; i < PLANE; i++) {
                out.write(255);
            }
        }
        return out.toByteArray();
    }

    @BeforeEach
    void writeTenClasses() throws IOException {
        for (int i = 1; i <= 5; i++) {
            Files.write(folder.resolve("data_batch_" + i + ".bin"), batch(4, i, 1));
        }
        Files.write(folder.resolve("test_batch.bin"), batch(2, 0, 1));
    }

    private Dataset colour() {
        return new DataSpec(folder.toString(), 32, false, false, 0, 0).load();
    }

    private void refused(String... fragments) {
        assertThatThrownBy(this::colour).isInstanceOf(DataException.class).hasMessageContainingAll(fragments);
    }

    @Test
    void batchesFollowOneAnotherAndPlanesBecomePixels() {
        Dataset data = colour();
        assertThat(data.channels()).isEqualTo(3);
        assertThat(data.classes()).isEqualTo(10);
        assertThat(Arrays.stream(Split.values()).mapToInt(data::examples)).containsExactly(18, 1, 1, 2);
        assertThat(data.label(Split.TRAIN, 5)).isEqualTo(3);
        float[] image = new float[data.features()];
        data.copyInput(Split.TRAIN, 5, image, 0);
        assertThat(image).startsWith(1 / 255f, 1 / 255f, 1, 2 / 255f, 1 / 255f, 1);
    }

    @Test
    void greyIsTheMeanOfTheChannels() {
        Dataset data = new DataSpec(folder.toString(), 32, true, false, 0, 0).load();
        float[] image = new float[data.features()];
        data.copyInput(Split.TEST, 1, image, 0);
        assertThat(image[0]).isEqualTo((float) ((1 + 1 + 255) / 3.0 / 255));
    }

    @Test
    void zippedBatchesGiveTheSame() throws IOException {
        Dataset plain = colour();
        Path batch = folder.resolve("data_batch_2.bin");
        Files.write(folder.resolve("data_batch_2.bin.gz"), IdxWriter.gzip(Files.readAllBytes(batch)));
        Files.delete(batch);
        assertThat(colour()).isEqualTo(plain);
    }

    @Test
    void aHundredClassesHaveTheFineLabel(@TempDir Path other) throws IOException {
        Files.write(other.resolve("train.bin"), batch(20, 80, 2));
        Files.write(other.resolve("test.bin"), batch(2, 0, 2));
        Dataset data = new DataSpec(other.toString(), 8, true, true, 0, 0).load();
        assertThat(data.classes()).isEqualTo(100);
        assertThat(data.label(Split.TRAIN, 3)).isEqualTo(83);
    }

    @Test
    void refusesABatchOfTheWrongLength() throws IOException {
        Files.write(folder.resolve("data_batch_3.bin"), new byte[3073 * 2 + 5]);
        refused("data_batch_3.bin holds 6151 bytes, expected a multiple of 3073", "fetch it again");
        Files.write(folder.resolve("data_batch_3.bin"), new byte[0]);
        refused("data_batch_3.bin holds 0 bytes");
    }

    @Test
    void refusesAMissingBatchAndALabelBeyondTheClasses() throws IOException {
        Files.write(folder.resolve("data_batch_4.bin"), batch(4, 8, 1));
        refused("data_batch_4.bin: label 10 of example 2", "[0, 10)");
        Files.delete(folder.resolve("data_batch_4.bin"));
        refused("no file", "data_batch_4.bin");
    }
}
