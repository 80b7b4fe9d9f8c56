package io.evolo.checkpoints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.checkpoints.CheckpointDirectory.Latest;
import io.evolo.checkpoints.CheckpointDirectory.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointDirectoryTest {
    @TempDir
    Path run;

    private CheckpointDirectory checkpoints;

    @BeforeEach
    void openOne() {
        checkpoints = new CheckpointDirectory(run.resolve("checkpoints"), 3);
    }

    private void write(long... steps) {
        for (long step : steps) {
            checkpoints.write(step, Sample.CODEC, Sample.of(step));
        }
    }

    private void damage(long step) throws IOException {
        byte[] bytes = Files.readAllBytes(checkpoints.file(step));
        bytes[bytes.length / 2] ^= 1;
        Files.write(checkpoints.file(step), bytes);
    }

    private List<String> names() throws IOException {
        try (var files = Files.list(checkpoints.folder())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void keepsTheLast() throws IOException {
        write(1, 2, 10, 1_234_567_890, 1_234_567_891L);
        assertThat(names()).containsExactly("step-000000010.ckpt", "step-1234567890.ckpt", "step-1234567891.ckpt");
        assertThat(checkpoints.latest(Sample.CODEC).orElseThrow().value().step()).isEqualTo(1_234_567_891L);
    }

    @Test
    void anEmptyOrMissingFolderHasNoLatest() throws IOException {
        assertThat(checkpoints.latest(Sample.CODEC)).isEmpty();
        Files.createDirectories(checkpoints.folder());
        assertThat(checkpoints.latest(Sample.CODEC)).isEmpty();
    }

    @Test
    void fallsBackToTheNewestGoodOneAndSaysWhatItRefused() throws IOException {
        write(1, 2, 3);
        damage(3);
        Files.write(checkpoints.file(2), new byte[5]);
        Latest<Sample> latest = checkpoints.latest(Sample.CODEC).orElseThrow();
        assertThat(latest.step()).isEqualTo(1);
        assertThat(latest.value().step()).isEqualTo(1);
        assertThat(latest.refused()).extracting(Refused::file).containsExactly(checkpoints.file(3), checkpoints.file(2));
        assertThat(latest.refused().getFirst().reason()).contains("CRC32C");
        assertThat(latest.refused().getLast().reason()).contains("cut short");
    }

    @Test
    void withoutAnyGoodOneItSaysSoWithAllReasons() throws IOException {
        write(1, 2);
        damage(1);
        damage(2);
        assertThatThrownBy(() -> checkpoints.latest(Sample.CODEC))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("no good checkpoint", checkpoints.file(1).toString(), checkpoints.file(2).toString());
    }

    @Test
    void afterAFallbackTheNewOnesAreNotLostToTheBrokenOnesOfLaterSteps() throws IOException {
        checkpoints = new CheckpointDirectory(checkpoints.folder(), 1);
        write(1, 9);
        damage(9);
        write(5);
        assertThat(checkpoints.latest(Sample.CODEC).orElseThrow().step()).isEqualTo(5);
        write(12);
        assertThat(names()).containsExactly("step-000000012.ckpt");
    }

    @Test
    void ignoresAndClearsLeftoversButLeavesStrangersAlone() throws IOException {
        write(1);
        Files.write(checkpoints.folder().resolve("step-000000007.ckpt.4242.tmp"), new byte[3]);
        Files.write(checkpoints.folder().resolve("notes.tmp"), new byte[3]);
        assertThat(checkpoints.latest(Sample.CODEC).orElseThrow().refused()).isEmpty();
        write(2);
        assertThat(names()).containsExactly("notes.tmp", "step-000000001.ckpt", "step-000000002.ckpt");
    }
}
