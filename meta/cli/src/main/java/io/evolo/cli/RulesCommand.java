package io.evolo.cli;

import io.evolo.optimizers.learned.InputGroup;
import io.evolo.optimizers.learned.LearnedOptimizer;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows the learned rules. */
@Command(
        name = "rules",
        synopsisSubcommandLabel = "(list | show NAME)",
        description = "Lists the learned rules, or prints one to copy, change and train: --set rule=FILE.")
final class RulesCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "expected: evolo rules list, or evolo rules show NAME");
    }

    @Command(description = "Names, number of meta-parameters, and what the rules' networks read of every parameter.")
    void list(@Mixin TableOutput output) {
        Table table = new Table(3, "rule", "theta", "inputs");
        for (String name : RuleFiles.names()) {
            LearnedOptimizer rule = RuleFiles.named(name);
            table.row(name, Integer.toString(rule.thetaLayout().size()), inputs(rule.inputs()));
        }
        output.print(table, spec);
    }

    private static String inputs(List<InputGroup> groups) {
        return groups.isEmpty() ? "-" : groups.stream().map(InputGroup::name).collect(Collectors.joining(", "));
    }

    @Command(description = "One as YAML, with every hyperparameter.")
    void show(@Parameters(paramLabel = "NAME", description = "As evolo rules list names it.") String name) {
        spec.commandLine().getOut().print(RuleFiles.text(name));
        spec.commandLine().getOut().flush();
    }
}
