package io.evolo.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The command line in a process of its own, as the launcher starts it. */
record EvoloProcess(Process process, Path out, Path err) {
    private static final int PATIENCE_SECONDS = 120;

    /** What became of it. */
    record Outcome(int code, String out, String err) {}

    static Outcome run(Path folder, String... arguments) throws IOException, InterruptedException {
        return start(folder, List.of(), arguments).await();
    }

    /**
     * @param folder where it works and where its output goes
     * @param wrapper a command that runs it, or nothing
     */
    static EvoloProcess start(Path folder, List<String> wrapper, String... arguments) throws IOException {
        return start(folder, wrapper, System.getProperty("java.class.path"), arguments);
    }

    /** The same with a class path of its own. */
    static EvoloProcess start(Path folder, List<String> wrapper, String classPath, String[] arguments) throws IOException {
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", // quicker for work this small, and another compiler's bits must be the same
                "-XX:-UsePerfData",
                "-cp",
                classPath,
                "io.evolo.cli.Main"));
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile(folder, "out", ".txt");
        Path err = Files.createTempFile(folder, "err", ".txt");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        return new EvoloProcess(process, out, err);
    }

    Outcome await() throws IOException, InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("still running after " + PATIENCE_SECONDS + " s; it said: " + Files.readString(err));
        }
        String said = Files.readString(err).replaceFirst("WARNING: Using incubator modules: .*\\R", "");
        return new Outcome(process.exitValue(), Files.readString(out), said);
    }

    /** Waits until the run has written a checkpoint of this outer step or a later one. */
    void awaitCheckpoint(Path run, int outerStep) throws IOException, InterruptedException {
        long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (newestCheckpoint(run) < outerStep) {
            if (!process.isAlive() || System.nanoTime() > patience) {
                throw new IllegalStateException("no checkpoint of step " + outerStep + "; it said: " + Files.readString(err));
            }
            Thread.sleep(10);
        }
    }

    /** Its outer step; -1 where there is none. */
    static int newestCheckpoint(Path run) throws IOException {
        Path folder = run.resolve("checkpoints");
        if (!Files.isDirectory(folder)) {
            return -1;
        }
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("step-\\d+\\.ckpt"))
                    .mapToInt(name -> Integer.parseInt(name.replaceAll("\\D", "")))
                    .max()
                    .orElse(-1);
        }
    }
}
