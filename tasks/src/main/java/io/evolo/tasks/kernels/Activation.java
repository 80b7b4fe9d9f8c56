package io.evolo.tasks.kernels;

/** A function of one value between two layers. {@link Activations} applies it to arrays. */
public enum Activation {
    IDENTITY,
    /** max(x, 0). */
    RELU,
    TANH,
    SIGMOID,
    /** x·sigmoid(x), also called swish. */
    SILU,
    /** The form with tanh, ½x(1 + tanh(√(2/π)(x + 0.044715x³))) = x·sigmoid(2√(2/π)(x + 0.044715x³)) (Hendrycks & Gimpel 2016). */
    GELU,
    /** x above 0, e^x − 1 below. */
    ELU,
    /** x above 0, 0.01·x below. */
    LEAKY_RELU,
    /** ln(1 + e^x). */
    SOFTPLUS;

    static final float LEAK = 0.01f;
    /** 2√(2/π). */
    static final float GELU_1 = 1.5957691f;

    static final float GELU_3 = GELU_1 * 0.044715f;

    /** The function; NaN gives NaN. */
    public float value(float x) {
        return switch (this) {
            case IDENTITY -> x;
            case RELU -> x < 0 ? 0 : x;
            case TANH -> FloatMath.tanh(x);
            case SIGMOID -> FloatMath.sigmoid(x);
            case SILU -> x * FloatMath.sigmoid(x);
            case GELU -> x * FloatMath.sigmoid(x * Math.fma(GELU_3, x * x, GELU_1));
            case ELU -> x > 0 ? x : FloatMath.expm1Negative(Math.min(x, 0));
            case LEAKY_RELU -> x > 0 ? x : LEAK * x;
            case SOFTPLUS -> FloatMath.softplus(x);
        };
    }

    /** The derivative at {@code x}, where the function has the value {@code y}. */
    public float slope(float x, float y) {
        return switch (this) {
            case IDENTITY -> 1;
            case RELU -> x > 0 ? 1 : 0;
            case TANH -> Math.fma(-y, y, 1);
            case SIGMOID -> Math.fma(-y, y, y);
            case SILU -> siluSlope(FloatMath.sigmoid(x), y);
            case GELU -> geluSlope(x, y);
            case ELU -> x > 0 ? 1 : y + 1;
            case LEAKY_RELU -> x > 0 ? 1 : LEAK;
            case SOFTPLUS -> FloatMath.sigmoid(x);
        };
    }

    /** Whether {@code slope(y, y)} is {@code slope(x, y)}, so that the argument need not be kept. */
    public boolean slopeFromValue() {
        return switch (this) {
            case IDENTITY, RELU, TANH, SIGMOID, ELU, LEAKY_RELU -> true;
            case SILU, GELU, SOFTPLUS -> false;
        };
    }

    private static float siluSlope(float s, float y) {
        return Math.fma(-s, y, s + y);
    }

    /** With u the argument of the sigmoid s: y' = s + x·s(1 − s)·u', and x·s = y. */
    private static float geluSlope(float x, float y) {
        float s = FloatMath.sigmoid(x * Math.fma(GELU_3, x * x, GELU_1));
        return Math.fma(Math.fma(-s, y, y), Math.fma(3 * GELU_3, x * x, GELU_1), s);
    }
}
