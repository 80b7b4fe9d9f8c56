package io.evolo.cli;

import io.evolo.meta.FixedTask;
import io.evolo.schema.Schema;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows the fixed evaluation tasks. */
@Command(
        name = "tasks",
        synopsisSubcommandLabel = "(list | show NAME)",
        description = {
            "Lists the fixed evaluation tasks, or prints one to copy. evolo train OPTIMIZER --task NAME trains one.",
            "Suite small needs no data and takes minutes; full has VeLO's published tasks too, as far as families and formats allow."
        })
final class TasksCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "expected: evolo tasks list, or evolo tasks show NAME");
    }

    @Command(description = "Names, steps, and the data that they need.")
    int list(
            @Option(names = "--suite", paramLabel = "SUITE", defaultValue = "full", description = "small or full.")
                    FixedTask.Suite suite,
            @Mixin TableOutput output) {
        Table table = new Table(3, "task", "needs", "suites", "steps");
        FixedTasks.load().tasks().stream()
                .filter(suite::contains)
                .forEach(task -> table.row(
                        task.name(),
                        task.needs().isEmpty() ? "–" : task.needs(),
                        FixedTask.Suite.SMALL.contains(task) ? "small, full" : "full",
                        String.valueOf(task.steps())));
        output.print(table, spec);
        return ExitCode.DONE;
    }

    @Command(description = "All of its values, as an entry of a recipe's tasks.")
    int show(@Parameters(paramLabel = "NAME", description = "As evolo tasks list names it.") String name) {
        FixedTask task = FixedTasks.load().named(name);
        PrintWriter out = spec.commandLine().getOut();
        out.println("# " + task.name() + ", " + task.steps() + " steps"
                + (task.needs().isEmpty() ? "" : ", on " + task.needs() + " (--data)"));
        out.print(Schema.write(task.task()));
        out.flush();
        return ExitCode.DONE;
    }
}
