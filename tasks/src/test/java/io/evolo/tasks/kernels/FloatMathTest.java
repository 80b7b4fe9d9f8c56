package io.evolo.tasks.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.DoubleUnaryOperator;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

/** The errors that the Javadoc states, and the bits of the twins. */
class FloatMathTest {
    private static final int SAMPLES = 200_000;

    private interface FloatFunction {
        float of(float x);
    }

    private interface ArrayFunction {
        void apply(float[] x, int xAt, float[] y, int yAt, int n);
    }

    @Test
    void expErrsByLessThanTheStatedUlps() {
        assertThat(worstUlps(FloatMath::exp, StrictMath::exp, -87.32f, 88.71f)).isLessThan(1.5);
        assertThat(worstUlps(FloatMath::exp, StrictMath::exp, -1e-3f, 1e-3f)).isLessThan(1.5);
    }

    @Test
    void expm1ErrsByLessThanTheStatedUlps() {
        assertThat(worstUlps(FloatMath::expm1Negative, StrictMath::expm1, -90, 0)).isLessThan(3);
        assertThat(worstUlps(FloatMath::expm1Negative, StrictMath::expm1, -1e-2f, -1e-6f)).isLessThan(3);
    }

    @Test
    void logErrsByLessThanTheStatedUlps() {
        assertThat(worstUlps(FloatMath::log, StrictMath::log, 1e-3f, 4)).isLessThan(2);
        assertThat(worstUlps(FloatMath::log, StrictMath::log, 4, 1e30f)).isLessThan(2);
    }

    @Test
    void sigmoidErrsByLessThanTheStatedUlps() {
        assertThat(worstUlps(FloatMath::sigmoid, x -> 1 / (1 + StrictMath.exp(-x)), -86, 100)).isLessThan(3);
    }

    @Test
    void tanhErrsByLessThanTheStatedUlps() {
        assertThat(worstUlps(FloatMath::tanh, StrictMath::tanh, -12, 12)).isLessThan(4);
        assertThat(worstUlps(FloatMath::tanh, StrictMath::tanh, 1e-7f, 1e-2f)).isLessThan(4);
    }

    @Test
    void softplusErrsByLessThanTheStatedUlps() {
        DoubleUnaryOperator exact = x -> Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
        assertThat(worstUlps(FloatMath::softplus, exact, -86, 86)).isLessThan(4);
    }

    @Test
    void log1pErrsByLessThanTheStatedUlps() {
        assertThat(worstUlps(FloatMath::log1p, StrictMath::log1p, 0, 2)).isLessThan(3);
        assertThat(worstUlps(FloatMath::log1p, StrictMath::log1p, 1e-9f, 1e-3f)).isLessThan(3);
        assertThat(worstUlps(FloatMath::log1p, StrictMath::log1p, 2, 1e6f)).isLessThan(3);
    }

    @Test
    void theEndsOfTheLineHaveTheirLimits() {
        assertThat(FloatMath.exp(Float.NEGATIVE_INFINITY)).isBetween(0f, 1.3e-38f);
        assertThat(FloatMath.exp(89)).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(FloatMath.exp(0)).isEqualTo(1);
        assertThat(FloatMath.tanh(Float.POSITIVE_INFINITY)).isEqualTo(1);
        assertThat(FloatMath.tanh(Float.NEGATIVE_INFINITY)).isEqualTo(-1);
        assertThat(FloatMath.sigmoid(Float.NEGATIVE_INFINITY)).isZero();
        assertThat(FloatMath.sigmoid(Float.POSITIVE_INFINITY)).isEqualTo(1);
        assertThat(FloatMath.softplus(Float.POSITIVE_INFINITY)).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(FloatMath.log(Float.POSITIVE_INFINITY)).isEqualTo(Float.POSITIVE_INFINITY);
    }

    @Test
    void vectorTwinsGiveTheSameBits() {
        sameBits("exp", FloatMath::exp, ArrayMath::exp);
        sameBits("log1p", FloatMath::log1p, ArrayMath::log1p);
        sameBits("sigmoid", FloatMath::sigmoid, ArrayMath::sigmoid);
        sameBits("tanh", FloatMath::tanh, ArrayMath::tanh);
        sameBits("elu", Activation.ELU::value, ArrayMath::elu);
        sameBits("exp of a vector", FloatMath::exp, (x, xAt, y, yAt, n) -> {
            for (int i = 0; i < n; i += FloatVector.SPECIES_PREFERRED.length()) {
                VectorMath.exp(FloatVector.fromArray(FloatVector.SPECIES_PREFERRED, x, i)).intoArray(y, i);
            }
        });
        sameBits("log of a vector", FloatMath::log, (x, xAt, y, yAt, n) -> {
            for (int i = 0; i < n; i += FloatVector.SPECIES_PREFERRED.length()) {
                VectorMath.log(FloatVector.fromArray(FloatVector.SPECIES_PREFERRED, x, i)).intoArray(y, i);
            }
        });
    }

    private static void sameBits(String name, FloatFunction plain, ArrayFunction vector) {
        float[] specials = {0f, -0f, 1e-40f, -100, -87.33f, 88.72f, 100, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
        float[] x = new float[4096];
        float[] expected = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            float value = i < specials.length ? specials[i] : (i - 2048) * 0.05f + 1e-3f;
            // log1p is defined from 0 on.
            x[i] = name.startsWith("log") ? Math.abs(value) : value;
            expected[i] = plain.of(x[i]);
        }

        vector.apply(x, 0, x, 0, x.length);

        assertThat(x).as(name).isEqualTo(expected);
    }

    /** The largest distance from the exact value, in units of its last place as a float. */
    private static double worstUlps(FloatFunction function, DoubleUnaryOperator exact, float low, float high) {
        double worst = 0;
        for (int i = 0; i <= SAMPLES; i++) {
            float x = low + (high - low) * i / SAMPLES;
            double expected = exact.applyAsDouble(x);
            double ulp = Math.max(Math.ulp((float) expected), Float.MIN_NORMAL * 0x1p-23);
            worst = Math.max(worst, Math.abs(function.of(x) - expected) / ulp);
        }
        return worst;
    }
}
