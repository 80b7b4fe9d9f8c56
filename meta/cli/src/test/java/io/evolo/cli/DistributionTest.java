package io.evolo.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launchers of the distribution, with a java that says what it was called with. The continuous integration unpacks and runs a whole one. */
class DistributionTest {
    private static final Path BIN = Path.of("src/dist/bin");

    @TempDir
    private Path folder;

    private record Said(int code, String text) {}

    /** Runs bin/evolo, as unpacked into a folder with a space in its name. */
    private Said evolo(String version, Map<String, String> environment, String... arguments) throws Exception {
        assumeThat(Path.of("/bin/bash")).exists();
        Path home = Files.createDirectories(folder.resolve("evolo 1.0/bin"));
        Path launcher = Files.copy(BIN.resolve("evolo"), home.resolve("evolo"));
        executable(launcher);
        Path jdk = Files.createDirectories(folder.resolve("jdk/bin")).getParent();
        Path java = Files.writeString(jdk.resolve("bin/java"), """
                #!/bin/bash
                [ "$1" = -version ] && { echo 'openjdk version "%s" 2026-01-01' >&2; exit; }
                printf '%%s\\n' "$@"
                echo 'WARNING: Using incubator modules: jdk.incubator.vector' >&2
                echo 'said on standard error' >&2
                exit 3
                """.formatted(version));
        executable(java);
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("EVOLO_"));
        builder.environment().put("EVOLO_JAVA_HOME", jdk.toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Said(process.waitFor(), said);
    }

    private static void executable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void theLauncherPassesArgumentsAndTheExitCodeAndTakesOutTheWarning() throws Exception {
        Said said = evolo("25.0.4", Map.of("EVOLO_JARS", "mine.jar", "EVOLO_JAVA_OPTS", "-Xmx1g -Xms1g"), "train", "a b", "*");

        assertThat(said.code()).isEqualTo(3);
        assertThat(said.text().lines()).contains("-Xmx1g", "-Xms1g", "io.evolo.cli.Main", "train", "a b", "*", "said on standard error",
                folder.toRealPath().resolve("evolo 1.0/lib/*") + ":mine.jar");
        assertThat(said.text()).doesNotContain("incubator modules");
    }

    @Test
    void anOlderJavaAndNoneAreRefused() throws Exception {
        assertThat(evolo("21.0.2", Map.of()).text()).contains("is of Java 21, expected a JDK 25 or later");
        Files.delete(folder.resolve("evolo 1.0/bin/evolo"));
        Said none = evolo("25", Map.of("EVOLO_JAVA_HOME", folder.resolve("nothing").toString()));
        assertThat(none.code()).isEqualTo(2);
        assertThat(none.text()).contains("not to be had, expected a JDK 25 or later");
    }

    @Test
    void windowssLauncherStartsTheSame() throws IOException {
        String text = Files.readString(BIN.resolve("evolo.cmd"));

        assertThat(text.lines().count()).isEqualTo(text.split("\r\n", -1).length - 1);
        assertThat(text).contains("--add-modules jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC",
                "io.evolo.cli.Main %*", "exit /b %ERRORLEVEL%", "%~dp0..\\lib\\*");
    }
}
