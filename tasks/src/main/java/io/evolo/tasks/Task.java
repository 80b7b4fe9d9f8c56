package io.evolo.tasks;

/** One inner problem, as a description: a value, equal to another if they are the same problem. */
public interface Task {

    /** For reports, for instance {@code mlp-w32-d2-relu on strokes8}. */
    String name();

    ParamLayout layout();

    /** Makes the task ready to run on one thread; allocates all memory that its steps will need. */
    Optimizee open();

    /** Maps a training loss to what meta-training minimises; infinite and NaN losses to the worst value it has. */
    default LossNormalizer normalizer() {
        return LossNormalizer.IDENTITY;
    }
}
