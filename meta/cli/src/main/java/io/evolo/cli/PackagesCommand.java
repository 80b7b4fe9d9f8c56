package io.evolo.cli;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.checkpoints.ShippedPackages;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists the packages that ship inside. */
@Command(
        name = "packages",
        description = "Lists the packages that ship inside; their names stand wherever a package file may. See evolo inspect NAME.")
final class PackagesCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private TableOutput output = new TableOutput();

    @Override
    public Integer call() {
        Table table = new Table(2, "package", "rule", "theta", "outer steps", "theta sha256");
        for (String name : ShippedPackages.names()) {
            LearnedOptimizerPackage shipped = ShippedPackages.read(name);
            table.row(
                    name,
                    shipped.rule(),
                    String.valueOf(shipped.theta().length),
                    shipped.provenance().getOrDefault("outerSteps", ""),
                    shipped.sha256OfTheta().substring(0, 16));
        }
        output.print(table, spec);
        return ExitCode.DONE;
    }
}
