package io.evolo.tasks.kernels;

import static io.evolo.tasks.kernels.Activation.GELU_1;
import static io.evolo.tasks.kernels.Activation.GELU_3;
import static io.evolo.tasks.kernels.Activation.LEAK;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector twin of {@link Activations}. One loop per function: a vector that a switch or a lambda inside the loop handed on would
 * be allocated.
 */
final class ActivationVectors {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    private ActivationVectors() {}

    /** Applies f to the whole vectors of n values and returns how many values these are. */
    static int forward(Activation f, float[] x, int xAt, float[] y, int yAt, int count) {
        int n = S.loopBound(count);
        switch (f) {
            case IDENTITY -> System.arraycopy(x, xAt, y, yAt, n);
            case RELU -> relu(x, xAt, y, yAt, n);
            case TANH -> tanh(x, xAt, y, yAt, n);
            case SIGMOID -> sigmoid(x, xAt, y, yAt, n);
            case SILU -> silu(x, xAt, y, yAt, n);
            case GELU -> gelu(x, xAt, y, yAt, n);
            case ELU -> elu(x, xAt, y, yAt, n);
            case LEAKY_RELU -> leakyRelu(x, xAt, y, yAt, n);
            case SOFTPLUS -> softplus(x, xAt, y, yAt, n);
        }
        return n;
    }

    /** Applies f' to the whole vectors of n values and returns how many values these are. */
    static int backward(
            Activation f, float[] x, int xAt, float[] y, int yAt, float[] dy, int dyAt, float[] dx, int dxAt, int count) {
        int n = S.loopBound(count);
        switch (f) {
            case IDENTITY -> System.arraycopy(dy, dyAt, dx, dxAt, n);
            case RELU -> reluBack(x, xAt, dy, dyAt, dx, dxAt, n);
            case TANH -> tanhBack(y, yAt, dy, dyAt, dx, dxAt, n);
            case SIGMOID -> sigmoidBack(y, yAt, dy, dyAt, dx, dxAt, n);
            case SILU -> siluBack(x, xAt, y, yAt, dy, dyAt, dx, dxAt, n);
            case GELU -> geluBack(x, xAt, y, yAt, dy, dyAt, dx, dxAt, n);
            case ELU -> eluBack(x, xAt, y, yAt, dy, dyAt, dx, dxAt, n);
            case LEAKY_RELU -> leakyReluBack(x, xAt, dy, dyAt, dx, dxAt, n);
            case SOFTPLUS -> softplusBack(x, xAt, dy, dyAt, dx, dxAt, n);
        }
        return n;
    }

    private static void relu(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xAt + i);
            v.blend(0, v.lt(0)).intoArray(y, yAt + i);
        }
    }

    private static void tanh(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xAt + i);
            VectorMath.tanh(v).intoArray(y, yAt + i);
        }
    }

    private static void sigmoid(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xAt + i);
            VectorMath.sigmoid(v).intoArray(y, yAt + i);
        }
    }

    private static void silu(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xAt + i);
            v.mul(VectorMath.sigmoid(v)).intoArray(y, yAt + i);
        }
    }

    private static void gelu(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xAt + i);
            v.mul(geluGate(v)).intoArray(y, yAt + i);
        }
    }

    private static void elu(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xAt + i);
            VectorMath.expm1Negative(v.blend(0, positive(v))).blend(v, positive(v)).intoArray(y, yAt + i);
        }
    }

    private static void leakyRelu(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xAt + i);
            v.mul(LEAK).blend(v, positive(v)).intoArray(y, yAt + i);
        }
    }

    private static void softplus(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xAt + i);
            VectorMath.softplus(v).intoArray(y, yAt + i);
        }
    }

    private static void reluBack(float[] x, int xAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xAt + i);
            FloatVector g = FloatVector.fromArray(S, dy, dyAt + i);
            g.mul(v.broadcast(0).blend(1, positive(v))).intoArray(dx, dxAt + i);
        }
    }

    private static void tanhBack(float[] y, int yAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector w = FloatVector.fromArray(S, y, yAt + i);
            FloatVector g = FloatVector.fromArray(S, dy, dyAt + i);
            g.mul(w.neg().fma(w, w.broadcast(1))).intoArray(dx, dxAt + i);
        }
    }

    private static void sigmoidBack(float[] y, int yAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector w = FloatVector.fromArray(S, y, yAt + i);
            FloatVector g = FloatVector.fromArray(S, dy, dyAt + i);
            g.mul(w.neg().fma(w, w)).intoArray(dx, dxAt + i);
        }
    }

    private static void siluBack(float[] x, int xAt, float[] y, int yAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xAt + i);
            FloatVector w = FloatVector.fromArray(S, y, yAt + i);
            FloatVector g = FloatVector.fromArray(S, dy, dyAt + i);
            g.mul(siluSlope(VectorMath.sigmoid(v), w)).intoArray(dx, dxAt + i);
        }
    }

    private static void geluBack(float[] x, int xAt, float[] y, int yAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xAt + i);
            FloatVector w = FloatVector.fromArray(S, y, yAt + i);
            FloatVector g = FloatVector.fromArray(S, dy, dyAt + i);
            g.mul(geluSlope(v, w)).intoArray(dx, dxAt + i);
        }
    }

    private static void eluBack(float[] x, int xAt, float[] y, int yAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xAt + i);
            FloatVector w = FloatVector.fromArray(S, y, yAt + i);
            FloatVector g = FloatVector.fromArray(S, dy, dyAt + i);
            g.mul(w.add(1).blend(1, positive(v))).intoArray(dx, dxAt + i);
        }
    }

    private static void leakyReluBack(float[] x, int xAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xAt + i);
            FloatVector g = FloatVector.fromArray(S, dy, dyAt + i);
            g.mul(LEAK).blend(g, positive(v)).intoArray(dx, dxAt + i);
        }
    }

    private static void softplusBack(float[] x, int xAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xAt + i);
            FloatVector g = FloatVector.fromArray(S, dy, dyAt + i);
            g.mul(VectorMath.sigmoid(v)).intoArray(dx, dxAt + i);
        }
    }

    private static VectorMask<Float> positive(FloatVector x) {
        return x.compare(VectorOperators.GT, 0);
    }

    private static FloatVector siluSlope(FloatVector s, FloatVector y) {
        return s.neg().fma(y, s.add(y));
    }

    private static FloatVector geluGate(FloatVector x) {
        return VectorMath.sigmoid(x.mul(x.mul(x).fma(x.broadcast(GELU_3), x.broadcast(GELU_1))));
    }

    private static FloatVector geluSlope(FloatVector x, FloatVector y) {
        FloatVector s = geluGate(x);
        FloatVector gate = x.mul(x).fma(x.broadcast(3 * GELU_3), x.broadcast(GELU_1));
        return s.neg().fma(y, y).fma(gate, s);
    }
}
