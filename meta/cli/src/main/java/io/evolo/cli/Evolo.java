package io.evolo.cli;

import io.evolo.checkpoints.CheckpointException;
import io.evolo.meta.ExecutorException;
import io.evolo.meta.Footprint;
import io.evolo.meta.OuterDivergenceException;
import io.evolo.schema.ConfigException;
import io.evolo.tasks.data.DataException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;
import picocli.CommandLine;

/** The command line. Results go to standard output, everything else to standard error. */
@Command(
        name = "evolo",
        description = "Meta-trains learned optimizers, ships them, and shows where they generalise.",
        synopsisSubcommandLabel = "COMMAND",
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:failed",
            "2:the user's mistake",
            "130:interrupted, with a checkpoint written where there is a run",
            "141:who read the results closed the pipe"
        },
        footer = {"", "Begin with: evolo meta-train --recipe quickstart --run runs/first"},
        subcommands = {
            MetaTrainCommand.class,
            EvaluateCommand.class,
            ReportCommand.class,
            WatchCommand.class,
            TrainCommand.class,
            TuneCommand.class,
            InspectCommand.class,
            ImportCommand.class,
            ExportCommand.class,
            PackagesCommand.class,
            RecipesCommand.class,
            RulesCommand.class,
            DataCommand.class,
            TasksCommand.class,
            CheckMupCommand.class,
            VerifyCommand.class,
            BenchCommand.class,
            CompletionCommand.class,
            ManCommand.class,
        })
public final class Evolo implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, scope = ScopeType.INHERIT, description = "Print this help.")
    private boolean help;

    @Option(names = {"-V", "--version"}, versionHelp = true, description = "Print the version.")
    private boolean version;

    @Option(
            names = "--stacktrace",
            scope = ScopeType.INHERIT,
            description = "Print the stack trace of an error; so does EVOLO_DEBUG=1.")
    private boolean stacktrace;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing; see evolo --help");
    }

    /** Runs one command line and returns the exit code. */
    static int run(String... arguments) {
        WatchedOutput results = new WatchedOutput(new FileOutputStream(FileDescriptor.out));
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int code = run(new PrintWriter(results, true, StandardCharsets.UTF_8), err, arguments);
        if (results.failure().isEmpty()) {
            return code;
        }
        if (results.closedByReader()) {
            return ExitCode.CLOSED_PIPE;
        }
        err.println("evolo: results could not be written to standard output: " + results.failure() + "; is the disk full?");
        return code == ExitCode.DONE ? ExitCode.FAILED : code;
    }

    /** The same, with other streams. */
    static int run(PrintWriter out, PrintWriter err, String... arguments) {
        Evolo evolo = new Evolo();
        CommandLine commandLine = new CommandLine(evolo)
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpLongOptionsMaxWidth(30)
                .setParameterExceptionHandler((e, args) -> mistake(err, e))
                .setExecutionExceptionHandler((e, commands, parsed) -> evolo.failure(err, e));
        int code = execute(commandLine, err, arguments);
        out.flush();
        err.flush();
        return code;
    }

    /** What could not be forecast may still be too much. */
    private static int execute(CommandLine commandLine, PrintWriter err, String... arguments) {
        try {
            return commandLine.execute(arguments);
        } catch (OutOfMemoryError e) {
            double heap = Runtime.getRuntime().maxMemory();
            err.println("evolo: the heap of " + Footprint.text(heap) + " is full; EVOLO_JAVA_OPTS=-Xmx"
                    + Math.round(2 * heap / (1 << 20)) + "m gives twice as much");
            return ExitCode.USER_MISTAKE;
        }
    }

    private static int mistake(PrintWriter err, ParameterException e) {
        err.println("evolo: " + e.getMessage() + "; see evolo" + path(e.getCommandLine()) + " --help");
        UnmatchedArgumentException.printSuggestions(e, err);
        return ExitCode.USER_MISTAKE;
    }

    private static String path(CommandLine commandLine) {
        return commandLine.getCommandSpec().qualifiedName().substring("evolo".length());
    }

    private int failure(PrintWriter err, Exception e) {
        boolean expected = e instanceof ConfigException || e instanceof CheckpointException || e instanceof DataException
                || e instanceof ExecutorException || e instanceof OuterDivergenceException || e instanceof IllegalArgumentException;
        boolean trace = stacktrace || "1".equals(System.getenv("EVOLO_DEBUG"));
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        err.println("evolo: " + (expected ? message : "unexpected " + e + (trace ? "" : "; --stacktrace shows where")));
        if (trace) {
            e.printStackTrace(err);
        }
        return e instanceof ConfigException || e instanceof IllegalArgumentException ? ExitCode.USER_MISTAKE : ExitCode.FAILED;
    }
}
