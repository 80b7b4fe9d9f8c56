package io.evolo.tasks.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.tasks.Split;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabelNoiseTest {
    private static Dataset digits(long seed, double noise) {
        return new DataSpec("strokes", 8, true, true, seed, noise).load();
    }

    private static int[] labels(Dataset data, Split split) {
        return IntStream.range(0, data.examples(split)).map(example -> data.label(split, example)).toArray();
    }

    private static float[] inputs(Dataset data, Split split) {
        float[] all = new float[data.examples(split) * data.features()];
        IntStream.range(0, data.examples(split)).forEach(example -> data.copyInput(split, example, all, example * data.features()));
        return all;
    }

    /** Of 1,600 new labels a tenth is the old one; one standard error is 12. */
    @Test
    void thatShareOfTheLabelsIsDrawnUniformly() {
        int[] clean = labels(digits(0, 0), Split.TRAIN);
        int[] noisy = labels(digits(0, 0.2), Split.TRAIN);
        int[] wrong = new int[10];
        IntStream.range(0, clean.length).filter(i -> clean[i] != noisy[i]).forEach(i -> wrong[noisy[i]]++);
        assertThat(IntStream.of(wrong).sum()).isBetween(1440 - 48, 1440 + 48);
        IntStream.of(wrong).forEach(count -> assertThat(count).isBetween(144 - 48, 144 + 48));
    }

    @Test
    void theSeedSaysWhichLabels() {
        assertThat(digits(0, 0.2)).isEqualTo(digits(0, 0.2));
        Examples clean = new Examples(new float[1000], new int[1000]);
        int[] once = new LabelNoise(0.5, 1).of(clean, 10).labels();
        assertThat(new LabelNoise(0.5, 1).of(clean, 10).labels()).isEqualTo(once);
        assertThat(new LabelNoise(0.5, 2).of(clean, 10).labels()).isNotEqualTo(once);
        assertThat(clean.labels()).containsOnly(0);
    }

    @Test
    void inputsAndTheOtherPartsStayAsTheyAre() {
        Dataset clean = digits(3, 0);
        Dataset noisy = digits(3, 0.9);
        for (Split split : Split.values()) {
            assertThat(inputs(noisy, split)).isEqualTo(inputs(clean, split));
        }
        for (Split split : new Split[] {Split.INNER_VALID, Split.OUTER_VALID, Split.TEST}) {
            assertThat(labels(noisy, split)).isEqualTo(labels(clean, split));
        }
        assertThat(labels(noisy, Split.TRAIN)).isNotEqualTo(labels(clean, Split.TRAIN));
    }

    @Test
    void nameAndDigestSayTheNoiseWhereThereIsAny() {
        assertThat(digits(0, 0.2).name()).isEqualTo("strokes8-noise0.2");
        assertThat(digits(0, 0.2).sha256()).isNotEqualTo(digits(0, 0).sha256()).isNotEqualTo(digits(0, 0.4).sha256());
        assertThat(digits(0, 0)).isEqualTo(DataSpec.strokes(8).load());
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1, Double.NaN})
    void refusesWhatIsNoShare(double noise) {
        assertThatThrownBy(() -> digits(0, noise))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("data noise is " + noise, "[0, 1)");
    }
}
