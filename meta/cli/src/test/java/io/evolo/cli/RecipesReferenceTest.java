package io.evolo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.meta.Recipe;
import io.evolo.meta.Tasks;
import io.evolo.schema.Schema.Key;
import io.evolo.schema.Schema;
import io.evolo.tasks.DoubleRange;
import io.evolo.tasks.IntRange;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/recipes-reference.md} is written from the records and their Javadoc: {@code -Devolo.write=true} writes it anew, otherwise
 * this says where it lags behind.
 */
class RecipesReferenceTest {
    private static final Path ROOT = Path.of("../..");
    private static final Path PAGE = ROOT.resolve("docs/recipes-reference.md");
    private static final Pattern PARAM = Pattern.compile("@param (\\w+)\\s+((?:(?!\\n\\s*\\* @|\\*/)[\\s\\S])*)");

    private static final String HEAD =
            """
            # Every key of a recipe

            Written from the records by `RecipesReferenceTest`. `--set KEY=VALUE` takes the keys as they stand here, with a number for the entry
            of a list: `--set tasks.0.width=[32,64]`. A key without a default must be given. Ranges are written `[low, high]`, or as one number;
            where a list is expected, one item may stand alone. A key that would do nothing is refused.

            `evolo train`, `evolo tune` and `evolo check-mup` take the keys of one task, without `tasks.0.`.
            """;

    @Test
    void thePageHasEveryKeyAsTheRecordsHaveIt() throws IOException {
        String page = page();
        if (Boolean.getBoolean("evolo.write")) {
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE)).as("write it anew with -Devolo.write=true").isEqualTo(page);
    }

    @Test
    void everyKeyHasAMeaning() throws IOException {
        assertThat(page().lines().filter(line -> line.endsWith("|  |"))).isEmpty();
    }

    private static String page() throws IOException {
        StringBuilder page = new StringBuilder(HEAD);
        List<Key> all = Schema.of(Recipe.class).keys(Map.of());
        section(page, "The run", all.stream().filter(key -> !key.path().contains(".")).toList());
        for (String group : List.of("rule", "estimation", "horizon", "outer", "saving", "validation", "evaluation")) {
            section(page, "`" + group + "`", all.stream().filter(key -> key.path().startsWith(group + ".") && !key.path().contains(".task.")).toList());
        }
        List<Key> common = common();
        page.append("\n`tasks.0.family` says which tasks: `").append(String.join("`, `", Schema.of(Tasks.class).choices("family")))
                .append("`; without it, `mlp`.\n");
        section(page, "`tasks`, of every family but formulas where it is about data, batches or widths", common);
        for (String family : Schema.of(Tasks.class).choices("family")) {
            List<Key> own = ofFamily(family).stream().filter(key -> !common.contains(key)).toList();
            if (!own.isEmpty()) {
                section(page, "`tasks` of `family: " + family + "`", own);
            }
        }
        return page.toString();
    }

    private static List<Key> ofFamily(String family) {
        return Schema.of(Recipe.class).keys(Map.of("family", family)).stream().filter(key -> key.path().startsWith("tasks.0.")).toList();
    }

    /** Those that networks on images and on text share. */
    private static List<Key> common() {
        List<Key> text = ofFamily("rnn_lm");
        return ofFamily("mlp").stream().filter(text::contains).toList();
    }

    private static void section(StringBuilder page, String title, List<Key> keys) throws IOException {
        page.append("\n## ").append(title).append("\n\n| key | value | default | meaning |\n| --- | --- | --- | --- |\n");
        for (Key key : keys) {
            String standard = key.standard().map(text -> text.equals("\"\"") ? "none" : "`" + text + "`").orElse("");
            page.append("| `").append(key.path()).append("` | ").append(type(key)).append(" | ").append(standard).append(" | ")
                    .append(meaning(key)).append(" |\n");
        }
    }

    private static String type(Key key) {
        return key.item().map(item -> "list: " + type(item)).orElseGet(() -> type(key.type()));
    }

    private static String type(Type type) {
        if (type instanceof ParameterizedType) {
            return "numbers by name";
        }
        Class<?> plain = (Class<?>) type;
        if (plain.isEnum()) {
            return Arrays.stream(plain.getEnumConstants())
                    .map(constant -> Schema.constant((Enum<?>) constant))
                    .collect(Collectors.joining(", "));
        }
        return Map.<Class<?>, String>of(
                        int.class, "integer", Integer.class, "integer", long.class, "integer", double.class, "number", boolean.class, "true, false",
                        String.class, "text", IntRange.class, "range of integers", DoubleRange.class, "range of numbers")
                .getOrDefault(plain, "range");
    }

    /** What the Javadoc of the record says of its component, in one line. */
    private static String meaning(Key key) throws IOException {
        String comment = comment(key.owner());
        Map<String, String> params = new LinkedHashMap<>();
        Matcher matcher = PARAM.matcher(comment);
        while (matcher.find()) {
            params.put(matcher.group(1), matcher.group(2));
        }
        return params.getOrDefault(key.name(), "")
                .replaceAll("\\s*\\n\\s*\\* ?", " ")
                .replaceAll("\\{@code ([^}]*)}", "`$1`")
                .replaceAll("\\{@link [^ }]*#(\\w+)[^ }]*}", "`$1`")
                .replaceAll("\\{@link \\S+ ([^}]*)}", "$1")
                .replaceAll("\\{@link ([^}]*)}", "`$1`")
                .replaceAll("\\s+", " ")
                .replace("|", "\\|")
                .strip();
    }

    /** The last one before the record's header. */
    private static String comment(Class<?> record) throws IOException {
        String source = Files.readString(source(record.getName().replaceFirst("\\$.*", "")));
        Matcher header = Pattern.compile("\\brecord " + record.getSimpleName() + "\\s*\\(").matcher(source);
        assertThat(header.find()).as(record.getName()).isTrue();
        return source.substring(source.lastIndexOf("/**", header.start()), header.start());
    }

    private static Path source(String name) throws IOException {
        String file = "src/main/java/" + name.replace('.', '/') + ".java";
        try (Stream<Path> modules = Files.walk(ROOT, 2)) {
            return modules.map(module -> module.resolve(file)).filter(Files::exists).findFirst().orElseThrow();
        }
    }
}
