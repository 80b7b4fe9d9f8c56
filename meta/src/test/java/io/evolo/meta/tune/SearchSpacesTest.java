package io.evolo.meta.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.optimizers.designed.HandDesigned;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SearchSpacesTest {

    /** The rules, and one within every wrapper. */
    static List<String> rules() {
        List<String> rules = new ArrayList<>(HandDesigned.names());
        HandDesigned.wrappers().forEach(wrapper -> rules.add("adamw+" + wrapper));
        rules.add("muon+" + String.join("+", HandDesigned.wrappers()));
        return rules;
    }

    @ParameterizedTest
    @MethodSource("rules")
    void everyRuleTakesEveryPointOfItsBox(String rule) {
        SearchSpace space = SearchSpaces.of(rule);
        Candidate standard = Rules.standard(rule, Annealing.COSINE, space.standardRate());
        for (double unit : new double[] {0, 0.3, 0.6, 0.999}) {
            Candidate candidate = standard;
            for (Axis axis : space.axes()) {
                assertThat(standard.values()).as("a hyperparameter of " + rule).containsKey(axis.name());
                candidate = candidate.with(axis.name(), axis.at(unit));
            }
            Candidate point = candidate;
            assertThatCode(() -> Rules.optimizer(point)).doesNotThrowAnyException();
        }
    }

    @Test
    void noRuleHasTwoRows() {
        assertThat(SearchSpaces.names()).doesNotHaveDuplicates();
    }

    @Test
    void aRuleWithoutARowIsNamed() {
        assertThatThrownBy(() -> SearchSpaces.of("sdg")).hasMessageContaining("no search space is named 'sdg'; did you mean 'sgd'?");
    }
}
