package io.evolo.tasks.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResizerTest {

    private static float[] resize(int height, int width, int channels, int side, boolean grey, int... values) {
        byte[] image = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            image[i] = (byte) values[i];
        }
        float[] out = new float[side * side * (grey ? 1 : channels)];
        new Resizer(height, width, channels, side).resize(image, 0, grey, out, 0);
        return out;
    }

    @Test
    void theSameSizeOnlyScalesTo01() {
        assertThat(resize(2, 2, 1, 2, true, 0, 51, 102, 255)).containsExactly(0, 51f / 255, 102f / 255, 1);
    }

    @Test
    void halvingAveragesFourPixels() {
        float[] out = resize(2, 4, 1, 1, true, 255, 255, 0, 0, 255, 255, 0, 0);
        assertThat(out[0]).isEqualTo(0.5f);
    }

    @Test
    void aPixelOnTheBorderOfTwoAreasIsShared() {
        // Three columns into two: each new pixel covers one and a half.
        float[] out = resize(3, 3, 1, 2, true, 255, 0, 0, 255, 0, 0, 255, 0, 0);
        assertThat(out[0]).isEqualTo((float) (1 / 1.5));
        assertThat(out[1]).isEqualTo(0);
    }

    @Test
    void doublingInterpolatesBetweenCentresAndRepeatsEdges() {
        float[] out = resize(1, 2, 1, 4, true, 0, 255);
        for (int row = 0; row < 4; row++) {
            assertThat(new float[] {out[4 * row], out[4 * row + 1], out[4 * row + 2], out[4 * row + 3]})
                    .containsExactly(0, 0.25f, 0.75f, 1);
        }
    }

    @Test
    void greyIsTheMeanOfTheChannels() {
        assertThat(resize(1, 1, 3, 1, true, 255, 0, 51)[0]).isCloseTo(0.4f, within(1e-7f));
    }

    @Test
    void coloursStayInterleaved() {
        assertThat(resize(1, 1, 3, 1, false, 255, 0, 51)).containsExactly(1, 0, 0.2f);
    }

    @ParameterizedTest
    @CsvSource({"28, 8", "28, 14", "32, 28", "28, 1", "7, 5"})
    void averagingKeepsTheMean(int from, int side) {
        Random random = new Random(from * 100L + side);
        int[] image = random.ints(from * from, 0, 256).toArray();
        double sum = 0;
        for (int value : image) {
            sum += value / 255.0;
        }
        float[] out = resize(from, from, 1, side, true, image);
        double mean = 0;
        for (float value : out) {
            mean += value / out.length;
        }
        // Each output is rounded to float once: relative error 6e-8.
        assertThat(mean).isCloseTo(sum / image.length, within(1e-7));
    }

    @ParameterizedTest
    @CsvSource({"3, 7", "1, 5", "8, 28", "28, 8", "5, 5"})
    void aConstantImageStaysConstant(int from, int side) {
        int[] image = new Random(1).ints(from * from, 102, 103).toArray();
        for (float value : resize(from, from, 1, side, true, image)) {
            assertThat(value).isCloseTo(0.4f, within(1e-7f));
        }
    }
}
