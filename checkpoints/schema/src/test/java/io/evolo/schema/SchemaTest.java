package io.evolo.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaTest {

    enum Estimator {
        PES,
        FULL_ES
    }

    record Range(int min, int max) {
        Range {
            if (max < min) {
                throw new IllegalArgumentException("max is " + max + ", expected at least min = " + min);
            }
        }
    }

    record Outer(@Default("100") int steps, @Default("1e-3") double rate, @Default("pes") Estimator estimator) {
        Outer {
            if (!(rate > 0)) {
                throw new IllegalArgumentException("rate is " + rate + ", expected a positive number");
            }
        }
    }

    record Job(
            String name,
            @Default("{}") Outer outer,
            @Default("[]") List<Outer> more,
            @Default("[32, 64]") List<Range> widths,
            @Default("{}") Map<String, String> notes,
            @Default("true") boolean fast,
            @Default("7") long seed,
            @Default("[2, 3]") List<Integer> horizons) {}

    sealed interface Family {}

    record Mlp(@Default("2") int depth) implements Family {}

    record RnnLm(@Default("16") int length) implements Family {}

    record Tasks(@Variant(key = "family", standard = "mlp") Family family, @Default("16") int width) {}

    private static Job job(String yaml) {
        return Schema.of(Job.class).read(yaml, "job.yaml");
    }

    @Test
    void missingKeysTakeTheirDefaults() {
        Job expected = new Job(
                "a",
                new Outer(100, 1e-3, Estimator.PES),
                List.of(),
                List.of(new Range(32, 32), new Range(64, 64)),
                Map.of(),
                true,
                7,
                List.of(2, 3));
        assertThat(job("name: a")).isEqualTo(expected);
    }

    @Test
    void aSingleItemMayStandForAList() {
        assertThat(job("{name: a, widths: 8, more: {steps: 3}}").widths()).containsExactly(new Range(8, 8));
        assertThat(job("{name: a, widths: [[8, 16], {min: 1, max: 2}]}").widths())
                .containsExactly(new Range(8, 16), new Range(1, 2));
        assertThat(job("{name: a, more: {steps: 3}}").more()).containsExactly(new Outer(3, 1e-3, Estimator.PES));
    }

    @ParameterizedTest
    @ValueSource(strings = {"full_es", "full-es", "FULL_ES", "Full-Es"})
    void enumsAreReadInAnyCaseWithEitherDash(String written) {
        assertThat(job("{name: a, outer: {estimator: " + written + "}}").outer().estimator())
                .isEqualTo(Estimator.FULL_ES);
    }

    @Test
    void allProblemsAreReportedAtOnceWithTheirPlaces() {
        String yaml =
                """
                outer:
                  stesp: 3
                  rate: fast
                  estimator: pse
                more:
                  - steps: 1.5
                  - rate: -1
                fast: yes
                fast: true
                """;
        assertThatThrownBy(() -> job(yaml))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        """
                        job.yaml:9:1: key 'fast' is given twice, first at job.yaml:8:1
                        job.yaml:1:1: key 'name' is missing
                        job.yaml:2:3: no key is named 'stesp'; did you mean 'steps'? There are steps, rate, estimator
                        job.yaml:3:9: got 'fast', expected a number
                        job.yaml:4:14: no choice is named 'pse'; did you mean 'pes'? There are pes, full_es
                        job.yaml:6:12: got '1.5', expected an integer
                        job.yaml:7:11: rate is -1.0, expected a positive number
                        job.yaml:8:7: got 'yes', expected true or false""");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "outer: {steps: 99999999999}|job.yaml:2:16: got '99999999999', expected an integer",
                "outer: {rate: 1e999}|job.yaml:2:15: got '1e999', expected a number",
                "outer: {rate: 0x1p3}|job.yaml:2:15: got '0x1p3', expected a number",
                "outer: {rate: .nan}|job.yaml:2:15: rate is NaN, expected a positive number",
                "outer: 3|job.yaml:2:8: got '3', expected a group of keys: steps, rate, estimator",
                "widths: [1, [2, 3, 4]]|job.yaml:2:13: got a list of 3, expected one number or two, as in [32, 128]",
                "widths: [[9, 4]]|job.yaml:2:14: max is 4, expected at least min = 9",
                "seed:|job.yaml:2:6: got nothing, expected an integer",
                "wild: 1|job.yaml:2:1: no key is named 'wild'; there are name, outer, more, widths, notes, fast, seed, horizons",
                "horizons: [1, b]|job.yaml:2:15: got 'b', expected an integer",
                "notes: 4|job.yaml:2:8: got '4', expected a group of keys",
            })
    void aWrongValueIsNamedWithWhatWasExpected(String line, String message) {
        assertThatThrownBy(() -> job("name: a\n" + line)).isInstanceOf(ConfigException.class).hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"name: [a", "name: 'a", "\tname: a", "name: a\n--- \nname: b", "a: &x [1]\nb: *x", "name: a: b"})
    void whatIsNoPlainYamlDocumentIsRefusedWithItsPlace(String text) {
        assertThatThrownBy(() -> job(text)).isInstanceOf(ConfigException.class).hasMessageMatching("(?s)job.yaml:\\d+:\\d+: .+");
    }

    @Test
    void nestingThatWouldOverflowTheStackIsRefused() {
        assertThatThrownBy(() -> job("[".repeat(200_000))).isInstanceOf(ConfigException.class);
    }

    @Test
    void theResolvedTextBindsToAnEqualRecord() {
        Job job = new Job(
                "a \"b\": #c\n\\",
                new Outer(3, 2.5e-7, Estimator.FULL_ES),
                List.of(new Outer(1, Double.POSITIVE_INFINITY, Estimator.PES), new Outer(1, 1e22, Estimator.PES)),
                List.of(new Range(1, 5), new Range(2, 2)),
                Map.of("null", "1.0", "no: yes", ""),
                false,
                Long.MIN_VALUE,
                List.of());
        String text = Schema.write(job);
        assertThat(job(text)).as(text).isEqualTo(job);
        assertThat(job(Schema.write(job("name: a")))).isEqualTo(job("name: a"));
    }

    @Test
    void settingsReplaceAddAndReachIntoLists() {
        YamlNode tree = YamlReader.document("{name: a, more: [{steps: 1}, {steps: 2}]}", "job.yaml");
        for (String setting : List.of("outer.steps=60", "more.1.steps=5", "widths=[8, [16, 32]]", "name = b c", "seed=1e3")) {
            tree = Setting.parse(setting).applyTo(tree);
        }
        Job job = Schema.of(Job.class).bind(tree);
        assertThat(job.outer().steps()).isEqualTo(60);
        assertThat(job.more()).extracting(Outer::steps).containsExactly(1, 5);
        assertThat(job.widths()).containsExactly(new Range(8, 8), new Range(16, 32));
        assertThat(job.name()).isEqualTo("b c");
        assertThat(job.seed()).isEqualTo(1000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "outer.stesp=1|--set outer.stesp: no key is named 'stesp'; did you mean 'steps'? There are steps, rate, estimator",
                "outer.steps=many|--set outer.steps: got 'many', expected an integer",
                "more.2.steps=1|--set more.2.steps: got '2' for a list of 1, expected an index from 0 to 0",
                "outer.rate=-1|--set outer.rate: rate is -1.0, expected a positive number",
                "outer|--set outer: expected KEY=VALUE, for instance outer.steps=60",
                "outer..a=3|--set outer..a=3: the key has an empty part, expected for instance outer.steps",
                "seed=[1|--set seed: not valid YAML: expected ',' or ']', but got <stream end>",
            })
    void aWrongSettingIsNamedAsTheOption(String setting, String message) {
        YamlNode tree = YamlReader.document("{name: a, more: [{steps: 1}]}", "job.yaml");
        assertThatThrownBy(() -> Schema.of(Job.class).bind(Setting.parse(setting).applyTo(tree)))
                .isInstanceOf(ConfigException.class)
                .hasMessage(message);
    }

    @Test
    void aVariantIsChosenByItsKeyAndItsKeysStandBesideIt() {
        Tasks mlp = Schema.of(Tasks.class).read("{depth: 2, width: 8}", "f");
        Tasks named = Schema.of(Tasks.class).read("{family: mlp, depth: 2, width: 8}", "f");

        assertThat(mlp).isEqualTo(named);
        assertThat(Schema.write(mlp)).startsWith("family: mlp\ndepth:");
        assertThat(Schema.of(Tasks.class).read(Schema.write(mlp), "f")).isEqualTo(mlp);
    }

    @Test
    void allKeysAreListedWithTheirDefaults() {
        assertThat(Schema.of(Job.class).keys(Map.of())).extracting(Schema.Key::path).containsExactly(
                "name", "outer.steps", "outer.rate", "outer.estimator", "more.0.steps", "more.0.rate", "more.0.estimator", "widths", "notes",
                "fast", "seed", "horizons");
        assertThat(Schema.of(Job.class).keys(Map.of()).getFirst().standard()).isEmpty();
        assertThat(Schema.of(Tasks.class).keys(Map.of("family", "rnn_lm"))).extracting(Schema.Key::path).containsExactly("length", "width");
        assertThat(Schema.of(Tasks.class).choices("family")).containsExactly("mlp", "rnn_lm");
    }

    @Test
    void anUnknownVariantAndAKeyOfAnotherAreRefused() {
        assertThatThrownBy(() -> Schema.of(Tasks.class).read("family: mpl", "f"))
                .hasMessageContaining("no family is named 'mpl'; did you mean 'mlp'?");
        assertThatThrownBy(() -> Schema.of(Tasks.class).read("family: mlp\ndepht: 3", "f"))
                .hasMessageContaining("f:2:1: no key is named 'depht'; did you mean 'depth'?");
    }
}
