package io.evolo.meta.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.meta.Execution;
import io.evolo.meta.ExecutorException;
import io.evolo.meta.MetaRun;
import io.evolo.meta.ParticleSpec;
import io.evolo.meta.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Master, workers and executors as processes of their own. */
@Timeout(300) // processes, on machines that have other work too
class ClusterTest {
    /** Steps long enough for a worker to die within one. */
    private static final String LONG_STEPS = Runs.RECIPE.replace("truncation: 5", "truncation: 100");

    @TempDir
    static Path folder;

    private static Cluster cluster;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        cluster = new Cluster(folder);
        cluster.addWorker();
        cluster.addWorker();
        cluster.awaitWorkers();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static Map<String, String> settings(String... more) {
        Map<String, String> settings = new TreeMap<>(Cluster.settings());
        settings.put(SparkApplication.CUT_EVERY, "3");
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return settings;
    }

    @Test
    void aWorkerKilledInMidStepCostsARecomputationFromTheLastCutAndNoBit() throws Exception {
        ParticleSpec spec = Runs.spec(LONG_STEPS);
        List<Runs.Bits> expected = Runs.expected(spec, 7);
        cluster.addWorker();
        cluster.awaitWorkers();
        Map<String, String> rareCuts = settings(SparkApplication.CUT_EVERY, "10");
        try (SparkApplication spark = awaitExecutors(SparkApplication.open(cluster.master(), rareCuts), 3);
                SparkExecutor executor = spark.particles(Runs.recipe(LONG_STEPS), spec, 6)) {
            assertThat(Runs.advance(executor, spec, 0, 4)).isEqualTo(expected.subList(0, 4));
            assertThat(executor.replayed()).isZero();
            CompletableFuture<Void> death = CompletableFuture.runAsync(() -> killWhileBusy(spark, 2));
            assertThat(Runs.advance(executor, spec, 4, 7)).isEqualTo(expected.subList(4, 7));
            death.get(1, TimeUnit.SECONDS);
            // Each of three workers holds one to four of the particles, and none was cut before the step in which one dies: the fifth at
            // the earliest, the seventh at the latest.
            assertThat(executor.replayed()).isBetween(4, 4 * 6);
        }
    }

    /** On a busy machine the last one comes late, and would be given no particle to lose. */
    private static SparkApplication awaitExecutors(SparkApplication spark, int count) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (spark.members().executors() < count && System.nanoTime() < deadline) {
            Thread.sleep(20);
        }
        assertThat(spark.members().executors()).isEqualTo(count);
        return spark;
    }

    private static void killWhileBusy(SparkApplication spark, int worker) {
        try {
            while (!spark.busy()) {
                Thread.sleep(1);
            }
            Thread.sleep(20); // its tasks have begun
            cluster.kill(worker);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aRunWhoseDriverWasKilledGoesOnWithOtherWorkersAndOnThreads() throws Exception {
        Recipe recipe = Runs.recipe(Runs.RECIPE);
        float[] whole = finish(folder.resolve("whole"), recipe, false, Execution.local(2));

        Path killed = folder.resolve("killed");
        Process driver = driver(killed);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
        while (driver.isAlive() && System.nanoTime() < deadline && !Files.exists(killed.resolve("checkpoints").resolve("step-000000004.ckpt"))) {
            Thread.sleep(10);
        }
        driver.destroyForcibly().waitFor();
        assertThat(MetaRun.newest(killed, recipe)).isPresent();
        assertThat(killed.resolve("tiny.evolo")).doesNotExist();
        Path copy = folder.resolve("copy");
        copy(killed, copy);

        assertThat(finish(copy, recipe, true, Execution.local(1))).containsExactly(whole);
        Execution one = Execution.of("spark", 1).at(cluster.master(), settings("spark.cores.max", "1"));
        assertThat(finish(killed, recipe, true, one)).containsExactly(whole);
    }

    private static float[] finish(Path run, Recipe recipe, boolean resume, Execution execution) {
        try (MetaRun meta = resume ? MetaRun.resume(run, recipe, execution) : MetaRun.create(run, recipe, execution)) {
            while (!meta.finished()) {
                meta.advance();
            }
            return LearnedOptimizerPackage.read(meta.finish()).theta();
        }
    }

    /** The command line, as a user starts it. */
    private static Process driver(Path run) throws IOException {
        Path recipe = folder.resolve("tiny.yaml");
        Files.writeString(recipe, Runs.RECIPE);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules", "jdk.incubator.vector", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                "-cp", System.getProperty("java.class.path"),
                "io.evolo.cli.Main", "meta-train", "--recipe", recipe.toString(), "--run", run.toString(),
                "--executor", "spark", "--master", cluster.master()));
        Cluster.settings().forEach((key, value) -> command.addAll(List.of("--cluster", key + "=" + value)));
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(folder.resolve("driver.log").toFile()).start();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }

    @Test
    void anApplicationThatAsksForMoreMemoryThanAnyWorkerHasIsRefusedByName() {
        assertThatThrownBy(() -> SparkApplication.open(cluster.master(), settings("spark.executor.memory", "3g", SparkApplication.PATIENCE, "2")))
                .isInstanceOf(ExecutorException.class)
                .message()
                .startsWith("master " + cluster.master() + " gave no executor within 2 s: the run asks for 1 core and 3g of memory, but ")
                .contains("worker 127.0.0.1 has 1 cores and 700m free")
                .doesNotContain("\n");
    }
}
