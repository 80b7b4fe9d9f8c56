package io.evolo.optimizers.dl4j;

import io.evolo.optimizers.guard.Rails;
import io.evolo.tasks.Parametrization;

/**
 * How an updater of this project runs.
 *
 * @param horizon planned number of iterations; 0: not said
 * @param threads how many threads a step may use, at least 1; the result is the same with any number
 * @param baseWidth base width of muP; 0 for the standard parametrization
 * @param widthOf who has said the base width: the package of this family of networks, the package of any, {@link #ANY}, or the user
 * @param movesUnseenRows whether an embedding's rows move before they are looked up for the first time
 * @param rails what holds the training back
 * @param guarded whether a warning says where the rule sees what it never saw in meta-training
 */
record Options(int horizon, int threads, int baseWidth, String widthOf, boolean movesUnseenRows, Rails rails, boolean guarded) {
    /** The package said the base width, of families that it does not name. */
    static final String ANY = "";

    /** The user said the base width. */
    static final String USER = ".mup";

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

    /** One thread; moves nothing that was not looked up, nothing held back. */
    static Options first(int baseWidth) {
        return new Options(0, 1, baseWidth, ANY, false, Rails.OFF, false);
    }

    Options withHorizon(int iterations) {
        return new Options(iterations, threads, baseWidth, widthOf, movesUnseenRows, rails, guarded);
    }

    Options withThreads(int count) {
        return new Options(horizon, count, baseWidth, widthOf, movesUnseenRows, rails, guarded);
    }

    Options withBaseWidth(int width, String saidBy) {
        return new Options(horizon, threads, width, saidBy, movesUnseenRows, rails, guarded);
    }

    Options withUnseenRows() {
        return new Options(horizon, threads, baseWidth, widthOf, true, rails, guarded);
    }

    Options within(Rails newRails) {
        return new Options(horizon, threads, baseWidth, widthOf, movesUnseenRows, newRails, guarded);
    }

    Options withGuard() {
        return new Options(horizon, threads, baseWidth, widthOf, movesUnseenRows, rails, true);
    }

    Parametrization parametrization() {
        return baseWidth == 0 ? Parametrization.standard() : Parametrization.mup(baseWidth);
    }
}
