package io.evolo.cli;

import static io.evolo.cli.TinyRun.evolo;
import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.cli.EvoloProcess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataCommandTest {
    @TempDir
    Path folder;

    @Test
    void listsTheEmbeddedDataWithItsSizesAndDigests() {
        Outcome outcome = evolo("data", "list");
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out().lines()).hasSize(4);
        assertThat(outcome.out())
                .containsPattern("strokes +drawn digits +28×28×1, 10 classes +8000 +1000 +1000 +2000 +[0-9a-f]{12}")
                .containsPattern("grammar +generated text +22 characters +500000 +50000 +50000 +50000 +[0-9a-f]{12}");
    }

    @Test
    void aCheckNamesTheBrokenFileAndPassesTheGoodOne() throws IOException {
        Files.writeString(folder.resolve("good.txt"), "to be or not to be. ".repeat(5));
        Path images = Files.createDirectory(folder.resolve("images"));
        Files.write(images.resolve("train.bin"), new byte[3074 * 20 + 1]);
        Outcome outcome = evolo("data", "check", folder.toString());
        assertThat(outcome.code()).isEqualTo(ExitCode.FAILED);
        assertThat(outcome.out())
                .contains("good    " + folder.resolve("good.txt"))
                .contains("good.txt, 100 bytes, sha256 ")
                .contains("BROKEN  " + images);
        assertThat(outcome.err().lines()).containsExactly("evolo: " + images.resolve("train.bin")
                + " holds 61481 bytes, expected a multiple of 3074 (2 of labels, 3072 of pixels); it was cut short or is no binary"
                + " batch of CIFAR100, fetch it again");
        assertThat(evolo("data", "list", folder.toString()).out()).contains("BROKEN: see evolo data check");
    }

    @Test
    void aFolderWithoutDataIsSaidSo() {
        Outcome outcome = evolo("data", "check", folder.toString());
        assertThat(outcome.code()).isEqualTo(ExitCode.FAILED);
        assertThat(outcome.err()).contains("holds no data set: expected MNIST's IDX files").hasLineCount(1);
    }
}
