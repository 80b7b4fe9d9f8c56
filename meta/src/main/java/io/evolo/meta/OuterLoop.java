package io.evolo.meta;

/** A meta-training run in memory: advances by outer steps, can be saved and restored between any two. */
public interface OuterLoop extends AutoCloseable {

    /** Makes one outer step. */
    OuterReport advance();

    /** The current meta-parameters; a copy. */
    float[] theta();

    /** Everything, for a checkpoint. */
    OuterState snapshot();

    /**
     * Continues from a snapshot: the same bits as if it had never been interrupted.
     *
     * @throws IllegalArgumentException if the snapshot is of another recipe
     * @throws io.evolo.checkpoints.CheckpointException if a version saved it whose runs cannot go on in this one
     */
    void restore(OuterState state);

    @Override
    void close();
}
