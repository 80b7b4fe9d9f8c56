package io.evolo.meta;

import io.evolo.schema.Default;
import io.evolo.schema.Unless;
import io.evolo.tasks.Reparametrized;
import io.evolo.tasks.TaskFamily;

/**
 * Re-parametrisation of tasks: parameters are stored divided by α, log-uniform in [low, high], drawn for every inner problem.
 *
 * @param level what shares one α
 * @param low least α, positive
 * @param high largest α, at least {@code low}
 */
public record Augmentation(
        @Default("none") Level level,
        @Unless(key = "level", is = "none") @Default("0.001") double low,
        @Unless(key = "level", is = "none") @Default("1000") double high) {

    /** What shares one α. */
    public enum Level {
        NONE,
        GLOBAL,
        TENSOR,
        ELEMENT
    }

    public Augmentation {
        Checks.that(low > 0, "low", low, "a positive number");
        Checks.that(high >= low && high < Double.POSITIVE_INFINITY, "high", high, "a number of at least low = " + low);
    }

    /** The family with this augmentation. */
    TaskFamily of(TaskFamily family) {
        return switch (level) {
            case NONE -> family;
            case GLOBAL -> new Reparametrized.Family(family, Reparametrized.Level.GLOBAL, low, high);
            case TENSOR -> new Reparametrized.Family(family, Reparametrized.Level.TENSOR, low, high);
            case ELEMENT -> new Reparametrized.Family(family, Reparametrized.Level.ELEMENT, low, high);
        };
    }
}
