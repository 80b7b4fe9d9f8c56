package io.evolo.tasks.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.tasks.Split;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class TokenDataTest {

    private static TokenData data(String name, int... train) {
        Map<Split, int[]> parts = new EnumMap<>(Split.class);
        for (Split split : Split.values()) {
            parts.put(split, new int[] {0, 1, 2});
        }
        parts.put(Split.TRAIN, train);
        return new TokenData(name, List.of("a", "b", "c"), parts, OptionalDouble.empty());
    }

    @Test
    void aWindowHoldsItsTokensAndOneMoreToPredict() {
        TokenData data = data("a", 0, 1, 2, 1, 0);
        assertThat(data.windows(Split.TRAIN, 3)).isEqualTo(2);
        int[] out = {9, 9, 9, 9, 9};
        data.copyWindow(Split.TRAIN, 1, 4, out, 1);
        assertThat(out).containsExactly(9, 1, 2, 1, 0);
        assertThat(data.text(1, 2, 1, 0)).isEqualTo("bcba");
    }

    @Test
    void contentAndNameMakeItEqualAndContentAloneItsDigest() {
        assertThat(data("a", 0, 1)).isEqualTo(data("a", 0, 1)).hasSameHashCodeAs(data("a", 0, 1)).isNotEqualTo(data("b", 0, 1));
        assertThat(data("a", 0, 1).sha256()).isEqualTo(data("b", 0, 1).sha256()).isNotEqualTo(data("a", 0, 2).sha256());
    }

    @Test
    void refusesAPartThatIsShorterThanAWindow() {
        assertThatThrownBy(() -> data("a", 0, 1, 2, 1, 0).windows(Split.TEST, 3))
                .isInstanceOf(DataException.class)
                .hasMessage("a: the TEST part has 3 tokens, expected at least 4 for one window of 3; take a longer text or a shorter"
                        + " window");
    }

    @Test
    void refusesATextThatIsShorterThanABatch() {
        assertThatThrownBy(() -> data("a", 0, 1, 2, 1, 0).requireBatch(3, 2))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("has 5 tokens, fewer than one batch of 3 windows of 2");
        data("a", 0, 1, 2, 1, 0).requireBatch(2, 2);
    }

    @Test
    void refusesIdsBeyondTheVocabulary() {
        assertThatThrownBy(() -> data("a", 0, 3)).hasMessageContaining("'a', TRAIN: id 3, expected one of [0, 3)");
        assertThatThrownBy(() -> data("a")).hasMessageContaining("no TRAIN tokens");
    }
}
