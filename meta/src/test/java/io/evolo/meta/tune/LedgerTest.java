package io.evolo.meta.tune;

import static io.evolo.meta.tune.Settings.adam;
import static io.evolo.meta.tune.Settings.trial;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.checkpoints.CheckpointException;
import io.evolo.meta.Trial;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
    private static final TaskIdentity TASK = task("10");
    private static final LedgerEntry GOOD = entry(1e-3, 0.123456789012345678);
    private static final LedgerEntry DIVERGED = entry(3e-3, Double.POSITIVE_INFINITY);

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void twoTrials() {
        file = folder.resolve(Ledger.NAME);
        try (Ledger ledger = Ledger.open(file, TASK)) {
            ledger.append(GOOD);
            ledger.append(DIVERGED);
        }
    }

    private static TaskIdentity task(String steps) {
        return new TaskIdentity(new TreeMap<>(Map.of("name", "mlp", "steps", steps)));
    }

    private static LedgerEntry entry(double rate, double loss) {
        return new LedgerEntry(new LedgerEntry.Key(adam(rate), Trial.Purpose.TUNING, 2), Tier.LR, trial(loss), List.of(2.5f, Float.NaN));
    }

    @Test
    void whatIsReadIsWhatWasWritten() {
        try (Ledger ledger = Ledger.open(file, TASK)) {
            assertThat(ledger.size()).isEqualTo(2);
            assertThat(ledger.dropped()).isEmpty();
            assertThat(ledger.find(GOOD.key())).contains(GOOD);
            assertThat(ledger.find(DIVERGED.key())).contains(DIVERGED);
            assertThat(ledger.find(entry(1e-2, 1).key())).isEmpty();
        }
    }

    @Test
    void aReportReadsBesideARunThatWrites() throws Exception {
        Files.writeString(file, "{\"opt", StandardOpenOption.APPEND);
        byte[] before = Files.readAllBytes(file);
        assertThat(Ledger.read(file)).isEqualTo(new Ledger.Contents(TASK, List.of(GOOD, DIVERGED), List.of(file + ": line 3 is only half written")));
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        assertThatThrownBy(() -> Ledger.read(folder.resolve("none"))).hasMessageContaining("evolo tune makes one");
    }

    @Test
    void aReportSkipsADamagedLineAndSaysWhich() throws Exception {
        List<String> lines = Files.readAllLines(file);
        Files.write(file, List.of(lines.get(0), lines.get(1).substring(0, 50), lines.get(1)));
        Ledger.Contents contents = Ledger.read(file);
        assertThat(contents.entries()).containsExactly(GOOD, DIVERGED);
        assertThat(contents.skipped()).singleElement().asString().contains("line 2: not JSON");
        Files.writeString(file, "damaged\n");
        assertThatThrownBy(() -> Ledger.read(file)).hasMessageContaining("holds no finished trial: ").hasMessageContaining("line 1");
    }

    @Test
    void aHalfWrittenLastLineIsDroppedAndSaidAndWrittenOver() throws Exception {
        String whole = Files.readString(file);
        Files.writeString(file, whole.substring(0, 70), StandardOpenOption.APPEND);
        try (Ledger ledger = Ledger.open(file, TASK)) {
            assertThat(ledger.dropped()).contains("dropped a last line of 70 bytes that was only half written");
            ledger.append(entry(1e-2, 1));
        }
        assertThat(Files.readString(file)).startsWith(whole);
        try (Ledger ledger = Ledger.open(file, TASK)) {
            assertThat(ledger.size()).isEqualTo(3);
        }
    }

    @Test
    void aDamagedLineInTheMiddleIsNamed() throws Exception {
        Files.writeString(file, "{\"optimizer\": \"adam\",\n" + Files.readString(file));
        refused("line 1: not JSON");
        Files.writeString(file, Files.readString(file).lines().skip(1).map(line -> line.replace("\"finished\"", "\"good\"") + "\n")
                .reduce("", String::concat));
        refused("line 1: status is \"good\", expected finished or diverged");
    }

    private void refused(String message) {
        assertThatThrownBy(() -> Ledger.open(file, TASK)).isInstanceOf(CheckpointException.class).hasMessageContaining(message);
    }

    @Test
    void aLedgerOfAnotherTaskIsRefusedWithWhatDiffers() {
        assertThatThrownBy(() -> Ledger.open(file, task("500")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("line 1 is of another task: steps is 10 there, 500 here");
    }
}
