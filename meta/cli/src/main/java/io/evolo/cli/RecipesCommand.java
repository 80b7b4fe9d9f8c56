package io.evolo.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows the recipes that ship inside. */
@Command(
        name = "recipes",
        synopsisSubcommandLabel = "(list | show NAME)",
        description = "Lists the recipes that ship inside, or prints one to copy and change.")
final class RecipesCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "expected: evolo recipes list, or evolo recipes show NAME");
    }

    @Command(description = "Names and titles.")
    void list() {
        PrintWriter out = spec.commandLine().getOut();
        Recipes.SHIPPED.names().forEach(name -> out.printf("%-16s%s%n", name, Recipes.SHIPPED.title(name)));
    }

    @Command(description = "The text of one, with what it does differently from its paper.")
    void show(@Parameters(paramLabel = "NAME", description = "As evolo recipes list names it.") String name) {
        spec.commandLine().getOut().print(Recipes.SHIPPED.text(name));
        spec.commandLine().getOut().flush();
    }
}
