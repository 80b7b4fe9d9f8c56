package io.evolo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.schema.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine;

/** Whoever copies a command line from the documentation has one that this version takes. */
class DocumentedCommandsTest {
    private static final Path ROOT = Path.of("../..");
    private static final Pattern SPAN = Pattern.compile("`((?:\\./)?evolo [^`]+)`");
    private static final Pattern WORD = Pattern.compile("'([^']*)'|\"((?:[^\"\\\\]|\\\\.)*)\"|(\\S+)");

    /** Where it stands, and what it says. A span within a sentence may leave out what has to be given. */
    record Quoted(String place, String command, boolean whole) {
        @Override
        public String toString() {
            return place + ": " + command;
        }
    }

    static List<Quoted> commands() throws IOException {
        List<Quoted> commands = new ArrayList<>();
        try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
            List<Path> pages = new ArrayList<>(files.filter(file -> file.toString().endsWith(".md")).sorted().toList());
            pages.add(ROOT.resolve("README.md"));
            pages.add(ROOT.resolve("CONTRIBUTING.md"));
            for (Path page : pages) {
                collect(page, commands);
            }
        }
        return commands;
    }

    private static void collect(Path page, List<Quoted> commands) throws IOException {
        List<String> lines = Files.readAllLines(page);
        for (int i = 0; i < lines.size(); i++) {
            String place = ROOT.relativize(page) + ":" + (i + 1);
            StringBuilder line = new StringBuilder(lines.get(i).strip());
            if (line.toString().matches("(\\./)?evolo .*") && (lines.get(i).startsWith("    ") || fenced(lines, i))) {
                while (line.charAt(line.length() - 1) == '\\') {
                    line.setCharAt(line.length() - 1, ' ');
                    line.append(lines.get(++i).strip());
                }
                commands.add(new Quoted(place, line.toString(), true));
                continue;
            }
            Matcher span = SPAN.matcher(lines.get(i));
            while (span.find()) {
                commands.add(new Quoted(place, span.group(1), false));
            }
        }
    }

    private static boolean fenced(List<String> lines, int line) {
        return lines.subList(0, line).stream().filter(text -> text.startsWith("```")).count() % 2 == 1;
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandLineIsTaken(Quoted quoted) {
        List<String> words = words(quoted.command());
        if (words.getFirst().equals("cluster")) {
            assertThat(words.get(1)).isIn("master", "worker"); // the launcher's own
            return;
        }
        assertThat(objection(words, quoted.whole())).as(quoted.toString()).isEmpty();
    }

    private static Optional<String> objection(List<String> words, boolean whole) {
        try {
            ParseResult parsed = new CommandLine(new Evolo())
                    .setCaseInsensitiveEnumValuesAllowed(true)
                    .parseArgs(words.toArray(String[]::new));
            bindSettings(parsed.subcommand());
            return Optional.empty();
        } catch (ConfigException e) {
            return Optional.of(e.getMessage());
        } catch (MissingParameterException e) {
            return whole ? Optional.of(e.getMessage()) : Optional.empty();
        } catch (ParameterException e) {
            return Optional.of(e.getMessage());
        }
    }

    /** Values of tasks, and of recipes that ship. */
    private static void bindSettings(ParseResult command) {
        if (command == null) {
            return;
        }
        List<String> settings = command.matchedOptionValue("--set", List.of());
        if (settings.stream().anyMatch(setting -> setting.endsWith(".yaml"))) {
            return; // a file that the reader brings
        }
        switch (command.commandSpec().name()) {
            case "train", "check-mup" -> TaskSettings.bind(settings, "");
            case "meta-train" -> {
                String recipe = command.matchedOptionValue("--recipe", command.matchedPositionalValue(0, ""));
                if (Recipes.SHIPPED.names().contains(recipe)) {
                    Recipes.load(recipe, settings);
                }
            }
            default -> { }
        }
    }

    /** As a shell has them; up to a comment, a pipe or a redirection. */
    private static List<String> words(String command) {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(command);
        while (matcher.find()) {
            String word = matcher.group();
            if (word.startsWith("#") || word.matches("[|&;]+") || word.startsWith(">") || word.equals("…")) {
                break;
            }
            words.add(matcher.group(1) != null ? matcher.group(1) : matcher.group(2) != null ? matcher.group(2) : unquoted(word));
        }
        return words.subList(1, words.size());
    }

    private static String unquoted(String word) {
        return word.replaceAll("[;,.:]$", "").replace("'", "");
    }
}
