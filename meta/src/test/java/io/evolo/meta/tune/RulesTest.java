package io.evolo.meta.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RulesTest {

    @Test
    void fixedValuesStandInThePlaceOfDefaultsAndInTheName() {
        Candidate plain = Rules.standard("soap", Annealing.COSINE);
        Candidate fixed = Rules.standard("soap:rate=0.01,beta2=0.9", Annealing.COSINE);
        assertThat(fixed.optimizer()).isEqualTo("soap:rate=0.01,beta2=0.9");
        assertThat(fixed.values()).isEqualTo(plain.with("rate", 0.01).with("beta2", 0.9).values());
        assertThat(Rules.standard("soap:beta2=0.9", Annealing.COSINE).rate()).isEqualTo(plain.rate());
        assertThat(Rules.optimizer(fixed))
                .isEqualTo(Rules.optimizer(plain.with("rate", 0.01).with("beta2", 0.9)))
                .isNotEqualTo(Rules.optimizer(plain));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sopa:rate=0.01|no optimizer is named 'sopa'; did you mean 'soap'?",
                "soap:beta3=0.9|no hyperparameter of soap is named 'beta3'",
                "soap:beta2=1.5|beta2 is 1.5",
                "soap:rate=0|rate of soap:rate=0 is 0.0, expected a positive number",
                "soap:rate=fast|expected a number",
            })
    void whatARuleDoesNotTakeIsRefused(String name, String message) {
        assertThatThrownBy(() -> DesignedRule.fixed(name)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }
}
