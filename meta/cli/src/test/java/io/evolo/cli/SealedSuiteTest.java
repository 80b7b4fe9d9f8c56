package io.evolo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.checkpoints.ShippedPackages;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The suite whose tasks nobody chose. */
class SealedSuiteTest {
    private static final Path PACKAGES = Path.of("../../docs/packages");

    private static String drawn(String theta) throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process process = new ProcessBuilder(java.toString(), PACKAGES.resolve("Sealed.java").toString(), theta).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return out;
    }

    @Test
    void itIsDrawnFromTheThetaOfTheDefaultThatShips() throws Exception {
        assertThat(drawn(ShippedPackages.read("evolo-default").sha256OfTheta())).isEqualTo(Files.readString(PACKAGES.resolve("sealed.yaml")));
    }

    @Test
    void anotherThetaDrawsOtherTasksAndWhatIsNoThetaIsRefused() throws Exception {
        assertThat(drawn("0".repeat(64))).contains("name: sealed").isNotEqualTo(Files.readString(PACKAGES.resolve("sealed.yaml")));
        assertThat(drawn("evolo-default")).contains("usage: java Sealed.java THETA");
    }
}
