package io.evolo.tasks;

/** A distribution over tasks. */
public interface TaskFamily {

    /** Draws a task; equal streams give equal tasks. */
    Task sample(Rng rng);

    /** The family that always gives this task. */
    static TaskFamily of(Task task) {
        return rng -> task;
    }
}
