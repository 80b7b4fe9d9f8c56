package io.evolo.cli;

import static io.evolo.cli.TinyRun.evolo;
import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.cli.EvoloProcess.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Families without data sets, by their names in a recipe. */
class FamiliesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "quadratic --set dimension=20 --set condition=10",
                "rosenbrock --set dimension=4",
                "logistic_regression --set dimension=8",
                "matrix-factorization --set rank=2",
                "teacher_student --set noise=0"
            })
    void trainTakesTheFamilyByName(String settings) {
        Outcome outcome = evolo(("train adam --rate 0.01 --steps 100 --set family=" + settings).split(" "));
        assertThat(outcome.code()).as(outcome.err()).isZero();
        String[] losses = outcome.out().lines().filter(line -> line.contains("batch loss")).map(line -> line.replaceAll(".* ", ""))
                .toArray(String[]::new);
        assertThat(Double.parseDouble(losses[9])).isLessThan(Double.parseDouble(losses[0]));
    }

    @Test
    void aKeyOfAnotherFamilyIsUnknown() {
        Outcome outcome = evolo("train", "adam", "--rate", "0.01", "--set", "family=quadratic", "--set", "rank=3");
        assertThat(outcome.code()).isEqualTo(ExitCode.USER_MISTAKE);
        assertThat(outcome.err()).contains("no key is named 'rank'").contains("dimension, spectrum, condition, lossScale");
        assertThat(evolo("check-mup", "adamw", "--set", "family=quadratic").err()).contains("without widths");
    }
}
