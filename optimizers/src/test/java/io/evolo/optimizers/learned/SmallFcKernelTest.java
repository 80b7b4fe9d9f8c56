package io.evolo.optimizers.learned;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SmallFcKernelTest {

    @Test
    void theExponentialIsWithin2UlpsOver17Decades() {
        float[] x = new float[40_000];
        for (int i = 0; i < x.length; i++) {
            x[i] = (i % 2 == 0 ? 1 : -1) * (float) StrictMath.pow(10, -15 + 16.9 * i / x.length);
        }
        float[] y = x.clone();

        SmallFcKernel.exp(y, 0, y.length, 1);

        double worst = 0;
        for (int i = 0; i < x.length; i++) {
            double exact = StrictMath.exp(x[i]);
            worst = Math.max(worst, Math.abs(y[i] - exact) / Math.ulp((float) exact));
        }
        assertThat(worst).isLessThan(2);
    }

    @Test
    void theExponentialOfWhatIsNotANumberIsNotOneEither() {
        float[] x = new float[Lanes.GROUP];
        x[3] = Float.NaN;
        x[4] = -Float.intBitsToFloat(0x7fc00001);

        SmallFcKernel.exp(x, 0, x.length, 2);

        assertThat(x[3]).isNaN();
        assertThat(x[4]).isNaN();
        assertThat(x[5]).isEqualTo(1);
    }
}
