package io.evolo.tasks;

import io.evolo.tasks.data.TaskData;
import java.util.List;
import java.util.function.Function;

/** A distribution over tasks. */
public interface TaskFamily {

    /** Draws a task; equal streams give equal tasks. */
    Task sample(Rng rng);

    /** What its tasks are trained on; empty where they need none. */
    default List<TaskData> data() {
        return List.of();
    }

    /** Tasks of the same data, drawn in another way. */
    default TaskFamily drawn(Function<Rng, Task> draw) {
        List<TaskData> data = data();
        return new TaskFamily() {
            @Override
            public Task sample(Rng rng) {
                return draw.apply(rng);
            }

            @Override
            public List<TaskData> data() {
                return data;
            }
        };
    }

    /** The family that always gives this task. */
    static TaskFamily of(Task task) {
        return rng -> task;
    }
}
