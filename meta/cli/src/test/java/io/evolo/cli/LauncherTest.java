package io.evolo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.cli.EvoloProcess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code evolo} and {@code mvnw} on a machine without Java and Maven, against a server that has them. */
class LauncherTest {
    @TempDir
    Path folder;

    private BareMachine machine;

    @BeforeEach
    void setUp() throws IOException, InterruptedException {
        machine = new BareMachine(folder, "a clone", "curl");
    }

    @AfterEach
    void tearDown() {
        machine.close();
    }

    private Path jdks() {
        return machine.home.resolve(".jdks");
    }

    /** What stands in a folder, without the lock file. */
    private static List<String> names(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals(".evolo.lock"))
                    .sorted()
                    .toList();
        }
    }

    private List<String> oldBuilds() throws IOException {
        return names(machine.clone.resolve("meta/cli/target")).stream().filter(name -> name.startsWith("build-")).toList();
    }

    private void refused(Outcome outcome, String... parts) throws IOException {
        assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
        assertThat(outcome.err()).contains(parts).contains("no JDK 25 or later found, and none fetched: ");
        assertThat(outcome.out()).isEmpty();
        assertThat(names(jdks())).isEmpty();
    }

    // --- a first start

    @ParameterizedTest
    @ValueSource(strings = {"curl", "wget"})
    void aShellADownloaderAndTarAreEnough(String downloader) throws IOException, InterruptedException {
        try (BareMachine bare = new BareMachine(folder.resolve(downloader), "clone", downloader)) {
            Outcome first = bare.run("./evolo", "recipes", "list");

            assertThat(first.code()).as(first.err()).isZero();
            assertThat(first.out()).contains("java --add-modules jdk.incubator.vector").contains("io.evolo.cli.Main recipes list");
            assertThat(first.err())
                    .contains("evolo: no JDK 25 or later found: fetching Temurin 25.0.9+1 (some 140 MB) into " + bare.home.resolve(".jdks"))
                    .contains("mvnw: fetching apache-maven-9.9-bin.tar.gz")
                    .contains("  Evolo: tasks 1                 [1/8]")
                    .doesNotContain("a.jar");
            assertThat(names(bare.home.resolve(".jdks"))).containsExactly("temurin-25.0.9+1");
            assertThat(bare.builds()).hasSize(1).first().asString().startsWith(bare.home.resolve(".jdks/temurin-25.0.9+1") + " ");

            Outcome second = bare.run("./evolo", "--help");

            assertThat(second.err()).isEmpty();
            assertThat(second.out()).contains("io.evolo.cli.Main --help");
            assertThat(bare.requests).hasValue(2);
        }
    }

    @Test
    void theWrapperStartsAloneOnTheFetchedJdk() throws IOException, InterruptedException {
        Outcome outcome = machine.run("./mvnw", "verify");

        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(machine.builds()).containsExactly(jdks().resolve("temurin-25.0.9+1") + " verify");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ofTwoStartsAtOnceBothGetTheJdk(boolean flock) throws IOException, InterruptedException {
        machine.answer = BareMachine.Answer.SLOWLY;
        if (!flock) {
            machine.without("flock");
        }

        EvoloProcess one = machine.start("./evolo", "--java-home");
        EvoloProcess two = machine.start("./evolo", "--java-home");
        Outcome first = one.await();
        Outcome second = two.await();

        assertThat(first.code()).as(first.err()).isZero();
        assertThat(second.code()).as(second.err()).isZero();
        assertThat(first.out()).isEqualTo(second.out()).isEqualTo(jdks().resolve("temurin-25.0.9+1") + "\n");
        assertThat(names(jdks())).containsExactly("temurin-25.0.9+1");
        assertThat(machine.requests).hasValue(flock ? 1 : 2);
    }

    // --- no JDK to be had

    @Test
    void anotherSha256IsRefused() throws IOException, InterruptedException {
        String other = "0".repeat(64);
        machine.jdkHasSha256(other);

        refused(machine.run("./evolo", "--help"), "expected " + other, "nothing of it is kept");
    }

    @Test
    void aBrokenConnectionLeavesNothing() throws IOException, InterruptedException {
        machine.answer = BareMachine.Answer.HALF;

        refused(machine.run("./evolo", "--help"), "jdk.tar.gz failed");
    }

    @Test
    void noServerIsSaid() throws IOException, InterruptedException {
        machine.stopServer();

        refused(machine.run("./evolo", "--help"), "jdk.tar.gz failed");
    }

    @Test
    void aHomeThatCannotBeWrittenIsSaid() throws IOException, InterruptedException {
        machine.set("HOME", Files.writeString(folder.resolve("file"), "").toString());

        refused(machine.run("./evolo", "--help"), "file/.jdks cannot be written");
        assertThat(machine.requests).hasValue(0);
    }

    @Test
    void offlineNothingIsFetched() throws IOException, InterruptedException {
        machine.set("EVOLO_OFFLINE", "1");

        refused(machine.run("./evolo", "--help"), "EVOLO_OFFLINE is set");
        refused(machine.run("./mvnw", "verify"), "EVOLO_OFFLINE is set");
        assertThat(machine.requests).hasValue(0);
    }

    @Test
    void anUnknownSystemIsNamed() throws IOException, InterruptedException {
        machine.processor("vax");

        refused(machine.run("./evolo", "--help"), "vax in .mvn/jdk-archives.txt");
        assertThat(machine.requests).hasValue(0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "debian|12|Debian 12 has no openjdk-25 package: add the repository of Temurin",
                "debian|13|apt install openjdk-25-jdk-headless",
                "ubuntu|24.04|apt install openjdk-25-jdk-headless",
                "ubuntu|20.04|Ubuntu 20.04 has no openjdk-25 package: add the repository of Temurin",
                "fedora|43|dnf install java-25-openjdk-devel",
                "alpine|3.23.3|apk add openjdk25",
                "plan9|4|install one from https://adoptium.net"
            })
    void everySystemHasItsHint(String id, String version, String hint) throws IOException, InterruptedException {
        String name = id.equals("debian") ? "Debian GNU/Linux" : "Ubuntu";
        machine.write("os-release", "NAME=\"" + name + "\"\nID=" + id + "\nVERSION_ID=\"" + version + "\"\n");

        assertThat(machine.run("bash", "-c", ". .mvn/tools.sh; hint os-release").out()).startsWith(hint);
    }

    @Test
    void anAskedForJdkThatIsNoneIsRefused() throws IOException, InterruptedException {
        machine.set("EVOLO_JAVA_HOME", "/nowhere");

        Outcome outcome = machine.run("./evolo", "--help");

        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).isEqualTo("evolo: EVOLO_JAVA_HOME is /nowhere, where no JDK 25 or later is\n");
    }

    @Test
    void everyArchiveIsTheSameReleaseOfItsOwnSystem() throws IOException {
        List<String[]> rows = Files.readAllLines(Path.of("../../.mvn/jdk-archives.txt")).stream()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split(" "))
                .toList();

        assertThat(rows).extracting(row -> row[0])
                .containsExactly("Linux-x86_64", "Linux-aarch64", "Linux-musl-x86_64", "Linux-musl-aarch64", "Darwin-x86_64", "Darwin-arm64");
        assertThat(rows).extracting(row -> row[1]).doesNotHaveDuplicates().allMatch(hash -> hash.matches("[0-9a-f]{64}"));
        assertThat(rows).allSatisfy(row -> assertThat(row[2])
                .startsWith("https://github.com/adoptium/temurin25-binaries/releases/download/jdk-25.0.4.1%2B1/OpenJDK25U-jdk_")
                .contains("_" + row[0].replaceFirst(".*-", "").replace("x86_64", "x64").replace("arm64", "aarch64") + "_")
                .contains(row[0].startsWith("Darwin") ? "_mac_" : row[0].contains("musl") ? "_alpine-linux_" : "_linux_"));
    }

    // --- builds

    @Test
    void whatChangedIsBuiltAndNothingElse() throws IOException, InterruptedException {
        machine.run("./evolo", "--help");
        machine.run("./evolo", "--help");
        assertThat(machine.builds()).hasSize(1);

        later("tasks/src/main/java/A.java");
        machine.run("./evolo", "--help");
        assertThat(machine.builds()).hasSize(2);
        assertThat(oldBuilds()).hasSize(1);
    }

    @Test
    void aSourceThatIsGoneIsBuiltAgain() throws IOException, InterruptedException {
        machine.run("./evolo", "--help");

        Files.delete(machine.clone.resolve("tasks/src/main/java/A.java"));
        later("tasks/src/main/java");
        machine.run("./evolo", "--help");

        assertThat(machine.builds()).hasSize(2);
    }

    /** Gives a file the date that a change after the last build would have. */
    private void later(String file) throws IOException {
        Files.setLastModifiedTime(machine.clone.resolve(file), FileTime.from(Instant.now().plusSeconds(2)));
        Files.deleteIfExists(machine.clone.resolve("meta/cli/target/evolo.begun"));
    }

    @Test
    void aRunningCommandKeepsItsClasses() throws IOException, InterruptedException {
        machine.run("./evolo", "--help");
        List<String> first = oldBuilds();
        machine.set("EVOLO_TEST_PAUSE", "30");
        EvoloProcess running = machine.start("./evolo", "--help");
        while (running.process().isAlive() && !Files.readString(running.out()).contains("java ")) {
            Thread.sleep(10);
        }
        machine.set("EVOLO_TEST_PAUSE", "0");

        later("tasks/src/main/java/A.java");
        machine.run("./evolo", "--help");

        assertThat(oldBuilds()).hasSize(2).containsAll(first);
        running.process().destroyForcibly().waitFor();
        machine.run("./evolo", "--help"); // A.java is still newer than the build
        assertThat(oldBuilds()).hasSize(1).doesNotContainAnyElementsOf(first);
    }

    @Test
    void aFailedBuildShowsWhatMavenSays() throws IOException, InterruptedException {
        Files.writeString(machine.home.resolve("broken"), "");

        Outcome outcome = machine.run("./evolo", "--help");

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).contains("[ERROR] A.java: does not compile").endsWith("evolo: the build failed\n");
        assertThat(oldBuilds()).isEmpty();
    }

    @Test
    void anInstallationThatCannotBeWrittenSaysWhichBuildRuns() throws IOException, InterruptedException {
        machine.run("./evolo", "--help");
        later("tasks/src/main/java/A.java");
        Files.createDirectory(machine.clone.resolve("meta/cli/target/evolo.begun")); // not even root can write it

        Outcome outcome = machine.run("./evolo", "--help");

        assertThat(outcome.code()).isZero();
        assertThat(outcome.err()).matches("evolo: \\S.* cannot be written: this is build-[-0-9]+, older than its sources\\n");
        assertThat(machine.builds()).hasSize(1);
    }

    @Test
    void anInstallationThatCannotBeWrittenAndHasNoBuildIsRefused() throws IOException, InterruptedException {
        machine.write("meta/cli/target", "a file");

        Outcome outcome = machine.run("./evolo", "--help");

        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains("meta/cli/target cannot be written; clone to a place of your own");
    }

    @ParameterizedTest
    @CsvSource({"C, C.UTF-8", "POSIX, C.UTF-8", "de_DE.UTF-8, de_DE.UTF-8"})
    void underTheCLocaleFileNamesAreUtf8AllTheSame(String locale, String seen) throws IOException, InterruptedException {
        machine.set("LC_ALL", locale);
        assertThat(machine.run("./evolo", "data", "check", "données").out()).contains("under " + seen + " locale");
    }

    @Test
    void aColonInTheFoldersNameIsTheTrueCause() throws IOException, InterruptedException {
        try (BareMachine bare = new BareMachine(folder.resolve("other"), "a:b", "curl")) {
            Outcome outcome = bare.run("./evolo", "--help");

            assertThat(outcome.code()).isEqualTo(2);
            assertThat(outcome.err()).contains("a:b: a ':' in a folder's name is what no Java class path can hold");
            assertThat(bare.builds()).isEmpty();
        }
    }
}
