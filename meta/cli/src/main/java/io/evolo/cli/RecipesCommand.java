package io.evolo.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
    void list(@Mixin TableOutput output) {
        Table table = new Table(2, "recipe", "what");
        Recipes.SHIPPED.names().forEach(name -> table.row(name, Recipes.SHIPPED.title(name)));
        output.print(table, spec);
    }

    @Command(description = "The text of one, with what it does differently from its paper.")
    void show(@Parameters(paramLabel = "NAME", description = "As evolo recipes list names it.") String name) {
        spec.commandLine().getOut().print(Recipes.SHIPPED.text(name));
        spec.commandLine().getOut().flush();
    }
}
