package io.evolo.optimizers.designed;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.Schedules;
import io.evolo.tasks.NetworkTask;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.data.DataSpec;
import io.evolo.tasks.families.Mlp;
import io.evolo.tasks.families.NetworkFamily;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AmountsToTest {
    /** One hidden layer: no matrix between hidden units. */
    private static final ParamLayout SHALLOW = mlp(1);
    private static final ParamLayout DEEP = mlp(2);
    private static final ParamLayout BIASES =
            new ParamLayout(DEEP.specs().stream().filter(spec -> spec.shape().rank() == 1).toList());

    private static ParamLayout mlp(int depth) {
        NetworkTask task = NetworkFamily.of(Mlp.of(depth), 8, 16, Parametrization.standard(), DataSpec.strokes(4).load())
                .sample(Rng.of(1, "test"));
        return task.layout();
    }

    private static Optimizer rule(String name) {
        return HandDesigned.named(name, Schedules.constant(0.1));
    }

    @ParameterizedTest
    @CsvSource({"muon,adamw", "normuon,adamw", "adamuon,adamw", "muon-squared,adamw", "dion,adamw", "soap-muon,adam", "muon+hyperball,adamw"})
    void aRuleForHiddenMatricesIsItsAuxiliaryOneWhereThereAreNone(String name, String auxiliary) {
        assertThat(rule(name).amountsTo(SHALLOW)).contains(auxiliary);
        assertThat(rule(name).amountsTo(DEEP)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"soap", "kl-soap", "kl-shampoo"})
    void aRuleForMatricesIsAdamWWhereThereAreNone(String name) {
        assertThat(rule(name).amountsTo(SHALLOW)).isEmpty();
        assertThat(rule(name).amountsTo(BIASES)).contains("adamw");
    }

    @Test
    void elementwiseRulesAreThemselvesEverywhere() {
        for (String name : List.of("adam", "adamw", "lion", "prodigy")) {
            assertThat(rule(name).amountsTo(BIASES)).isEmpty();
        }
    }
}
