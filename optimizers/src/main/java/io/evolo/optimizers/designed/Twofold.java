package io.evolo.optimizers.designed;

/** A double in two floats of a state's slot, their sum: 48 bits of its 53. */
final class Twofold {
    private Twofold() {}

    static double read(float[] slot, int at) {
        return (double) slot[at] + slot[at + 1];
    }

    static void write(double value, float[] slot, int at) {
        slot[at] = (float) value;
        // Infinity and what is not a number are whole in the first.
        slot[at + 1] = Float.isFinite(slot[at]) ? (float) (value - slot[at]) : 0;
    }
}
