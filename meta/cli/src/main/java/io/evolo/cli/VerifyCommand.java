package io.evolo.cli;

import io.evolo.checkpoints.CheckpointException;
import io.evolo.optimizers.verify.Trajectories;
import io.evolo.optimizers.verify.Verdict;
import io.evolo.schema.ConfigException;
import io.evolo.tasks.kernels.Twin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compares this project's rules with recorded runs of other implementations. */
@Command(
        name = "verify",
        description = {
            "Replays recorded trajectories of optimizers on this project's rules, plain and vector kernels, and prints each file's"
                    + " largest difference. Exit 1 where one is out of tolerance."
        })
final class VerifyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private TableOutput output = new TableOutput();

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE|DIR",
            description = "Trajectory files (JSON), or folders with such files in them.")
    private List<Path> paths = List.of();

    @Override
    public Integer call() {
        output.require();
        Table table = new Table(2, "file", "rule", "steps", "plain", "vector", "tolerance", "result");
        boolean failed = false;
        List<String> refused = new ArrayList<>();
        List<Path> files = files();
        for (Path file : files) {
            try {
                failed |= !verify(file, table);
            } catch (CheckpointException e) {
                if (files.size() == 1) {
                    throw e;
                }
                // One file that cannot be replayed is said and counted, and hides none of the others.
                table.row(file.getFileName().toString(), "", "", "", "", "", "ERROR");
                refused.add(e.getMessage());
            }
        }
        output.print(table, spec);
        refused.forEach(spec.commandLine().getErr()::println);
        return failed || !refused.isEmpty() ? ExitCode.FAILED : ExitCode.DONE;
    }

    private List<Path> files() {
        List<Path> files = new ArrayList<>();
        for (Path path : paths) {
            if (Files.isDirectory(path)) {
                files.addAll(trajectoriesIn(path));
            } else {
                files.add(path);
            }
        }
        return files;
    }

    private static List<Path> trajectoriesIn(Path folder) {
        try (Stream<Path> entries = Files.walk(folder)) {
            List<Path> files = entries.filter(file -> file.toString().endsWith(".json"))
                    .filter(Trajectories::isTrajectory)
                    .sorted()
                    .toList();
            if (files.isEmpty()) {
                throw new ConfigException(folder + ": no trajectory in this folder, expected JSON files of one or more");
            }
            return files;
        } catch (IOException e) {
            throw new CheckpointException(folder + ": cannot be listed: " + e, e);
        }
    }

    /** Adds the file's row; whether it is in tolerance or of no rule here. */
    private boolean verify(Path file, Table table) {
        Verdict plain = Trajectories.replay(file, Twin.PLAIN);
        if (plain instanceof Verdict.Replayed plainly
                && Trajectories.replay(file, Twin.VECTOR) instanceof Verdict.Replayed fast) {
            boolean agrees = plainly.agrees() && fast.agrees();
            table.row(
                    file.getFileName().toString(),
                    plain.rule(),
                    String.valueOf(plainly.steps()),
                    number(plainly.largest().value()),
                    number(fast.largest().value()),
                    number(plainly.tolerance()),
                    agrees ? "ok" : "FAILED at " + (plainly.agrees() ? fast : plainly).largest().tensor());
            return agrees;
        }
        table.row(file.getFileName().toString(), plain.rule(), "", "", "", "", "rule not here");
        return true;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1e", value);
    }
}
