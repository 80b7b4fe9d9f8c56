package io.evolo.tasks.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.tasks.Rng;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConvolutionTest {

    /** From one block of patches to many whose last one is short; kernels' rows that are whole vectors, and others. */
    @ParameterizedTest
    @CsvSource({
        "1, 5, 6, 1, 3, 3, 1, 1", "3, 9, 7, 1, 16, 3, 2, 1", "2, 9, 9, 3, 5, 5, 1, 2", "5, 14, 14, 16, 32, 3, 1, 1",
        "4, 11, 10, 8, 17, 3, 3, 0", "3, 8, 9, 6, 7, 2, 2, 0", "2, 30, 30, 16, 4, 3, 1, 1", "7, 4, 4, 12, 40, 1, 2, 0", "2, 6, 6, 5, 9, 1, 1, 0"
    })
    void twinsGiveTheSameBits(int examples, int height, int width, int channels, int filters, int kernel, int stride, int padding) {
        var g = new Convolution.Geometry(height, width, channels, filters, kernel, stride, padding);

        assertThat(run(Twin.VECTOR, g, examples)).isEqualTo(run(Twin.PLAIN, g, examples));
    }

    /** Result, gradient of the kernels and gradient of the images, one after the other. */
    private static float[] run(Twin twin, Convolution.Geometry g, int examples) {
        int images = examples * g.imageSize();
        int results = examples * g.outSize();
        float[] x = random("x", images);
        float[] w = random("w", g.kernelSize());
        float[] bias = random("bias", g.filters());
        float[] dy = random("dy", results);
        float[] out = new float[results + g.kernelSize() + images];
        Convolution convolution = new Convolution(twin, g, examples);
        for (int i = 0; i < 2; i++) { // what the first pass leaves must not show in the second
            convolution.forward(x, 0, w, 0, bias, 0, out, 0);
            convolution.backwardKernels(x, 0, dy, 0, out, results);
            convolution.backwardInput(dy, 0, w, 0, out, results + g.kernelSize());
        }
        return out;
    }

    private static float[] random(String name, int n) {
        float[] values = new float[n];
        Rng.of(3, name).fillGaussian(values, 1);
        return values;
    }
}
