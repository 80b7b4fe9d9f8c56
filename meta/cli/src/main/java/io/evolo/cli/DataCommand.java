package io.evolo.cli;

import io.evolo.schema.ConfigException;
import io.evolo.tasks.Split;
import io.evolo.tasks.data.DataException;
import io.evolo.tasks.data.DataSource;
import io.evolo.tasks.data.Dataset;
import io.evolo.tasks.data.RegressionData;
import io.evolo.tasks.data.TaskData;
import io.evolo.tasks.data.TokenData;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what data there is. */
@Command(
        name = "data",
        synopsisSubcommandLabel = "(list [PATH] | check [PATH] | fetch [NAME])",
        description = {
            "Lists the data sets that are embedded and those at a path, or checks them: reads all, and says what is wrong with a"
                    + " broken file.",
            "Data sets are folders with MNIST's IDX files, CIFAR's binary batches, NumPy's arrays or pictures by class, CSV tables, and text"
                    + " files.",
            "fetch downloads a published one; no other command does."
        })
final class DataCommand implements Runnable {
    /** Digits of a digest that a list shows. */
    private static final int SHORT = 12;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "expected: evolo data list, evolo data check PATH, or evolo data fetch NAME");
    }

    @Command(description = "Names, sizes, parts and digests; a broken one is marked.")
    int list(
            @Parameters(arity = "0..1", paramLabel = "PATH", description = "A data set or a folder of several; embedded ones without.")
                    Optional<Path> path,
            @Mixin TableOutput output) {
        output.require();
        Table table = new Table(3, "source", "kind", "example", "train", "inner valid", "outer valid", "test", "sha256");
        for (DataSource source : sources(path)) {
            try {
                row(source, source.load(), table);
            } catch (DataException e) {
                table.row(source.source(), source.kind().title(), "BROKEN: see evolo data check", "", "", "", "", "");
            }
        }
        output.print(table, spec);
        return ExitCode.DONE;
    }

    @Command(description = "Reads everything; one line for every data set and file, and one for every problem. Exit code 1 if any.")
    int check(
            @Parameters(arity = "0..1", paramLabel = "PATH", description = "A data set or a folder of several; embedded ones without.")
                    Optional<Path> path) {
        PrintWriter out = spec.commandLine().getOut();
        List<String> problems = new ArrayList<>();
        for (DataSource source : sources(path)) {
            try {
                TaskData data = source.load();
                out.println("good    " + source.source() + ": " + data);
                out.println("        content sha256 " + data.sha256());
                entropy(data, out);
                for (Path file : source.files()) {
                    out.println("        " + file.getFileName() + ", " + size(file) + " bytes, sha256 " + sha256(file));
                }
            } catch (DataException e) {
                out.println("BROKEN  " + source.source());
                problems.add(e.getMessage());
            }
        }
        out.flush();
        problems.forEach(problem -> spec.commandLine().getErr().println("evolo: " + problem));
        return problems.isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
    }

    @Command(description = {
        "Downloads a published data set into a folder of its name, checks it against its published SHA-256, and goes on where it broke off.",
        "Without NAME says which there are."
    })
    int fetch(
            @Parameters(arity = "0..1", paramLabel = "NAME", description = "mnist, fashion_mnist, cifar10, cifar100, tinyshakespeare.")
                    Optional<String> name,
            @Option(names = "--to", paramLabel = "DIR", defaultValue = "data", description = "Where its folder goes (${DEFAULT-VALUE}).") Path to,
            @Mixin TableOutput output) {
        PrintWriter out = spec.commandLine().getOut();
        if (name.isEmpty()) {
            Table table = new Table(2, "name", "about", "MB");
            PublishedData.load().sets().forEach(set -> table.row(set.name(), set.about(), megabytes(set.files())));
            output.print(table, spec);
            return ExitCode.DONE;
        }
        PublishedData.Published set = PublishedData.load().named(name.get());
        if ("1".equals(System.getenv("EVOLO_OFFLINE"))) {
            throw new ConfigException("EVOLO_OFFLINE=1 fetches nothing; put the files of " + set.name() + " into " + to.resolve(set.name())
                    + ": " + set.files().stream().map(PublishedData.RemoteFile::address).collect(Collectors.joining(", ")));
        }
        Path folder = to.resolve(set.name());
        new DataFetch(folder, spec.commandLine().getErr()).fetch(set.files());
        out.println(folder);
        return ExitCode.DONE;
    }

    private static String megabytes(List<PublishedData.RemoteFile> files) {
        return String.format(Locale.ROOT, "%.1f", files.stream().mapToLong(PublishedData.RemoteFile::bytes).sum() * 1e-6);
    }

    private static List<DataSource> sources(Optional<Path> path) {
        if (path.filter(given -> given.toString().isEmpty()).isPresent()) {
            throw new ConfigException("PATH is empty, expected a data set or a folder of several; leave it out for the embedded ones");
        }
        return path.map(DataSource::in).orElseGet(DataSource::embedded);
    }

    private static void row(DataSource source, TaskData data, Table table) {
        String example = switch (data) {
            case Dataset images -> images.side() + "×" + images.side() + "×" + images.channels() + ", " + images.classes() + " classes";
            case TokenData tokens -> tokens.vocabulary() + " characters";
            case RegressionData values -> values.features() + " features, " + values.outputs() + " outputs";
        };
        table.row(
                source.source(),
                source.kind().title(),
                example,
                count(data, Split.TRAIN),
                count(data, Split.INNER_VALID),
                count(data, Split.OUTER_VALID),
                count(data, Split.TEST),
                data.sha256().substring(0, SHORT));
    }

    private static String count(TaskData data, Split split) {
        return String.valueOf(
                switch (data) {
                    case Dataset images -> images.examples(split);
                    case TokenData tokens -> tokens.tokens(split);
                    case RegressionData values -> values.examples(split);
                });
    }

    private static void entropy(TaskData data, PrintWriter out) {
        if (data instanceof TokenData tokens) {
            tokens.entropyRate()
                    .ifPresent(rate -> out.printf(
                            Locale.ROOT, "        entropy rate %.4f nats per token: no expected loss is smaller%n", rate));
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new DataException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Of the file as it lies there, packed or not. */
    static String sha256(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            new DigestInputStream(in, sha).transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(sha.digest());
        } catch (IOException e) {
            throw new DataException(file + " cannot be read: " + e.getMessage(), e);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
