package io.evolo.optimizers.designed;

/**
 * One number that a rule can be set by. Switches are numbers too: 0 is off, 1 is on.
 *
 * @param name lower case, words joined by underscores, for instance {@code weight_decay}
 * @param standard the reference implementation's default
 * @param range where values may lie
 * @param whole whether only whole numbers are values
 * @param meaning in one line
 */
public record Hyperparameter(String name, double standard, Range range, boolean whole, String meaning) {

    public Hyperparameter {
        if (!contains(standard, range, whole)) {
            throw new IllegalArgumentException(name + ": the default " + standard + " is outside " + range);
        }
    }

    /** The same with this before its name. */
    Hyperparameter under(String prefix) {
        return new Hyperparameter(prefix + name, standard, range, whole, meaning);
    }

    /** Whether there are only 0 and 1. */
    public boolean isSwitch() {
        return range == Range.SWITCH;
    }

    /** Whether this is one of its values. */
    public boolean contains(double value) {
        return contains(value, range, whole);
    }

    private static boolean contains(double value, Range range, boolean whole) {
        return range.contains(value) && !(whole && value != Math.rint(value));
    }

    /** @throws IllegalArgumentException if the value is none of this; the message names rule, hyperparameter, value and range */
    void require(String rule, double value) {
        if (!contains(value)) {
            throw new IllegalArgumentException(
                    rule + ": " + name + " is " + value + ", expected " + (whole ? "a whole number in " : "a number in ") + range);
        }
    }
}
