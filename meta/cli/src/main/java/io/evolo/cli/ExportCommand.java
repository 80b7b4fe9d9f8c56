package io.evolo.cli;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.checkpoints.TensorFile;
import io.evolo.optimizers.weights.Weights;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A package to safetensors. */
@Command(
        name = "export",
        description = {
            "Writes a package's theta as safetensors, under the tensor names that the rule's published weights have.",
            "Rule, hyperparameters and provenance go into the metadata: importing the file gives the package again."
        })
final class ExportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "PACKAGE", description = "A package file (NAME.evolo), or a package that ships inside.")
    private String name = "";

    @Option(names = {"-o", "--output"}, paramLabel = "FILE", description = "What to write (NAME.safetensors).")
    private String output = "";

    @Override
    public Integer call() {
        OutputFile.require("--output", output);
        LearnedOptimizerPackage loaded = Optimizers.load(name);
        TensorFile tensors = Weights.write(loaded);
        Path target = Path.of(output.isEmpty() ? loaded.name() + ".safetensors" : output);
        tensors.write(target);
        spec.commandLine().getOut().printf("%s: %d tensors, %d values%n", target, tensors.tensors().size(), loaded.theta().length);
        return ExitCode.DONE;
    }
}
