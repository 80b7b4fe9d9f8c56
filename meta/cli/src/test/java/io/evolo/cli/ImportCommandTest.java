package io.evolo.cli;

import static io.evolo.cli.TinyRun.evolo;
import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.cli.EvoloProcess.Outcome;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.LearnedOptimizers;
import io.evolo.optimizers.learned.Packages;
import io.evolo.tasks.Rng;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportCommandTest {
    @TempDir
    Path folder;

    private Path made;

    @BeforeEach
    void writePackage() {
        LearnedOptimizer rule = LearnedOptimizers.of("small_fc", Map.of());
        made = folder.resolve("made.evolo");
        Packages.pack("made", rule, rule.initTheta(Rng.of(1, "theta")), new TreeMap<>(), "MIT").write(made);
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    @Test
    void whatIsExportedIsImportedAgainAsTheSamePackage() throws IOException {
        assertThat(evolo("export", made.toString(), "-o", path("x.safetensors")).code()).isEqualTo(ExitCode.DONE);
        Outcome imported = evolo("import", path("x.safetensors"), "-o", path("again.evolo"));
        assertThat(imported.code()).as(imported.err()).isEqualTo(ExitCode.DONE);
        assertThat(Files.readAllBytes(folder.resolve("again.evolo"))).isEqualTo(Files.readAllBytes(made));
    }

    @Test
    void namesLicencesAndHyperparametersCanBeGivenAndAreShown() throws IOException {
        evolo("export", made.toString(), "-o", path("x.safetensors"));
        Path licence = Files.writeString(folder.resolve("LICENSE"), "Permission is granted\nto nobody.\n");
        Outcome imported = evolo("import", path("x.safetensors"), "--as", "mulo", "--set", "rate=0.5", "--name", "other", "--licence", "X",
                "--licence-file", licence.toString(), "-o", path("other.evolo"));
        assertThat(imported.code()).as(imported.err()).isEqualTo(ExitCode.DONE);
        assertThat(LearnedOptimizerPackage.read(folder.resolve("other.evolo")).hyperparameters()).containsEntry("rate", 0.5);
        Outcome inspected = evolo("inspect", path("other.evolo"));
        assertThat(inspected.out()).contains("other, licence X", "rate 0.5", "Permission is granted", "statistics      none");
    }

    @Test
    void whatCannotBeImportedIsOneLine() throws IOException {
        Files.write(folder.resolve("theta.pkl"), new byte[] {(byte) 0x80, 4, (byte) 0x95, 1});
        for (String[] arguments : new String[][] {
            {"import", path("theta.pkl"), "--as", "velo"},
            {"import", path("nothing.safetensors"), "--as", "mulo"},
            {"import", made.toString(), "--as", "mulo"},
            {"import"},
            {"export", path("theta.pkl")},
        }) {
            Outcome outcome = evolo(arguments);
            assertThat(outcome.code()).isIn(ExitCode.FAILED, ExitCode.USER_MISTAKE);
            assertThat(outcome.err().lines().filter(line -> line.startsWith("evolo: "))).as(outcome.err()).hasSize(1);
            assertThat(outcome.err()).doesNotContain("\tat ");
        }
    }

    @Test
    void aFileThatDoesNotSayWhoseWeightsItHoldsNeedsItsFormat() throws Exception {
        byte[] header = "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}".getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + header.length + 4).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(folder.resolve("x.safetensors"), file.putLong(header.length).put(header).putFloat(1).array());

        Outcome outcome = evolo("import", path("x.safetensors"));
        assertThat(outcome.code()).isEqualTo(ExitCode.USER_MISTAKE);
        assertThat(outcome.err()).contains("the file does not say whose weights it holds; name the format (--as), one of small_fc");
    }

    @Test
    void inspectSaysTheHashThatOtherProgramsComputeOfTheFile() throws Exception {
        String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(made)));
        assertThat(evolo("inspect", made.toString()).out()).contains("file sha256     " + hash).contains("payload sha256  ");
    }

    @Test
    void aFileOfAnotherSha256IsRefused() {
        evolo("export", made.toString(), "-o", path("x.safetensors"));
        Outcome outcome = evolo("import", path("x.safetensors"), "--sha256", "00ff");
        assertThat(outcome.code()).isEqualTo(ExitCode.FAILED);
        assertThat(outcome.err()).contains("expected 00ff");
    }
}
