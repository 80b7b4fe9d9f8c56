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

    private interface Lanewise {
        FloatVector of(FloatVector x);
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
    void lanewiseTwinsGiveTheSameBits() {
        sameBits("exp", FloatMath::exp, VectorMath::exp);
        sameBits("expm1", x -> FloatMath.expm1Negative(-Math.abs(x)), x -> VectorMath.expm1Negative(x.abs().neg()));
        sameBits("log", x -> FloatMath.log(Math.abs(x) + 1e-30f), x -> VectorMath.log(x.abs().add(1e-30f)));
        sameBits("sigmoid", FloatMath::sigmoid, VectorMath::sigmoid);
        sameBits("tanh", FloatMath::tanh, VectorMath::tanh);
        sameBits("softplus", FloatMath::softplus, VectorMath::softplus);
    }

    private static void sameBits(String name, FloatFunction plain, Lanewise vector) {
        float[] specials = {0f, -0f, 1e-40f, -100, -87.33f, 88.72f, 100, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
        float[] lanes = new float[FloatVector.SPECIES_PREFERRED.length()];
        for (int i = 0; i < 4000; i++) {
            float x = i < specials.length ? specials[i] : (i - 2000) * 0.05f + 1e-3f;
            vector.of(FloatVector.broadcast(FloatVector.SPECIES_PREFERRED, x)).intoArray(lanes, 0);
            assertThat(lanes).as("%s(%s)", name, x).containsOnly(plain.of(x));
        }
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
