package io.evolo.cli;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.checkpoints.Usage;
import io.evolo.meta.MetaRun;
import io.evolo.meta.Recipe;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.Packages;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what a run directory or a package is. */
@Command(
        name = "inspect",
        description = "Prints what a run directory or a package holds: rule, layout, provenance, SHA-256 of theta. Tests packages.")
final class InspectCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "RUN|PACKAGE", description = "A run directory, a package file (NAME.evolo), or a package that ships inside.")
    private String name = "";

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Path path = Path.of(name);
        if (Files.isDirectory(path)) {
            printRun(path, out);
        } else {
            describe(Optimizers.load(name), out);
            if (Files.isRegularFile(path)) {
                line(out, "file sha256", DataCommand.sha256(path)); // what sha256sum prints
            }
        }
        return ExitCode.DONE;
    }

    private static void printRun(Path path, PrintWriter out) {
        Recipe recipe = Recipes.ofRun(path);
        int steps = recipe.outer().steps();
        line(out, "run", path + ", recipe " + recipe.name() + ", seed " + recipe.seed());
        Optional<MetaRun.Saved> newest = MetaRun.newest(path, recipe);
        newest.ifPresentOrElse(
                saved -> printSaved(saved, recipe, out),
                () -> line(out, "outer step", "0 of " + steps + ": no checkpoint has been written yet"));
        Path file = path.resolve(recipe.name() + LearnedOptimizerPackage.EXTENSION);
        line(out, "package", Files.exists(file) ? file.toString() : "none yet: it comes with the last outer step");
    }

    private static void printSaved(MetaRun.Saved saved, Recipe recipe, PrintWriter out) {
        saved.refused().forEach(refused -> line(out, "refused", refused.reason()));
        line(out, "outer step", saved.outerStep() + " of " + recipe.outer().steps());
        line(out, "compute", String.format(
                Locale.ROOT, "%.3g lane-steps in %s", (double) saved.laneSteps(), Progress.duration(saved.seconds())));
        LearnedOptimizer rule = recipe.rule().learned();
        printTheta(Packages.pack(recipe.name(), rule, saved.theta(), new TreeMap<>(), "Apache-2.0"), out);
    }

    /** All that a tested package says of itself. */
    static void describe(LearnedOptimizerPackage loaded, PrintWriter out) {
        line(out, "package", loaded.name() + ", licence " + loaded.licence() + ", self-test passed");
        printTheta(loaded, out);
        loaded.usage().ifPresentOrElse(usage -> printUsage(usage, out), () -> line(out, "parametrization", "not said: "
                + "the package has format 1, or nobody has said it; train and evaluate go by its provenance"));
        line(out, "statistics", loaded.featureStatistics().isEmpty()
                ? "none: nothing can be said of what it has seen"
                : "of " + loaded.featureStatistics().size() + " features: " + String.join(", ", loaded.featureStatistics().keySet()));
        line(out, "payload sha256", loaded.sha256());
        loaded.provenance().forEach((key, value) -> line(out, key, value.strip()));
    }

    private static void printUsage(Usage usage, PrintWriter out) {
        line(out, "parametrization", usage.networks().toString());
        usage.families().forEach((family, scaling) -> line(out, "  " + family, scaling.toString()));
        line(out, "needs", usage.needs().isEmpty() ? "none but parameters and gradients" : String.join(", ", usage.needs()));
    }

    private static void printTheta(LearnedOptimizerPackage loaded, PrintWriter out) {
        line(out, "rule", loaded.rule() + ", features of version " + loaded.featureSchema());
        line(out, "hyper", loaded.hyperparameters().entrySet().stream()
                .map(entry -> entry.getKey() + " " + number(entry.getValue()))
                .collect(Collectors.joining(", ")));
        line(out, "theta", loaded.theta().length + " values: " + loaded.thetaTensors().stream()
                .map(tensor -> tensor.name() + " " + tensor.shape().stream().map(String::valueOf).collect(Collectors.joining("×")))
                .collect(Collectors.joining(", ")));
        line(out, "theta sha256", loaded.sha256OfTheta());
    }

    private static String number(double value) {
        return Double.toString(value).replaceFirst("\\.0$", "");
    }

    /** A value of several lines stands under its name. */
    private static void line(PrintWriter out, String name, String value) {
        out.printf("%-16s%s%n", name, value.contains("\n") ? "\n  " + value.replace("\n", "\n  ") : value);
    }
}
