package io.evolo.meta.spark;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.meta.ExecutorException;
import io.evolo.meta.ParticleSpec;
import io.evolo.schema.ConfigException;
import io.evolo.tasks.kernels.Twin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot be done is said in one line that names the host. */
class RefusalTest {
    private static final ParticleSpec SPEC = Runs.spec(Runs.RECIPE);

    private static SparkApplication spark;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        spark = SparkApplication.open("local[1]", Map.of("spark.ui.enabled", "false"));
    }

    @AfterAll
    static void stop() {
        spark.close();
    }

    private static void assertRefused(RunDescription run, String... parts) {
        try (SparkExecutor executor = spark.particles(run, SPEC.particles(), 1)) {
            assertThatThrownBy(() -> Runs.advance(executor, SPEC, 0, 1))
                    .isInstanceOf(ExecutorException.class)
                    .message()
                    .startsWith("worker ")
                    .contains(" cannot take part: ")
                    .contains(parts)
                    .doesNotContain("\n");
        }
    }

    private static RunDescription run(Fingerprint driver, String config, List<String> data) {
        return new RunDescription("test-" + System.nanoTime(), config, driver, data, Shipment.none());
    }

    @Test
    void aWorkerWithAnotherJava() {
        Fingerprint here = Fingerprint.ofThisProcess();
        Fingerprint driver = new Fingerprint(here.code(), here.java() + 1, here.kernels());
        assertRefused(
                run(driver, Runs.RECIPE, OpenRun.digests(SPEC)),
                "it runs Java " + here.java() + ", the driver Java " + driver.java(),
                "JAVA_HOME");
    }

    @Test
    void aWorkerWithAnotherBuildOfThisProject() {
        Fingerprint here = Fingerprint.ofThisProcess();
        Fingerprint driver = new Fingerprint("0123456789abcdef", here.java(), here.kernels());
        assertRefused(run(driver, Runs.RECIPE, OpenRun.digests(SPEC)), "another build of this project", "0123456789ab");
    }

    @Test
    void aWorkerWithTheOtherKernels() {
        Fingerprint here = Fingerprint.ofThisProcess();
        Twin other = here.kernels() == Twin.PLAIN ? Twin.VECTOR : Twin.PLAIN;
        Fingerprint driver = new Fingerprint(here.code(), here.java(), other);
        assertRefused(run(driver, Runs.RECIPE, OpenRun.digests(SPEC)), "kernels", "-Devolo.kernels");
    }

    @Test
    void aWorkerWhoseDataAreOthers() {
        assertRefused(
                run(Fingerprint.ofThisProcess(), Runs.RECIPE, List.of("00ff")),
                "its data set strokes4 has the SHA-256 " + OpenRun.digests(SPEC).getFirst() + ", the driver's 00ff");
    }

    @Test
    void aWorkerWhoseDataAreMissing() throws IOException {
        Path data = folder.resolve("text.txt");
        Files.writeString(data, "to be or not to be, that is the question. ".repeat(400));
        String recipe = Runs.RECIPE.replace("{data: {side: 4}, width: 4, depth: 2, batch: 8, lossScale: clipped}",
                "{family: rnn_lm, data: {source: " + data + "}, width: 4, batch: 4}");
        ParticleSpec spec = Runs.spec(recipe);
        try (SparkExecutor executor = spark.particles(Runs.recipe(recipe), spec, 1)) {
            Files.delete(data);
            assertThatThrownBy(() -> executor.advance(Runs.theta(spec, 0), 0))
                    .isInstanceOf(ExecutorException.class)
                    .message()
                    .startsWith("worker ")
                    .contains("it cannot use the run's data: ", data.toString())
                    .doesNotContain("\n");
        }
    }

    @Test
    void aMasterThatDoesNotAnswer() throws IOException {
        int nobody = freePort();
        assertThatThrownBy(() -> SparkApplication.open("spark://127.0.0.1:" + nobody, Map.of()))
                .isInstanceOf(ExecutorException.class)
                .hasMessageStartingWith("master spark://127.0.0.1:" + nobody + " does not answer (127.0.0.1:" + nobody + ": ")
                .hasMessageContaining("docs/cluster.md");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "loco", "local[two]", "spark://nowhere", "http://127.0.0.1:7077"})
    void aMasterThatCannotBe(String master) {
        assertThatThrownBy(() -> SparkApplication.open(master, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("--master ")
                .hasMessageEndingWith("expected local[2] or spark://host:port");
    }

    @Test
    void aSettingThatCannotBe() {
        assertThatThrownBy(() -> SparkApplication.open("local[1]", Map.of(SparkApplication.PARTITIONS, "many")))
                .isInstanceOf(ConfigException.class)
                .hasMessage("spark.evolo.partitions is 'many', expected an integer of at least 1");
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
