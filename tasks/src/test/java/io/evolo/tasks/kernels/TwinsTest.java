package io.evolo.tasks.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.tasks.Rng;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every element kernel gives the same bits as its plain loop, at awkward sizes and offsets, and touches nothing else. */
class TwinsTest {
    private static final int AT = 3;

    private interface Kernel {
        void run(Twin twin, float[] x, float[] y, float[] out);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7, 15, 16, 17, 31, 33, 100, 1000})
    void elementsAgree(int n) {
        same(n, (twin, x, y, out) -> Elements.affine(twin, 1.7f, 0.3f, x, AT, out, AT, n));
        same(n, (twin, x, y, out) -> Elements.scale(twin, 1.7f, x, AT, out, AT, n));
        same(n, (twin, x, y, out) -> Elements.multiply(twin, x, AT, y, AT, out, AT, n));
        same(n, (twin, x, y, out) -> Elements.add(twin, x, AT, out, AT, n));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7, 15, 16, 17, 31, 33, 100, 1000})
    void activationsAgree(int n) {
        for (Activation f : Activation.values()) {
            same(n, (twin, x, y, out) -> Activations.forward(twin, f, x, AT, out, AT, n));
            same(n, (twin, x, y, out) -> {
                float[] value = new float[x.length];
                Activations.forward(Twin.PLAIN, f, x, 0, value, 0, x.length);
                Activations.backward(twin, f, x, AT, value, AT, y, AT, out, AT, n);
            });
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7, 15, 16, 17, 31, 33, 100, 1000})
    void sumsAgree(int n) {
        same(n, (twin, x, y, out) -> out[AT] = new LaneSums(twin).sum(x, AT, n));
        same(n, (twin, x, y, out) -> out[AT] = new LaneSums(twin).dot(x, AT, y, AT, n));
        same(6 * n, (twin, x, y, out) -> Elements.sumRows(twin, x, AT, 6, n, out, AT));
        same(6 * n, (twin, x, y, out) -> Elements.sumRows(twin, x, AT, n, 6, out, AT));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7, 15, 16, 17, 31, 33, 100, 1000})
    void transposesAgree(int n) {
        same(5 * n, (twin, x, y, out) -> Transpose.run(twin, x, AT, n, 5, out, AT));
        same(5 * n, (twin, x, y, out) -> Transpose.run(twin, x, AT, 5, n, out, AT));
        same(5 * n, (twin, x, y, out) -> Transpose.run(twin, x, AT, 5, n, 4, out, AT, n));
        same(19 * n, (twin, x, y, out) -> Transpose.run(twin, x, AT, n, 19, out, AT));
        same(19 * n, (twin, x, y, out) -> Transpose.run(twin, x, AT, 19, n, 17, out, AT, n));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7, 15, 16, 17, 31, 33, 100})
    void lossesAndNormalisationAgree(int n) {
        int classes = 7;
        int[] labels = new int[n];
        Arrays.setAll(labels, i -> i % classes);
        same(n * classes, (twin, x, y, out) -> {
            CrossEntropy kernel = new CrossEntropy(twin, n, classes);
            out[AT] = kernel.forward(x, AT, labels);
            kernel.backward(labels, out, AT);
            out[AT] += kernel.loss(n - 1);
        });
        same(n * classes, (twin, x, y, out) -> {
            SquaredError kernel = new SquaredError(twin, n, classes);
            float loss = kernel.forward(x, AT, y, AT);
            kernel.backward(out, AT);
            out[AT] += loss;
        });
        same(n * 5 + 2 * n, (twin, x, y, out) -> {
            LayerNormalization kernel = new LayerNormalization(twin, 5, n);
            kernel.forward(x, AT, y, AT, AT, out, AT);
            kernel.backwardInput(x, AT, y, AT, out, AT);
            kernel.backwardParameters(y, AT, out, AT + 5 * n, AT + 6 * n);
        });
    }

    private static void same(int n, Kernel kernel) {
        float[] x = random(n, 1);
        float[] y = random(n, 2);
        float[] plain = random(n, 3);
        float[] vector = plain.clone();
        float[] before = plain.clone();

        kernel.run(Twin.PLAIN, x.clone(), y.clone(), plain);
        kernel.run(Twin.VECTOR, x.clone(), y.clone(), vector);

        assertThat(vector).isEqualTo(plain).isNotEqualTo(before);
        assertThat(Arrays.copyOf(vector, AT)).isEqualTo(Arrays.copyOf(before, AT));
        assertThat(Arrays.copyOfRange(vector, n + AT, vector.length)).isEqualTo(Arrays.copyOfRange(before, n + AT, before.length));
    }

    private static float[] random(int n, int index) {
        float[] values = new float[n + 2 * AT];
        Rng.of(2, "twins", index).fillGaussian(values, 2);
        return values;
    }
}
