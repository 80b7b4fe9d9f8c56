package io.evolo.tasks.augment;

import io.evolo.tasks.LossNormalizer;
import io.evolo.tasks.Optimizee;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Task;
import io.evolo.tasks.Work;

/**
 * Another task whose gradients arrive late: a step is made with the gradient of {@code steps} steps before, or with the first one, as
 * where workers compute gradients while others move the parameters. Which steps were made belongs to the lane, not to the optimizee,
 * so the delay itself is made where the rule is called; see {@link Task#gradientDelay}.
 *
 * @param task whose losses stay as they are
 * @param steps at least 1
 */
public record Delayed(Task task, int steps) implements Task {

    public Delayed {
        if (steps < 1) {
            throw new IllegalArgumentException("gradients delayed by " + steps + " steps, expected at least 1");
        }
    }

    @Override
    public String name() {
        return task.name() + ", gradients " + steps + (steps == 1 ? " step late" : " steps late");
    }

    @Override
    public int gradientDelay() {
        return steps + task.gradientDelay();
    }

    @Override
    public Work work() {
        return task.work();
    }

    @Override
    public long openBytes() {
        return task.openBytes();
    }

    @Override
    public ParamLayout layout() {
        return task.layout();
    }

    @Override
    public LossNormalizer normalizer() {
        return task.normalizer();
    }

    @Override
    public Optimizee open() {
        return task.open();
    }
}
