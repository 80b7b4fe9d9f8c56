package io.evolo.tasks.kernels;

import static io.evolo.tasks.kernels.Activation.GELU_1;
import static io.evolo.tasks.kernels.Activation.GELU_3;
import static io.evolo.tasks.kernels.Activation.LEAK;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector twin of {@link Activations}: short passes over arrays that lie in the first-level cache. No vector is ever handed from
 * one method to another; see {@link ArrayMath} for why.
 */
final class ActivationVectors {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    private ActivationVectors() {}

    /** y = f(x) for the whole vectors of {@code count} values; returns how many values these are. */
    static int forward(Activation f, float[] x, int xAt, float[] y, int yAt, int count) {
        int n = S.loopBound(count);
        switch (f) {
            case IDENTITY -> System.arraycopy(x, xAt, y, yAt, n);
            case RELU -> relu(x, xAt, y, yAt, n);
            case TANH -> ArrayMath.tanh(x, xAt, y, yAt, n);
            case SIGMOID -> ArrayMath.sigmoid(x, xAt, y, yAt, n);
            case SILU -> silu(x, xAt, y, yAt, n);
            case GELU -> gelu(x, xAt, y, yAt, n);
            case ELU -> ArrayMath.elu(x, xAt, y, yAt, n);
            case LEAKY_RELU -> leakyRelu(x, xAt, y, yAt, n);
            case SOFTPLUS -> softplus(x, xAt, y, yAt, n);
        }
        return n;
    }

    /** dx = dy·f'(x) for the whole vectors of {@code count} values; y is scratch. Returns how many values these are. */
    static int backward(
            Activation f, float[] x, int xAt, float[] y, int yAt, float[] dy, int dyAt, float[] dx, int dxAt, int count) {
        int n = S.loopBound(count);
        switch (f) {
            case IDENTITY -> System.arraycopy(dy, dyAt, dx, dxAt, n);
            case RELU -> reluBack(x, xAt, dy, dyAt, dx, dxAt, n);
            case TANH -> tanhBack(y, yAt, dy, dyAt, dx, dxAt, n);
            case SIGMOID -> sigmoidBack(y, yAt, dy, dyAt, dx, dxAt, n);
            case SILU -> {
                ArrayMath.sigmoid(x, xAt, y, yAt, n);
                siluBack(x, xAt, y, yAt, dy, dyAt, dx, dxAt, n);
            }
            case GELU -> {
                geluArgument(x, xAt, y, yAt, n);
                ArrayMath.sigmoid(y, yAt, y, yAt, n);
                geluBack(x, xAt, y, yAt, dy, dyAt, dx, dxAt, n);
            }
            case ELU -> eluBack(x, xAt, y, yAt, dy, dyAt, dx, dxAt, n);
            case LEAKY_RELU -> leakyReluBack(x, xAt, dy, dyAt, dx, dxAt, n);
            case SOFTPLUS -> {
                ArrayMath.sigmoid(x, xAt, y, yAt, n);
                Elements.multiply(Twin.VECTOR, dy, dyAt, y, yAt, dx, dxAt, n);
            }
        }
        return n;
    }

    private static void relu(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xAt + i);
            v.blend(0, v.compare(VectorOperators.LT, 0)).intoArray(y, yAt + i);
        }
    }

    private static void leakyRelu(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xAt + i);
            v.mul(LEAK).blend(v, v.compare(VectorOperators.GT, 0)).intoArray(y, yAt + i);
        }
    }

    private static void silu(float[] x, int xAt, float[] y, int yAt, int n) {
        ArrayMath.sigmoid(x, xAt, y, yAt, n);
        Elements.multiply(Twin.VECTOR, x, xAt, y, yAt, y, yAt, n);
    }

    private static void gelu(float[] x, int xAt, float[] y, int yAt, int n) {
        geluArgument(x, xAt, y, yAt, n);
        ArrayMath.sigmoid(y, yAt, y, yAt, n);
        Elements.multiply(Twin.VECTOR, x, xAt, y, yAt, y, yAt, n);
    }

    private static void geluArgument(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xAt + i);
            FloatVector c = v.mul(v).fma(FloatVector.broadcast(S, GELU_3), FloatVector.broadcast(S, GELU_1));
            v.mul(c).intoArray(y, yAt + i);
        }
    }

    /** max(x, 0) + ln(1 + e^−|x|). */
    private static void softplus(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(S, x, xAt + i).abs().neg().intoArray(y, yAt + i);
        }
        ArrayMath.exp(y, yAt, y, yAt, n);
        ArrayMath.log1p(y, yAt, y, yAt, n);
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xAt + i);
            FloatVector tail = FloatVector.fromArray(S, y, yAt + i);
            tail.blend(tail.add(v), v.compare(VectorOperators.GT, 0)).intoArray(y, yAt + i);
        }
    }

    private static void reluBack(float[] x, int xAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xAt + i);
            FloatVector g = FloatVector.fromArray(S, dy, dyAt + i);
            g.mul(FloatVector.zero(S).blend(1, v.compare(VectorOperators.GT, 0))).intoArray(dx, dxAt + i);
        }
    }

    private static void leakyReluBack(float[] x, int xAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xAt + i);
            FloatVector g = FloatVector.fromArray(S, dy, dyAt + i);
            g.mul(LEAK).blend(g, v.compare(VectorOperators.GT, 0)).intoArray(dx, dxAt + i);
        }
    }

    private static void tanhBack(float[] y, int yAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector s = FloatVector.fromArray(S, y, yAt + i);
            FloatVector g = FloatVector.fromArray(S, dy, dyAt + i);
            g.mul(s.neg().fma(s, FloatVector.broadcast(S, 1))).intoArray(dx, dxAt + i);
        }
    }

    private static void sigmoidBack(float[] y, int yAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector s = FloatVector.fromArray(S, y, yAt + i);
            FloatVector g = FloatVector.fromArray(S, dy, dyAt + i);
            g.mul(s.neg().fma(s, s)).intoArray(dx, dxAt + i);
        }
    }

    private static void eluBack(float[] x, int xAt, float[] y, int yAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xAt + i);
            FloatVector s = FloatVector.fromArray(S, y, yAt + i);
            FloatVector g = FloatVector.fromArray(S, dy, dyAt + i);
            g.mul(s.add(1).blend(1, v.compare(VectorOperators.GT, 0))).intoArray(dx, dxAt + i);
        }
    }

    /** Here and below, s = sigmoid(…) has taken the place of y. */
    private static void siluBack(float[] x, int xAt, float[] y, int yAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xAt + i);
            FloatVector s = FloatVector.fromArray(S, y, yAt + i);
            FloatVector g = FloatVector.fromArray(S, dy, dyAt + i);
            FloatVector w = v.mul(s);
            g.mul(s.neg().fma(w, s.add(w))).intoArray(dx, dxAt + i);
        }
    }

    private static void geluBack(float[] x, int xAt, float[] y, int yAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xAt + i);
            FloatVector s = FloatVector.fromArray(S, y, yAt + i);
            FloatVector g = FloatVector.fromArray(S, dy, dyAt + i);
            FloatVector w = v.mul(s);
            FloatVector c = v.mul(v).fma(FloatVector.broadcast(S, 3 * GELU_3), FloatVector.broadcast(S, GELU_1));
            g.mul(s.neg().fma(w, w).fma(c, s)).intoArray(dx, dxAt + i);
        }
    }
}
