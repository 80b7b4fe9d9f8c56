package io.evolo.optimizers.designed;

/** Where the values of a hyperparameter may lie; NaN never does. */
public enum Range {
    /** A factor that makes a memory fade: [0, 1). */
    DECAY(0, Math.nextDown(1.0), "[0, 1)"),
    /** A factor that makes a memory fade and that is divided by: (0, 1). */
    OPEN_DECAY(Double.MIN_VALUE, Math.nextDown(1.0), "(0, 1)"),
    /** [0, 1]. */
    FRACTION(0, 1, "[0, 1]"),
    /** What is positive as a float too, with all its digits: rules compute in floats, and a smaller ε would be 0. */
    POSITIVE(Float.MIN_NORMAL, Float.MAX_VALUE, "[1.2e-38, 3.4e38], the positive floats"),
    /** (0, ∞], where ∞ means that nothing is bounded. */
    BOUND(Double.MIN_VALUE, Double.POSITIVE_INFINITY, "(0, ∞]"),
    /** [0, ∞). */
    NOT_NEGATIVE(0, Double.MAX_VALUE, "[0, ∞)"),
    /** [1, ∞). */
    FROM_ONE(1, Double.MAX_VALUE, "[1, ∞)"),
    /** (−∞, ∞). */
    FINITE(-Double.MAX_VALUE, Double.MAX_VALUE, "(−∞, ∞)"),
    /** 0 or 1. */
    SWITCH(0, 1, "{0, 1}");

    private final double low;
    private final double high;
    private final String text;

    Range(double low, double high, String text) {
        this.low = low;
        this.high = high;
        this.text = text;
    }

    /** The least value. */
    public double low() {
        return low;
    }

    /** The greatest value. */
    public double high() {
        return high;
    }

    boolean contains(double value) {
        return value >= low && value <= high && (this != SWITCH || value == 0 || value == 1);
    }

    /** The interval as mathematics writes it. */
    @Override
    public String toString() {
        return text;
    }
}
