package io.evolo.checkpoints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLockTest {
    @TempDir
    Path run;

    /** Runs in a process of its own: takes the lock, says so, and waits to be ended. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] args) throws IOException {
            RunLock.acquire(Path.of(args[0]));
            System.out.println("held");
            System.in.read();
        }
    }

    private Process hold() throws IOException {
        Process holder = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"), "-Xmx64m", "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Holder.class.getName(), run.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader out = holder.inputReader(StandardCharsets.UTF_8);
        assertThat(out.readLine()).isEqualTo("held");
        return holder;
    }

    @Test
    void aDirectoryIsHeldOncePerProcessUnderWhateverName() {
        try (RunLock lock = RunLock.acquire(run)) {
            assertThat(lock).isNotNull();
            assertThatThrownBy(() -> RunLock.acquire(run.resolve("../" + run.getFileName())))
                    .isInstanceOf(CheckpointException.class).hasMessageContaining("in use by this process");
        }
        RunLock.acquire(run).close();
    }

    @Test
    void anotherProcessHoldsItUntilItIsKilled() throws Exception {
        Process holder = hold();
        try {
            assertThatThrownBy(() -> RunLock.acquire(run))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContainingAll(run.toString(), "in use by process " + holder.pid())
                    .message()
                    .doesNotContain("\n");
        } finally {
            holder.destroyForcibly().waitFor();
        }
        assertThat(run.resolve("lock")).content().isEqualTo(Long.toString(holder.pid()));
        RunLock.acquire(run).close();
    }

    @Test
    void makesTheDirectoryAndWritesItsNumber() throws IOException {
        Path deeper = run.resolve("a/b");
        try (RunLock lock = RunLock.acquire(deeper)) {
            assertThat(lock).isNotNull();
            assertThat(Files.readString(deeper.resolve("lock"))).isEqualTo(Long.toString(ProcessHandle.current().pid()));
        }
    }

    @Test
    void aRefusedAttemptDoesNotGiveTheLockAway() throws Exception {
        try (RunLock lock = RunLock.acquire(run)) {
            assertThat(lock).isNotNull();
            assertThatThrownBy(() -> RunLock.acquire(run)).isInstanceOf(CheckpointException.class);
            Process other = new ProcessBuilder(
                            ProcessHandle.current().info().command().orElse("java"), "-Xmx64m", "-cp",
                            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                            Holder.class.getName(), run.toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(said).contains("in use by process " + ProcessHandle.current().pid());
        }
    }
}
