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

    /** By how many steps gradients arrive late; who drives the training makes them so. See {@link io.evolo.tasks.augment.Delayed}. */
    default int gradientDelay() {
        return 0;
    }

    /** The same task with batches of that share of the examples, at least one; itself where batches play no part. */
    default Task withShareOfBatch(double share) {
        return this;
    }

    /** What one loss with its gradient costs; unless a task says otherwise, ten values for each parameter. */
    default Work work() {
        return new Work(0, 10.0 * layout().size());
    }

    /** What {@link #open} takes at least, bytes, without allocating it. */
    default long openBytes() {
        return 0;
    }

    /** As many of {@code batch} examples as a share is, at least one. */
    static int shareOf(int batch, double share) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("share of a batch is " + share + ", expected a number in (0, 1]");
        }
        return (int) Math.max(1, Math.round(share * batch));
    }
}
