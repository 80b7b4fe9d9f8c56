package io.evolo.tasks.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evolo.tasks.Split;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Reads real data sets, where someone has put them beside the project. */
class RealDataTest {

    private static Path folder(String name) {
        Path folder = Path.of(System.getProperty("evolo.shared", "../shared"), "data", name).normalize();
        assumeTrue(Files.isDirectory(folder), "no data in " + folder);
        return folder;
    }

    @Test
    void readsMnist() {
        Dataset data = DataSpec.folder(folder("mnist10k"), 28).load();
        assertThat(data.name()).isEqualTo("mnist10k-28");
        assertThat(data.examples(Split.TRAIN)).isEqualTo(7200);
        assertThat(data.examples(Split.INNER_VALID)).isEqualTo(400);
        assertThat(data.examples(Split.OUTER_VALID)).isEqualTo(400);
        assertThat(data.examples(Split.TEST)).isEqualTo(2000);
    }

    @Test
    void aLinearClassifierReadsMnistAt8x8() {
        Dataset data = DataSpec.folder(folder("mnist10k"), 8).load();
        assertThat(new SmallClassifier(data, 0).testAccuracy(5)).isBetween(0.8, 0.9);
    }

    @Test
    void readsShakespeare() {
        TokenData data = TextSpec.characters(folder("tinyshakespeare")).load();
        assertThat(data.name()).isEqualTo("tinyshakespeare");
        assertThat(data.vocabulary()).isEqualTo(65);
        int tokens = Arrays.stream(Split.values()).mapToInt(data::tokens).sum();
        assertThat(tokens).isEqualTo(1_115_394);
        assertThat(data.tokens(Split.TRAIN)).isEqualTo(1_003_854);
        int[] window = new int[14];
        data.copyWindow(Split.TRAIN, 0, window.length, window, 0);
        assertThat(data.text(window)).isEqualTo("First Citizen:");
    }

    @Test
    void trainingInputsOfCifarAreStandardised() {
        Dataset data = DataSpec.folder(folder("cifar10-grey8"), 8).load();
        assertThat(data.examples(Split.TRAIN)).isEqualTo(45_000);
        double sum = 0;
        double squares = 0;
        float[] input = new float[data.features()];
        int count = data.examples(Split.TRAIN) * input.length;
        for (int i = 0; i < data.examples(Split.TRAIN); i++) {
            data.copyInput(Split.TRAIN, i, input, 0);
            for (float value : input) {
                sum += value;
                squares += (double) value * value;
            }
        }
        assertThat(sum / count).isCloseTo(0, within(1e-6));
        assertThat(squares / count).isCloseTo(1, within(1e-6));
    }
}
