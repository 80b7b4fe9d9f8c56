package io.evolo.tasks;

import io.evolo.tasks.data.TaskData;
import java.util.List;

/** A distribution over tasks. */
public interface TaskFamily {

    /** Draws a task; equal streams give equal tasks. */
    Task sample(Rng rng);

    /** What its tasks are trained on; empty where they need none. */
    default List<TaskData> data() {
        return List.of();
    }

    /** The family that always gives this task. */
    static TaskFamily of(Task task) {
        return rng -> task;
    }
}
