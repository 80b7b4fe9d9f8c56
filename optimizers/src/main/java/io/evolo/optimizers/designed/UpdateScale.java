package io.evolo.optimizers.designed;

import io.evolo.tasks.Scaling;

/** What an orthogonalised update [in, out] is multiplied by, by number. */
enum UpdateScale {
    /** 1: singular values near 1. */
    NONE,
    /** √max(1, out/in) (Jordan 2024). */
    ASPECT,
    /** √(out/in): the same change of outputs per input of root mean square 1 at every shape. */
    SPECTRAL,
    /** 0.2·√max(in, out): entries as large as those of AdamW's steps. */
    ADAMW;

    /** For a hyperparameter's line. */
    static final String MEANING = "of an update: 0 none, 1 √max(1, out/in), 2 √(out/in), 3 0.2·√max(in, out)";

    double of(double in, double out) {
        return switch (this) {
            case NONE -> 1;
            case ASPECT -> Math.sqrt(Math.max(1, out / in));
            case SPECTRAL -> Math.sqrt(out / in);
            case ADAMW -> 0.2 * Math.sqrt(Math.max(in, out));
        };
    }

    /** muP's factor: entries of one size at every width need less of the rate at larger ones. */
    double mup(Scaling scaling) {
        return this == ADAMW ? scaling.orthogonal() : 1;
    }

    /** @throws IllegalArgumentException if there is none of that number; the message names the rule */
    static UpdateScale of(String rule, int number) {
        if (number < 0 || number >= values().length) {
            throw new IllegalArgumentException(rule + ": scale is " + number + ", expected 0 to " + (values().length - 1));
        }
        return values()[number];
    }
}
