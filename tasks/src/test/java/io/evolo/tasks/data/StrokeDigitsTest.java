package io.evolo.tasks.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.tasks.Split;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StrokeDigitsTest {

    @Test
    void theSameSpecDrawsTheSameBits() {
        assertThat(DataSpec.strokes(8).load()).isEqualTo(DataSpec.strokes(8).load());
    }

    /** Pins the drawing: if this fails, earlier results on these digits can no longer be compared, and the name must change. */
    @Test
    void theEmbeddedDigitsNeverChange() {
        assertThat(DataSpec.strokes(8).load().sha256())
                .isEqualTo("3445dbb971cee67d0fb641451a5964734f60aa788ae8634eb8287f18d4c59be3");
        assertThat(new DataSpec("strokes-thin", 14, true, false, 5, 0).load().sha256())
                .isEqualTo("025a3f32e542d62bf1116188cf04bc9a199c673c02c42cfc449718df2c6ac2a6");
    }

    @Test
    void anotherSeedOrStyleDrawsOtherDigits() {
        Dataset base = DataSpec.strokes(8).load();
        Dataset seed = new DataSpec("strokes", 8, true, true, 5, 0).load();
        Dataset thin = new DataSpec("strokes-thin", 8, true, true, 0, 0).load();
        assertThat(seed.sha256()).isNotEqualTo(base.sha256());
        assertThat(thin.sha256()).isNotEqualTo(base.sha256()).isNotEqualTo(seed.sha256());
        assertThat(seed.name()).isEqualTo("strokes8-seed5");
        assertThat(thin.name()).isEqualTo("strokes-thin8");
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 14, 16, 28})
    void everyClassIsEquallyFrequentInEveryPart(int side) {
        Dataset data = DataSpec.strokes(side).load();
        assertThat(data.name()).isEqualTo("strokes" + side);
        assertThat(data.features()).isEqualTo(side * side);
        for (Split split : Split.values()) {
            int[] counts = new int[data.classes()];
            for (int i = 0; i < data.examples(split); i++) {
                counts[data.label(split, i)]++;
            }
            assertThat(counts).containsOnly(data.examples(split) / 10);
        }
    }

    @Test
    void rawValuesAreGreyLevelsBetweenBlackAndWhite() {
        for (Examples part : new StrokeDigits(StrokeStyle.DEFAULT, 14, 0).draw().values()) {
            float least = 1;
            float most = 0;
            for (float value : part.inputs()) {
                least = Math.min(least, value);
                most = Math.max(most, value);
            }
            assertThat(least).isZero();
            assertThat(most).isEqualTo(1);
        }
    }

    /** Images of one example at two sides show the same digit: averaging the larger one gives nearly the smaller one. */
    @Test
    void theGeometryDoesNotDependOnTheSide() {
        StrokeStyle clean = new StrokeStyle(15, 0.3, 0.7, 1, 0.05, 0.03, 0.15, 0.15, 0, 0);
        float[] small = new StrokeDigits(clean, 14, 0).draw().get(Split.INNER_VALID).inputs();
        float[] large = new StrokeDigits(clean, 28, 0).draw().get(Split.INNER_VALID).inputs();
        double difference = 0;
        for (int i = 0; i < small.length; i++) {
            int at = i / 196 * 784 + i % 196 / 14 * 56 + i % 14 * 2;
            difference += Math.abs(small[i] - (large[at] + large[at + 1] + large[at + 28] + large[at + 29]) / 4) / small.length;
        }
        // Two different digits differ by 0.2 or more on average.
        assertThat(difference).isLessThan(0.03);
    }

    /** Above 60 %, so the classifier has learned what it can; below 90 %, so that there is something left for a network. */
    @ParameterizedTest
    @CsvSource({"strokes, 8", "strokes, 28", "strokes-thin, 8"})
    void aLinearClassifierStaysBelow90Percent(String source, int side) {
        Dataset data = new DataSpec(source, side, true, true, 0, 0).load();
        assertThat(new SmallClassifier(data, 0).testAccuracy(8)).isBetween(0.6, 0.9);
    }

    /** One standard error of the difference is 0.011 (2,000 examples). */
    @Test
    void aSmallNetworkClearlyBeatsALinearClassifier() {
        Dataset data = DataSpec.strokes(8).load();
        double linear = new SmallClassifier(data, 0).testAccuracy(5);
        double network = new SmallClassifier(data, 64).testAccuracy(5);
        assertThat(network).isGreaterThan(linear + 0.06);
    }

    @Test
    void refusesSidesTooSmallToTellDigitsApart() {
        assertThatThrownBy(() -> DataSpec.strokes(3).load())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("side 3");
    }

    @Test
    void aStyleNamesTheValueItRefuses() {
        assertThatThrownBy(() -> new StrokeStyle(15, 0.3, 0.7, 1, 0.1, 0.03, 0.06, 0.14, Double.NaN, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("noise", "NaN");
        assertThatThrownBy(() -> new StrokeStyle(15, 0.3, 1.1, 1, 0.1, 0.03, 0.06, 0.14, 0, 1)).hasMessageContaining("minScale");
    }
}
