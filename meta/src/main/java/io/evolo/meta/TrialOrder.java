package io.evolo.meta;

import io.evolo.tasks.Task;
import java.util.List;

/**
 * A training run to be made.
 *
 * @param origin where its task comes from
 * @param task that task
 * @param horizon inner steps
 * @param examples of each part that final losses are measured on
 */
public record TrialOrder(
        TaskOrigin origin, Task task, RuleSource rule, int horizon, long seed, Trial.Purpose purpose, int index, int examples) {

    /**
     * How it went.
     *
     * @param curve its learning curve, see {@link LearningCurve}
     */
    public record Made(Trial trial, List<Float> curve) {}

    /** Makes it on this thread. */
    public Made make() {
        LearningCurve curve = new LearningCurve(horizon);
        Trial trial = Trial.run(task, rule.optimizer(), horizon, seed, purpose, index, examples, curve);
        return new Made(trial, curve.losses());
    }
}
