package io.evolo.tasks.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.tasks.Split;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DatasetTest {

    /** One 1 × 1 image per split. */
    private static Map<Split, Examples> parts(float train, float valid, float test, int label) {
        Map<Split, Examples> parts = new EnumMap<>(Split.class);
        parts.put(Split.TRAIN, new Examples(new float[] {train}, new int[] {label}));
        parts.put(Split.INNER_VALID, new Examples(new float[] {valid}, new int[] {label}));
        parts.put(Split.OUTER_VALID, new Examples(new float[] {valid + 100}, new int[] {label}));
        parts.put(Split.TEST, new Examples(new float[] {test}, new int[] {label}));
        return parts;
    }

    private static Dataset dataset(String name, float train, float valid, float test) {
        return new Dataset(name, 1, 1, 2, parts(train, valid, test, 1));
    }

    @Test
    void equalContentUnderEqualNameIsEqual() {
        assertThat(dataset("a", 1, 2, 3)).isEqualTo(dataset("a", 1, 2, 3)).hasSameHashCodeAs(dataset("a", 1, 2, 3));
    }

    @Test
    void theNameTellsDataSetsApartButNotTheirDigests() {
        assertThat(dataset("a", 1, 2, 3)).isNotEqualTo(dataset("b", 1, 2, 3));
        assertThat(dataset("a", 1, 2, 3).sha256()).isEqualTo(dataset("b", 1, 2, 3).sha256()).hasSize(64);
    }

    @Test
    void everyPartEntersTheDigest() {
        String digest = dataset("a", 1, 2, 3).sha256();
        assertThat(dataset("a", 9, 2, 3).sha256()).isNotEqualTo(digest);
        assertThat(dataset("a", 1, 9, 3).sha256()).isNotEqualTo(digest);
        assertThat(dataset("a", 1, 2, 9).sha256()).isNotEqualTo(digest);
        assertThat(new Dataset("a", 1, 1, 2, parts(1, 2, 3, 0)).sha256()).isNotEqualTo(digest);
        assertThat(new Dataset("a", 1, 1, 3, parts(1, 2, 3, 1)).sha256()).isNotEqualTo(digest);
    }

    /** Over 64 KiB of input, more than the digest takes at once. */
    @Test
    void theLastValueOfALargePartEntersTheDigest() {
        int side = 200;
        float[] inputs = new float[side * side];
        Map<Split, Examples> parts = new EnumMap<>(Split.class);
        for (Split split : Split.values()) {
            parts.put(split, new Examples(inputs.clone(), new int[] {0}));
        }
        String before = new Dataset("a", side, 1, 2, parts).sha256();
        inputs[inputs.length - 1] = 1;
        parts.put(Split.TEST, new Examples(inputs, new int[] {0}));
        assertThat(new Dataset("a", side, 1, 2, parts).sha256()).isNotEqualTo(before);
    }

    @Test
    void copyInputWritesFeaturesFromTheOffsetOn() {
        float[] out = {-1, -1, -1};
        dataset("a", 1, 2, 3).copyInput(Split.INNER_VALID, 0, out, 1);
        assertThat(out).containsExactly(-1, 2, -1);
    }

    @Test
    void refusesLabelsOutOfRange() {
        assertThatThrownBy(() -> new Dataset("a", 1, 1, 2, parts(1, 2, 3, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'a'")
                .hasMessageContaining("label 2")
                .hasMessageContaining("[0, 2)");
    }

    @Test
    void refusesInputsThatAreNotFinite() {
        assertThatThrownBy(() -> dataset("a", 1, Float.NaN, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("VALID")
                .hasMessageContaining("NaN");
    }

    @Test
    void refusesAMissingPart() {
        Map<Split, Examples> parts = parts(1, 2, 3, 0);
        parts.remove(Split.TEST);
        assertThatThrownBy(() -> new Dataset("a", 1, 1, 2, parts)).hasMessageContaining("no TEST examples");
    }

    @Test
    void refusesInputsOfAnotherSize() {
        assertThatThrownBy(() -> new Dataset("a", 2, 1, 2, parts(1, 2, 3, 0))).hasMessageContaining("expected 4");
    }
}
