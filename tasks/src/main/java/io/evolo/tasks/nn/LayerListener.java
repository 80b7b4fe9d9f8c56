package io.evolo.tasks.nn;

/** Hears what every layer of a network computes: for coordinate checks and statistics. */
@FunctionalInterface
public interface LayerListener {

    /**
     * One layer's values, after its forward multiplier and before the activation behind it.
     *
     * @param layer its name, as in its tensors' names before the last {@code /}
     * @param arena to be read only, and only during the call: later operations overwrite it
     * @param at where the values begin, row-major [rows, units]
     * @param rows examples in the batch, times the positions of one example where it has several
     */
    void layer(String layer, float[] arena, int at, int rows, int units);
}
