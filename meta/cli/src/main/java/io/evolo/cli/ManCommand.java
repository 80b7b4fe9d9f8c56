package io.evolo.cli;

import java.io.PrintWriter;
import java.util.LinkedHashSet;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Spec;

/** Prints the manual page, made of what the commands say of themselves. */
@Command(name = "man", description = {"Prints the manual page of all commands, in roff.", "evolo man | man -l - shows it; evolo man > evolo.1 keeps it."})
final class ManCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        CommandSpec root = spec.root();
        out.println(".TH EVOLO 1 \"\" \"" + escaped(Version.text()) + "\" \"Evolo\"");
        out.println(".SH NAME");
        out.println("evolo \\- " + text(root.usageMessage().description()));
        out.println(".SH SYNOPSIS");
        out.println(".B evolo\n.I COMMAND\n[options]");
        out.println(".SH COMMANDS");
        new LinkedHashSet<>(root.subcommands().values()).forEach(command -> command(command, out));
        out.println(".SH EXIT STATUS");
        root.usageMessage().exitCodeList().forEach((code, meaning) -> out.println(".TP\n.B " + code + "\n" + escaped(meaning)));
        out.flush();
        return ExitCode.DONE;
    }

    private static void command(CommandLine command, PrintWriter out) {
        CommandSpec spec = command.getCommandSpec();
        UsageMessageSpec usage = spec.usageMessage();
        if (usage.hidden()) {
            return;
        }
        out.println(".SS " + escaped(spec.qualifiedName()));
        out.println(text(usage.description()));
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            argument("\\fI" + escaped(parameter.paramLabel()) + "\\fR", parameter, out);
        }
        for (OptionSpec option : spec.options()) {
            if (!option.inherited()) {
                String value = option.arity().max() == 0 ? "" : "=\\fI" + escaped(option.paramLabel()) + "\\fR";
                argument("\\fB" + escaped(String.join(", ", option.names())) + "\\fR" + value, option, out);
            }
        }
        new LinkedHashSet<>(spec.subcommands().values()).forEach(inner -> command(inner, out));
    }

    private static void argument(String head, ArgSpec argument, PrintWriter out) {
        if (!argument.hidden()) {
            out.println(".TP\n" + head + "\n" + text(argument.description()));
        }
    }

    private static String text(String[] lines) {
        return escaped(String.join("\n", lines).replace("%n", "\n").replace("%%", "%"));
    }

    /** Without what roff would take for its own. */
    private static String escaped(String text) {
        return text.replace("\\", "\\e").replace("-", "\\-").replaceAll("(?m)^([.'])", "\\\\&$1");
    }
}
