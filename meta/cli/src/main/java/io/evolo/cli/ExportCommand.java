package io.evolo.cli;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.checkpoints.TensorFile;
import io.evolo.optimizers.python.Framework;
import io.evolo.optimizers.python.PythonFile;
import io.evolo.optimizers.weights.Weights;
import io.evolo.schema.ConfigException;
import io.evolo.schema.Names;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A package as a file for others: safetensors, or one Python file. */
@Command(
        name = "export",
        description = {
            "Writes a package's theta as safetensors, under the tensor names that the rule's published weights have.",
            "Rule, hyperparameters and provenance go into the metadata: importing the file gives the package again.",
            "With --as, writes the whole optimizer as one Python file that needs nothing but its framework."
        })
final class ExportCommand implements Callable<Integer> {
    private static final String SAFETENSORS = "safetensors";
    private static final List<String> FORMS = List.of(SAFETENSORS, "numpy", "torch", "optax");

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "PACKAGE", description = "A package file (NAME.evolo), or a package that ships inside.")
    private String name = "";

    @Option(names = {"-o", "--output"}, paramLabel = "FILE", description = "What to write (NAME.safetensors; NAME.py).")
    private String output = "";

    @Option(
            names = "--as",
            paramLabel = "FORM",
            description = "safetensors; or a Python file for numpy, torch or optax (safetensors).")
    private String form = SAFETENSORS;

    @Override
    public Integer call() throws IOException {
        OutputFile.require("--output", output);
        LearnedOptimizerPackage loaded = Optimizers.load(name);
        if (form.equals(SAFETENSORS)) {
            TensorFile tensors = Weights.write(loaded);
            Path target = target(loaded.name(), ".safetensors");
            tensors.write(target);
            spec.commandLine().getOut().printf("%s: %d tensors, %d values%n", target, tensors.tensors().size(), loaded.theta().length);
        } else {
            String text = PythonFile.of(loaded, framework());
            Path target = target(loaded.name().replaceAll("[^A-Za-z0-9]", "_"), ".py");
            Files.writeString(target, text);
            spec.commandLine().getOut().printf("%s: for %s; python %s repeats recorded steps%n", target, form, target);
        }
        return ExitCode.DONE;
    }

    private Framework framework() {
        for (Framework framework : Framework.values()) {
            if (framework.name().equalsIgnoreCase(form)) {
                return framework;
            }
        }
        throw new ConfigException(Names.unknown("form to export as", form, FORMS));
    }

    private Path target(String stem, String extension) {
        return Path.of(output.isEmpty() ? stem + extension : output);
    }
}
