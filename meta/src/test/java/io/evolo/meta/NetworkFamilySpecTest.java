package io.evolo.meta;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.tasks.IntRange;
import io.evolo.tasks.LossScale;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.data.TextSpec;
import io.evolo.tasks.families.Architecture;
import io.evolo.tasks.families.Autoencoder;
import io.evolo.tasks.families.Mlp;
import io.evolo.tasks.families.RnnLm;
import org.junit.jupiter.api.Test;

class NetworkFamilySpecTest {
    private static NetworkFamilySpec noisy(Architecture.OfData architecture) {
        Data data = new Data("default", 8, true, true, TextSpec.Unit.CHARACTERS, 0, 0.2);
        return new NetworkFamilySpec(
                architecture, data, IntRange.of(8), IntRange.of(8), Parametrization.Kind.MUP, 1, LossScale.NATS);
    }

    /** A noise that changes nothing would be a mistake that nobody sees. */
    @Test
    void noisyLabelsAreRefusedWhereNothingReadsLabels() {
        assertThatCode(() -> noisy(Mlp.standard())).doesNotThrowAnyException();
        for (Architecture.OfData unlabelled : new Architecture.OfData[] {RnnLm.standard(), Autoencoder.standard()}) {
            assertThatThrownBy(() -> noisy(unlabelled))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("data.noise is 0.2, expected 0");
        }
    }
}
