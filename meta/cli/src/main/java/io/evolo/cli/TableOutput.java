package io.evolo.cli;

import io.evolo.checkpoints.AtomicFile;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Where a command's one table goes. */
final class TableOutput {
    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Also write the table there: an array of objects, a row each, under the names of the columns.")
    private String json = "";

    /** Checks before the work that the file can be written after it. */
    void require() {
        OutputFile.require("--json", json);
    }

    void print(Table table, CommandSpec spec) {
        require();
        table.print(spec.commandLine().getOut());
        if (!json.isEmpty()) {
            AtomicFile.write(Path.of(json), table.json() + "\n");
        }
    }
}
