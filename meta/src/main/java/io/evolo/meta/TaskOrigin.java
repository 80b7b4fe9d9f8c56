package io.evolo.meta;

import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Task;
import io.evolo.tasks.TaskFamily;
import io.evolo.tasks.data.TaskData;
import java.util.List;
import java.util.OptionalInt;

/**
 * Where a task comes from, for processes that must make it again.
 *
 * @param tasks of which it is one; without their augmentation, where a width is given
 * @param purpose names the stream that it is drawn from, with the seed
 * @param width of its networks; empty: as drawn
 * @param parametrization how its networks scale, where there is a width
 */
public record TaskOrigin(Tasks tasks, String purpose, long seed, OptionalInt width, Parametrization.Kind parametrization) {

    /** A task, with the digests of the data that it was made of. */
    public record Made(Task task, List<String> data) {}

    /** Loads the data and draws the task. */
    public Made make() {
        TaskFamily family = width.isEmpty() ? tasks.augmented() : at(width.getAsInt());
        List<String> data = family.data().stream().map(TaskData::sha256).toList();
        return new Made(family.sample(Rng.of(seed, purpose)), data);
    }

    private TaskFamily at(int units) {
        ScaledFamily networks = tasks.networks();
        return networks.family().at(units, new Parametrization(parametrization, networks.baseWidth()));
    }
}
