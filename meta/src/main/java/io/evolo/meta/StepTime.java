package io.evolo.meta;

import io.evolo.schema.Default;
import io.evolo.tasks.Task;
import io.evolo.tasks.Work;

/**
 * How long a loss with its gradient takes on one thread of some machine: linear in the task's {@link Work}. All 0: not measured.
 *
 * @param base microseconds of any step
 * @param perMegaMultiply microseconds for 10⁶ multiply-adds
 * @param perKiloValue microseconds for 10³ values
 */
public record StepTime(
        @Default("0") double base, @Default("0") double perMegaMultiply, @Default("0") double perKiloValue) {

    public StepTime {
        Checks.that(base >= 0 && base < Double.POSITIVE_INFINITY, "base", base, "a number of at least 0");
        Checks.that(
                perMegaMultiply >= 0 && perMegaMultiply < Double.POSITIVE_INFINITY,
                "perMegaMultiply",
                perMegaMultiply,
                "a number of at least 0");
        Checks.that(
                perKiloValue >= 0 && perKiloValue < Double.POSITIVE_INFINITY, "perKiloValue", perKiloValue, "a number of at least 0");
    }

    public boolean measured() {
        return base + perMegaMultiply + perKiloValue > 0;
    }

    /** Predicted microseconds of one loss with its gradient. */
    public double micros(Task task) {
        Work work = task.work();
        return base + perMegaMultiply * work.multiplies() * 1e-6 + perKiloValue * work.values() * 1e-3;
    }
}
