package io.evolo.optimizers.dl4j;

import io.evolo.tasks.Parametrization;
import java.io.Serializable;

/**
 * How an updater of this project runs.
 *
 * @param horizon planned number of iterations; 0: not said
 * @param threads how many threads a step may use, at least 1; the result is the same with any number
 * @param baseWidth base width of muP; 0 for the standard parametrization
 * @param movesUnseenRows whether an embedding's rows move before they are looked up for the first time
 */
record Options(int horizon, int threads, int baseWidth, boolean movesUnseenRows) implements Serializable {
    Options {
        if (horizon < 0) {
            throw new IllegalArgumentException("horizon is " + horizon + " iterations, expected at least 1");
        }
        if (threads < 1) {
            throw new IllegalArgumentException("threads is " + threads + ", expected at least 1");
        }
        if (baseWidth < 0) {
            throw new IllegalArgumentException("base width is " + baseWidth + ", expected at least 1");
        }
    }

    Parametrization parametrization() {
        return baseWidth == 0 ? Parametrization.standard() : Parametrization.mup(baseWidth);
    }
}
