package io.evolo.tasks.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where a softmax is sure, what is left of the other classes is 0 and not a subnormal number, which many processors are slow with. */
class SaturationTest {

    @ParameterizedTest
    @EnumSource
    void theGradientOfClassesFarBehindIsZero(Twin twin) {
        int examples = 19;
        CrossEntropy entropy = new CrossEntropy(twin, examples, 3);
        float[] logits = new float[3 * examples];
        int[] labels = new int[examples];
        for (int i = 0; i < examples; i++) {
            logits[3 * i] = 50 + 10 * i;
            logits[3 * i + 1] = 49 + 10 * i;
        }
        float[] gradient = new float[3 * examples];

        entropy.forward(logits, 0, labels);
        entropy.backward(labels, gradient, 0);

        for (int i = 0; i < examples; i++) {
            assertThat(gradient[3 * i]).isCloseTo(-0.2689414f / examples, within(1e-6f));
            float behind = gradient[3 * i + 2];
            if (logits[3 * i] > 85) {
                assertThat(behind).isZero();
            } else {
                assertThat(behind).isGreaterThan(Float.MIN_NORMAL);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatAttentionSeesOfPositionsFarBehindIsZero(Twin twin) {
        int n = 21;
        float[] x = new float[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                x[j * n + i] = j < 2 ? 0 : -10 * j;
            }
        }

        SoftmaxColumns.forward(twin, false, x, 0, n);

        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                float p = x[j * n + i];
                if (j > 8) {
                    assertThat(p).isZero();
                } else {
                    assertThat(p).isGreaterThan(Float.MIN_NORMAL);
                }
            }
        }
    }
}
