package io.evolo.tasks.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.tasks.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdxFolderTest {
    @TempDir
    Path folder;

    @BeforeEach
    void writeFiles() throws IOException {
        IdxWriter.folder(folder);
    }

    private Dataset raw() {
        return new DataSpec(folder.toString(), 2, true, false, 0, 0).load();
    }

    private void refused(String... fragments) {
        assertThatThrownBy(this::raw).isInstanceOf(DataException.class).hasMessageContainingAll(fragments);
    }

    @Test
    void theLastTenthOfTheTrainingFileIsHeldOutInTwoHalves() {
        Dataset data = raw();
        assertThat(data.examples(Split.TRAIN)).isEqualTo(18);
        assertThat(data.examples(Split.INNER_VALID)).isEqualTo(1);
        assertThat(data.examples(Split.OUTER_VALID)).isEqualTo(1);
        assertThat(data.label(Split.OUTER_VALID, 0)).isEqualTo(9);
        assertThat(data.examples(Split.TEST)).isEqualTo(5);
        assertThat(data.label(Split.INNER_VALID, 0)).isEqualTo(8);
        float[] out = new float[4];
        data.copyInput(Split.INNER_VALID, 0, out, 0);
        assertThat(out).containsExactly(180 / 255f, 181 / 255f, 182 / 255f, 183 / 255f);
    }

    @Test
    void readsZippedFilesWhereNoPlainOnesAre() throws IOException {
        Dataset plain = raw();
        for (String name : new String[] {"train-images-idx3-ubyte", "t10k-labels-idx1-ubyte"}) {
            Path file = folder.resolve(name);
            Files.write(folder.resolve(name + ".gz"), IdxWriter.gzip(Files.readAllBytes(file)));
            Files.delete(file);
        }
        assertThat(raw()).isEqualTo(plain);
    }

    @Test
    void refusesAMissingFolder() {
        assertThatThrownBy(() -> DataSpec.folder(folder.resolve("none"), 8).load())
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("no folder", "none", "'strokes'");
    }

    @Test
    void refusesAMissingFile() throws IOException {
        Files.delete(folder.resolve("t10k-labels-idx1-ubyte"));
        refused("t10k-labels-idx1-ubyte", "no file");
    }

    @Test
    void thereAreAsManyClassesAsTheLargestLabelAsksFor() throws IOException {
        assertThat(raw().classes()).isEqualTo(10);
        Files.write(folder.resolve("t10k-labels-idx1-ubyte"), IdxWriter.labels(0, 1, 2, 26, 4));
        assertThat(raw().classes()).isEqualTo(27);
    }

    @ParameterizedTest
    @CsvSource({"train-, t10k-, .", "emnist-letters-train-, emnist-letters-test-, -"})
    void otherPublishedSpellingsOfTheNamesAreRead(String train, String test, String point) throws IOException {
        Dataset plain = raw();
        for (String kind : List.of("images%sidx3-ubyte", "labels%sidx1-ubyte")) {
            Files.move(folder.resolve("train-" + kind.formatted("-")), folder.resolve(train + kind.formatted(point)));
            Files.move(folder.resolve("t10k-" + kind.formatted("-")), folder.resolve(test + kind.formatted(point)));
        }
        assertThat(raw()).isEqualTo(plain);
        assertThat(DataSource.in(folder)).singleElement().extracting(DataSource::kind).isEqualTo(DataSource.Kind.IDX);
    }

    @Test
    void filesOfSeveralDataSetsInOneFolderAreRefused() throws IOException {
        Path images = folder.resolve("train-images-idx3-ubyte");
        Files.copy(images, folder.resolve("emnist-letters-train-images-idx3-ubyte"));
        Files.move(images, folder.resolve("emnist-digits-train-images-idx3-ubyte"));
        refused("2 files that could be its train-images-idx3-ubyte", "emnist-digits-", "emnist-letters-", "a folder of their own");
    }

    @Test
    void refusesTestImagesOfAnotherSize() throws IOException {
        Files.write(folder.resolve("t10k-images-idx3-ubyte"), IdxWriter.idx(0x803, new int[] {5, 3, 3}, new byte[45]));
        refused("train-images-idx3-ubyte holds images of 2×2", "t10k-images-idx3-ubyte of 3×3", "as many pixels");
    }

    @Test
    void refusesCountsThatDiffer() throws IOException {
        Files.write(folder.resolve("t10k-labels-idx1-ubyte"), IdxWriter.labels(0, 1, 2, 3));
        refused("5 images", "4 labels");
    }

    @Test
    void refusesTooFewExamplesToHoldSomeOut() throws IOException {
        Files.write(folder.resolve("train-images-idx3-ubyte"), IdxWriter.images(19));
        Files.write(folder.resolve("train-labels-idx1-ubyte"), IdxWriter.labels(new int[19]));
        refused("19 training examples", "at least 20");
    }

    @Test
    void refusesTestImagesOfOtherChannels() throws IOException {
        Files.write(folder.resolve("t10k-images-idx3-ubyte"), IdxWriter.idx(0x804, new int[] {5, 1, 1, 3}, new byte[15]));
        assertThatThrownBy(() -> new DataSpec(folder.toString(), 2, false, false, 0, 0).load())
                .isInstanceOf(DataException.class)
                .hasMessageContaining("as many pixels and channels");
    }

    @Test
    void theNameTellsSideColourAndRange() throws IOException {
        String name = folder.getFileName().toString();
        assertThat(DataSpec.folder(folder, 8).load().name()).isEqualTo(name + "-8");
        assertThat(raw().name()).isEqualTo(name + "-2-raw");
        byte[] test = new byte[15];
        test[0] = 1;
        byte[] train = new byte[60];
        for (int i = 0; i < train.length; i++) {
            train[i] = (byte) i;
        }
        Files.write(folder.resolve("t10k-images-idx3-ubyte"), IdxWriter.idx(0x804, new int[] {5, 1, 1, 3}, test));
        Files.write(folder.resolve("train-images-idx3-ubyte"), IdxWriter.idx(0x804, new int[] {20, 1, 1, 3}, train));
        Dataset colour = new DataSpec(folder.toString(), 4, false, true, 0, 0).load();
        assertThat(colour.name()).isEqualTo(name + "-4-colour");
        assertThat(colour.features()).isEqualTo(48);
        assertThat(DataSpec.folder(folder, 4).load().channels()).isEqualTo(1);
    }

    @Test
    void refusesToStandardiseImagesThatAreAllAlike() throws IOException {
        Files.write(folder.resolve("train-images-idx3-ubyte"), IdxWriter.idx(0x803, new int[] {20, 1, 1}, new byte[20]));
        Files.write(folder.resolve("t10k-images-idx3-ubyte"), IdxWriter.idx(0x803, new int[] {5, 1, 1}, new byte[5]));
        assertThatThrownBy(() -> DataSpec.folder(folder, 1).load())
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("all training values", "0.0");
    }
}
