package io.evolo.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A recipe that takes seconds, and the command line within the test's own process. */
final class TinyRun {
    private static final String RECIPE =
            """
            name: tiny
            rule: {name: small_fc, hyper: {hidden: 4, step_mult: 0.01}}
            tasks:
              - {data: {side: 4}, width: 4, depth: 2, batch: 8, lossScale: clipped}
            estimation: {pairs: 3, truncation: 5}
            horizon: {min: 7, max: 20, stagger: 5}
            outer: {steps: 12, rate: 0.01, warmup: 3, clip: 1}
            saving: {every: 0, keep: 3, metricsEvery: 5}
            evaluation: {widths: [4, 8], horizons: [5], seeds: 2, baselineRates: 2, baselineDecays: constant, tuningSeeds: 1, examples: 50}
            """;

    private TinyRun() {}

    /** The recipe's file in this folder. */
    static Path recipe(Path folder) throws IOException {
        Path file = folder.resolve("tiny.yaml");
        Files.writeString(file, RECIPE);
        return file;
    }

    /** The arguments of a whole run in {@code folder/NAME}. */
    static String[] arguments(Path folder, String name, String... more) throws IOException {
        List<String> arguments = new ArrayList<>(
                List.of("meta-train", "--recipe", recipe(folder).toString(), "--run", folder.resolve(name).toString()));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    static EvoloProcess.Outcome evolo(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Evolo.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
        return new EvoloProcess.Outcome(code, out.toString(), err.toString());
    }
}
