package io.evolo.meta.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evolo.schema.ConfigException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingListTest {
    private static final String ENTRY =
            """
            {"learning_rate": 0.02, "beta1": 0.9, "beta2": 0.99, "epsilon": 0.01, "use_nesterov": true, "adamw_weight_decay": 0.001,
             "l2_weight_decay": 0.0002, "warmup_fraction": 0.0, "constant_fraction": 0.25, "min_learning_rate_mult": 0.1}
            """;

    @TempDir
    Path folder;

    private List<Candidate> read(String text, int count) throws Exception {
        Path file = folder.resolve("list.json");
        Files.writeString(file, text);
        return SettingList.read(file, count);
    }

    @Test
    void aPrefixIsReadInOrder() throws Exception {
        String list = "[" + ENTRY + "," + ENTRY.replace("0.02", "0.5") + "," + ENTRY + "]";
        List<Candidate> candidates = read(list, 2);
        assertThat(candidates.stream().map(Candidate::rate)).containsExactly(0.02, 0.5);
        assertThat(candidates.getFirst().values())
                .containsEntry("beta1", 0.9)
                .containsEntry("nesterov", 1.0)
                .containsEntry("weight_decay", 0.001);
        assertThat(read(list, 0)).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"beta1\": 0.9,||entry 1: beta1 is missing, expected a number within 0 and 1",
                "\"beta2\": 0.99|\"beta2\": 1.5|entry 1: beta2 is 1.5, expected a number within 0 and 1",
                "0.02|-0.02|entry 1: learning_rate is -0.02, expected a number above 0",
                "true|1|entry 1: use_nesterov is 1, expected true or false",
                "\"beta2\": 0.99|\"beta2\": 0.99, \"beta3\": 1|entry 1: key 'beta3' is not one of a setting",
                "\"beta2\": 0.99|\"beta2\": 0.99 0|line 3: not JSON",
            })
    void aBrokenEntryIsNamed(String good, String bad, String message) {
        String broken = ENTRY.replace(good, bad == null ? "" : bad);
        assertThatThrownBy(() -> read("[" + ENTRY + "," + broken + "]", 0))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("list.json: " + message);
    }

    @Test
    void whatIsNoListIsRefused() {
        assertThatThrownBy(() -> read("{}", 0)).hasMessageContaining("got an object, expected the array of opt_list.json");
        assertThatThrownBy(() -> read("[]", 0)).hasMessageContaining("got an empty array");
        assertThatThrownBy(() -> read("[" + ENTRY + "]", 10)).hasMessageContaining("has 1 entries, but --trials asks for 10");
        assertThatThrownBy(() -> SettingList.read(folder.resolve("none.json"), 0)).hasMessageContaining("there is no such file");
    }

    @Test
    void theRateIsConstantThenACosineToItsLeast() {
        SettingList.Listed listed = new SettingList.Listed(2, 0.1, 0.25, 0);
        assertThat(listed.rate(0, 100)).isEqualTo(2);
        assertThat(listed.rate(25, 100)).isEqualTo(2);
        assertThat(listed.rate(62, 100)).isEqualTo(0.2 + 1.8 * (0.5 + 0.5 * Math.cos(Math.PI * 37 / 75)), within(1e-12));
        assertThat(listed.rate(100, 100)).isEqualTo(0.2, within(1e-12));
    }

    /** As the published code does: the longer of warm-up and constant part rises, and the cosine counts from the constant part. */
    @Test
    void aWarmUpTakesTheWholeConstantPart() {
        SettingList.Listed shorter = new SettingList.Listed(2, 0, 0.5, 0.1);
        assertThat(shorter.rate(0, 100)).isZero();
        assertThat(shorter.rate(25, 100)).isEqualTo(1);
        assertThat(shorter.rate(50, 100)).isEqualTo(2);
        SettingList.Listed longer = new SettingList.Listed(2, 0, 0.1, 0.2);
        assertThat(longer.rate(10, 100)).isEqualTo(1);
        assertThat(longer.rate(20, 100)).isEqualTo(1 + Math.cos(Math.PI * 10 / 90), within(1e-12));
    }

    @Test
    void aListWithoutDecayStaysAtItsPeak() {
        assertThat(new SettingList.Listed(2, 0, 1, 0).rate(99, 100)).isEqualTo(2);
    }
}
