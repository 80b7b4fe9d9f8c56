package io.evolo.benchmarks;

import io.evolo.meta.reports.Report;
import io.evolo.meta.reports.Reports;
import io.evolo.tasks.Rng;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The report of an evaluation of 100 cells with 100 training runs each, every run with a curve of {@code points} points: 100 as
 * evaluations keep them, or 10,000, every step's loss. From the files to page, numbers and figures, in a JVM of at most 768 MiB of heap.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 2)
@Fork(value = 1, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-XX:+UseSerialGC", "-Xmx768m"})
public class ReportBenchmark {
    private static final int CELLS = 100;
    private static final int RATES = 15;
    private static final int SEEDS = 5;
    private static final int PACKAGES = 12;
    private static final int STEPS = 10_000;

    @Param({"100", "10000"})
    int points;

    private Path run;

    @Setup
    public void write() throws IOException {
        run = Files.createTempDirectory("report-benchmark");
        StringBuilder cells = new StringBuilder();
        for (int cell = 0; cell < CELLS; cell++) {
            Path place = Files.createDirectories(run.resolve("cells/cell-" + cell));
            try (BufferedWriter out = Files.newBufferedWriter(place.resolve("trials.jsonl"))) {
                for (String line : keys()) {
                    out.write(line);
                    curve(out, Rng.of(cell, "curve", line.hashCode()));
                }
            }
            cells.append(cell == 0 ? "" : ",").append(String.format(
                    Locale.ROOT,
                    "{\"name\":\"cell %d\",\"bucket\":\"bucket %d\",\"row\":\"%d\",\"column\":\"%d\",\"steps\":%d,"
                            + "\"parameters\":%d,\"ledgers\":[\"cells/cell-%d\"]}",
                    cell, cell / 10, cell / 10, cell % 10, STEPS, 1000 + 997 * cell, cell));
        }
        List<String> packages = new ArrayList<>();
        for (int i = 0; i < PACKAGES; i++) {
            packages.add("{\"name\":\"package-" + i + "\",\"facts\":{}}");
        }
        Files.writeString(run.resolve("suite.json"), "{\"suite\":\"generated\",\"seeds\":" + SEEDS + ",\"contenders\":["
                + String.join(",", packages) + "],\"cells\":[" + cells + "],\"skipped\":[]}");
    }

    /** 15 constant rates and 15 with the cosine of Adam; judged: both, and the packages. */
    private static List<String> keys() {
        List<String> lines = new ArrayList<>();
        for (String schedule : List.of("constant", "cosine")) {
            for (int rate = 0; rate < RATES; rate++) {
                lines.add(line("adam", schedule, rate, "tuning", 0));
            }
            for (int seed = 0; seed < SEEDS; seed++) {
                lines.add(line("adam", schedule, RATES / 2, "judging", seed));
            }
        }
        for (int i = 0; i < PACKAGES; i++) {
            for (int seed = 0; seed < SEEDS; seed++) {
                lines.add(line("package-" + i, "constant", 0, "judging", seed));
            }
        }
        return lines;
    }

    private static String line(String optimizer, String schedule, int rate, String purpose, int seed) {
        return String.format(
                Locale.ROOT,
                "{\"optimizer\":\"%s\",\"tier\":\"lr\",\"schedule\":\"%s\",\"hyperparameters\":{\"rate\":%d},\"purpose\":\"%s\","
                        + "\"seed\":%d,\"task\":{\"name\":\"generated\"},\"status\":\"finished\",\"trainLoss\":%f,\"validLoss\":1.0,"
                        + "\"testLoss\":1.0,\"testAccuracy\":0.5,\"initialLoss\":2.3,\"steps\":%d,\"laneSteps\":%d,\"seconds\":1.5,"
                        + "\"updateSeconds\":0.5,\"stateBytes\":8000,\"curve\":[",
                optimizer, schedule, rate + 1, purpose, seed, 1 + 0.01 * (optimizer.hashCode() % 7) + 0.001 * seed, STEPS, STEPS);
    }

    private void curve(BufferedWriter out, Rng rng) throws IOException {
        for (int i = 0; i < points; i++) {
            float loss = (float) (2.3 / Math.sqrt(1 + 100.0 * i / points) + 0.1 * rng.nextDouble());
            out.write(i == 0 ? "" : ",");
            out.write(Float.toString(loss));
        }
        out.write("]}\n");
    }

    @Benchmark
    public Report report() {
        Report report = Reports.read(run);
        Reports.write(report, run);
        return report;
    }

    @TearDown
    public void delete() {
        System.out.println(status());
        try (Stream<Path> files = Files.walk(run)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The most memory that this process has had, where the system says so. */
    private static String status() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmHWM")).findFirst().orElse("");
        } catch (IOException e) {
            return "peak memory is not known here: " + e.getMessage();
        }
    }
}
