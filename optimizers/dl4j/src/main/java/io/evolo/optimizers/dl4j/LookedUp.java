package io.evolo.optimizers.dl4j;

/**
 * Which rows of an embedding have been looked up so far. The gradient of the others has always been zero, on which learned rules move
 * all the same; so their updates are cleared.
 *
 * @param variable an embedding, or any other tensor, which has no marks
 * @param marks one per row: 0 until it is looked up; changed in place. In an average over replicas anything above 0 counts
 */
record LookedUp(Variable variable, float[] marks) {

    /**
     * Marks the rows whose gradient is not zero.
     *
     * @param gradient row-major in the variable's axes
     * @param offset of the variable's first value
     */
    void mark(float[] gradient, int offset) {
        if (marks.length == 0) {
            return;
        }
        int columns = variable.axes().get(1);
        int size = variable.size();
        for (int i = 0; i < size; i++) {
            if (gradient[offset + i] != 0) {
                marks[variable.lookup() == 0 ? i / columns : i % columns] = 1;
            }
        }
    }

    /** Clears the updates of the rows that have no mark. */
    void clearOthers(Memory updates) {
        for (int row = 0; row < marks.length; row++) {
            if (marks[row] == 0) {
                clear(updates, row);
            }
        }
    }

    private void clear(Memory updates, int row) {
        int across = 1 - variable.lookup();
        int begin = variable.offset() + row * variable.strides().get(variable.lookup());
        for (int i = 0; i < variable.axes().get(across); i++) {
            updates.put(begin + i * variable.strides().get(across), 0);
        }
    }
}
