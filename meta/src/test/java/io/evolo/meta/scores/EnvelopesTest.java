package io.evolo.meta.scores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.checkpoints.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvelopesTest {
    @TempDir
    private Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("envelopes.json"), text);
    }

    @Test
    void aLossIsWorthTheStepsThatTheEnvelopeNeedsForIt() throws IOException {
        Envelopes read = Envelopes.read(file("{\"A_Task\": {\"steps\": [0, 100, 300], \"losses\": [2.0, 1.0, 0.5]}}"));
        assertThat(read.skipped()).isEmpty();
        assertThat(read.byTask().get("A_Task").stepsFor(0.75)).isEqualTo(200);
        assertThat(read.byTask().get("A_Task").stepsFor(0.1)).as("never reached").isEqualTo(300);
    }

    @Test
    void aTaskThatCannotBeReadIsNamedAndTheOthersAreKept() throws IOException {
        Envelopes read = Envelopes.read(file(
                """
                {"good": {"steps": [0, 1], "losses": [2, 1]},
                 "rises": {"steps": [0, 1], "losses": [1, 2]},
                 "short": {"steps": [0, 1], "losses": [1]},
                 "text": {"steps": [0, "one"], "losses": [2, 1]},
                 "empty": {}}
                """));
        assertThat(read.byTask().keySet()).containsExactly("good");
        assertThat(read.skipped())
                .containsExactly(
                        "envelope 'rises' in envelopes.json: losses ascend at point 1",
                        "envelope 'short' in envelopes.json: 2 steps and 1 losses",
                        "envelope 'text' in envelopes.json: steps[1] is \"one\", expected a number",
                        "envelope 'empty' in envelopes.json: no array 'steps'");
    }

    @Test
    void aFileThatIsNoneIsRefused() throws IOException {
        Path list = file("[1]");
        assertThatThrownBy(() -> Envelopes.read(list)).isInstanceOf(CheckpointException.class).hasMessageContaining("expected one object");
        Path broken = file("{\"a\": ");
        assertThatThrownBy(() -> Envelopes.read(broken)).isInstanceOf(CheckpointException.class).hasMessageContaining("no file of envelopes");
        assertThatThrownBy(() -> Envelopes.read(folder.resolve("none"))).isInstanceOf(CheckpointException.class).hasMessageContaining("none");
    }
}
