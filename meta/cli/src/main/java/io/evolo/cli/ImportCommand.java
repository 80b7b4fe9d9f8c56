package io.evolo.cli;

import io.evolo.checkpoints.CheckpointException;
import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.checkpoints.TensorFile;
import io.evolo.schema.ConfigException;
import io.evolo.optimizers.learned.Packages;
import io.evolo.optimizers.weights.Weights;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Published weights to a package. */
@Command(
        name = "import",
        description = {
            "Makes a package from published weights: safetensors, or the msgpack of flax; never a Python pickle.",
            "Every name, shape and dtype is checked. A file made by evolo export needs no --as."
        })
final class ImportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..*", paramLabel = "FILE", description = "One file, or several whose tensors belong together.")
    private List<Path> files = List.of();

    @Option(names = "--as", paramLabel = "FORMAT", description = "Whose weights they are; --list shows all formats.")
    private String format = "";

    @Option(names = "--list", description = "List the formats and stop.")
    private boolean list;

    @Option(names = "--set", paramLabel = "KEY=NUMBER", description = "One hyperparameter of the rule; may be repeated.")
    private Map<String, Double> hyper = new TreeMap<>();

    @Option(names = "--name", paramLabel = "NAME", description = "Of the package (the file's, up to its first point).")
    private String name = "";

    @Option(names = "--licence", paramLabel = "NAME", description = "Under which the weights may be used, by its SPDX name.")
    private String licence = "";

    @Option(names = "--licence-file", paramLabel = "FILE", description = "The licence's text, to be kept in the package.")
    private String licenceFile = "";

    @Option(names = "--sha256", paramLabel = "HEX", description = "What the first file must have as its SHA-256.")
    private String sha256 = "";

    @Option(names = {"-o", "--output"}, paramLabel = "FILE", description = "Of the package (NAME.evolo).")
    private String output = "";

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if (list) {
            Table table = new Table(2, "format", "what");
            Weights.formats().forEach(table::row);
            table.print(out);
            return ExitCode.DONE;
        }
        if (files.isEmpty()) {
            throw new ConfigException("a FILE is missing, expected safetensors or flax msgpack; see evolo import --help");
        }
        OutputFile.require("--output", output);
        if (!sha256.isEmpty()) {
            TensorFile.read(files.getFirst(), sha256);
        }
        LearnedOptimizerPackage made = Weights.read(files, new Weights.Labels(format, hyper, name, licence));
        if (!licenceFile.isEmpty()) {
            made = made.withProvenance("licenceText", text(Path.of(licenceFile)));
        }
        Path file = Path.of(output.isEmpty() ? made.name() + LearnedOptimizerPackage.EXTENSION : output);
        made.write(file);
        out.println("package: " + file);
        InspectCommand.describe(Packages.load(file), out);
        return ExitCode.DONE;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new CheckpointException("--licence-file " + file + " is not UTF-8 text", e);
        } catch (IOException e) {
            throw new CheckpointException("--licence-file " + file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
