package io.evolo.tasks.nn;

/**
 * Where an operation's value and its gradient lie in the arena, and how many values they have for the whole batch.
 *
 * @param wanted whether a tensor lies upstream, so that the gradient is needed
 */
record Place(int value, int gradient, int size, boolean wanted) {

    /** The same value with its gradient elsewhere. */
    Place withGradient(int at) {
        return new Place(value, at, size, wanted);
    }
}
