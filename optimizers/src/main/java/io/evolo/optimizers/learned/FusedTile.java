package io.evolo.optimizers.learned;

/**
 * A rectangle of a tensor: {@code rows} runs of {@code cols} elements that lie side by side in memory, with what each of them sees of
 * the factored second moments. In a tensor's memory one of the two accumulators is constant along a run ("across") and the other
 * varies along it ("along"); where neither factored axis is the innermost, both vary.
 *
 * @param at first element, counted from the tensor's first
 * @param rows number of runs, at least 1
 * @param cols elements of a run, at least 1
 * @param pitch distance of two runs' first elements
 * @param across entry of the first run on the side that is constant along a run; each further run has the next
 * @param along entry of the first element on the side that varies along a run
 * @param alongStep how far the next run's entry is
 * @param other the same for the other side, where both vary along a run
 * @param otherStep how far the next run's entry is
 */
record FusedTile(
        int at, int rows, int cols, int pitch, int across, int along, int alongStep, int other, int otherStep) {

    /** Entries of the along side that the tile's elements see, from {@link #along} on. */
    int alongEntries() {
        return (rows - 1) * alongStep + cols;
    }

    int size() {
        return rows * cols;
    }

    /** Blocks that the tile's elements are taken in. */
    int blocks() {
        int groups = rows * (Lanes.padded(cols) / Lanes.GROUP);
        return (groups + Lanes.GROUPS - 1) / Lanes.GROUPS;
    }
}
