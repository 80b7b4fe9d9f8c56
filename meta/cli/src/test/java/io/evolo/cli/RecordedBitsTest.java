package io.evolo.cli;

import static io.evolo.cli.TinyRun.evolo;
import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.checkpoints.ShippedPackages;
import io.evolo.meta.MetaRun;
import io.evolo.meta.Recipe;
import io.evolo.optimizers.learned.GoldenRun;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.Packages;
import io.evolo.optimizers.learned.SmallFc;
import io.evolo.tasks.Rng;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The bits of today: what every shipped recipe makes of theta in a few outer steps, what every shipped package makes of its golden
 * run, and what a small suite writes. A change of form keeps all of them; a change of numbers records them anew, with
 * {@code -Devolo.record=true}, and its commit says which changed and why.
 */
class RecordedBitsTest {
    private static final Path RECORDED = Path.of("src/test/resources/io/evolo/cli/recorded-bits.txt");

    /** Short problems of the recipe's own tasks; warm-up and decay stay those of its planned length. */
    private static final List<String> SHORT = List.of(
            "estimation.pairs=1", "estimation.truncation=3", "horizon.min=4", "horizon.max=7", "horizon.stagger=5");

    private static final int OUTER_STEPS = 3;

    @TempDir
    private Path folder;

    @Test
    void everyShippedRecipeMakesTheRecordedTheta() throws IOException {
        agrees("recipe", Recipes.SHIPPED.names(), name -> hash(whole(name, 1)));
    }

    @Test
    void twoThreadsAndAResumedRunMakeTheSameTheta() throws IOException {
        agrees("recipe", Recipes.SHIPPED.names(), name -> hash(resumed(name)));
    }

    @Test
    void everyShippedPackageHasTheRecordedThetaAndRepeatsItsGoldenRunToTheBit() throws IOException {
        agrees("package", ShippedPackages.names(), name -> {
            LearnedOptimizerPackage shipped = ShippedPackages.read(name);
            return shipped.sha256OfTheta() + " " + hash(GoldenRun.of(Packages.bind(shipped)).expected());
        });
    }

    @Test
    void aSmallSuiteWritesTheRecordedResults() throws IOException {
        agrees("suite", List.of("tiny"), this::suite);
    }

    private float[] whole(String name, int threads) {
        Recipe recipe = Recipes.load(name, SHORT);
        try (MetaRun run = MetaRun.create(folder.resolve(name), recipe, threads)) {
            advance(run, OUTER_STEPS);
            return run.theta();
        }
    }

    /** Begun on two threads, stopped after one outer step, ended on one thread: neither leaves a trace. */
    private float[] resumed(String name) {
        Recipe recipe = Recipes.load(name, SHORT);
        Path directory = folder.resolve(name);
        try (MetaRun run = MetaRun.create(directory, recipe, 2)) {
            advance(run, 1);
            run.checkpoint();
        }
        try (MetaRun run = MetaRun.resume(directory, recipe, 1)) {
            advance(run, OUTER_STEPS - 1);
            return run.theta();
        }
    }

    private static void advance(MetaRun run, int steps) {
        for (int i = 0; i < steps; i++) {
            run.advance();
        }
    }

    /** suite.json of a rule drawn at random beside tuned Adam, without its seconds and its folder. */
    private String suite(String name) {
        LearnedOptimizer rule = SmallFc.of(4);
        Path made = folder.resolve("made.evolo");
        Packages.pack("made", rule, rule.initTheta(Rng.of(1, "theta")), new TreeMap<>(), "MIT").write(made);
        Path run = folder.resolve("run");
        try {
            Path suite = Files.writeString(folder.resolve(name + ".yaml"), """
                    name: tiny
                    tuned: [adam]
                    seeds: 2
                    tuningSeeds: 1
                    examples: 40
                    cells:
                      - {name: narrow, steps: 10, task: {data: {side: 4}, width: 4, depth: 1, batch: 8}}
                      - {name: wide, steps: 10, task: {data: {side: 4}, width: 8, depth: 1, batch: 8}}
                    """);
            EvoloProcess.Outcome outcome = evolo("evaluate", made.toString(), "--suite", suite.toString(), "--run", run.toString(), "--threads", "1");
            assertThat(outcome.code()).as(outcome.err()).isEqualTo(ExitCode.DONE);
            return hash(Files.readString(run.resolve("suite.json")).replaceAll("\"(seconds|updateSeconds)\":[^,}]+", "").replace(folder.toString(), ""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Each name's bits are those of its line; where they are to be recorded, the lines of this kind are written anew. */
    private static void agrees(String kind, List<String> names, Function<String, String> bits) throws IOException {
        List<String> lines = names.stream().map(name -> kind + " " + name + " " + bits.apply(name)).toList();
        List<String> recorded = Files.exists(RECORDED) ? Files.readAllLines(RECORDED) : List.of();
        if (Boolean.getBoolean("evolo.record")) {
            Stream<String> others = recorded.stream().filter(line -> !line.startsWith(kind + " "));
            Files.write(RECORDED, Stream.concat(others, lines.stream()).sorted().toList());
            return;
        }
        List<String> ours = new ArrayList<>(recorded);
        ours.removeIf(line -> !line.startsWith(kind + " "));
        assertThat(lines).as("bits recorded in %s; record them anew with -Devolo.record=true", RECORDED).containsExactlyInAnyOrderElementsOf(ours);
    }

    /** SHA-256 of the values as float32, little-endian: as packages say it of theta. */
    private static String hash(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return sha256(bytes.array());
    }

    private static String hash(String text) {
        return sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
