package io.evolo.meta.tune;

/** How much tuning a rule gets. Results are always given with the number of trials that they took. */
public enum Tier {
    /** The reference implementation's setting and nothing else. */
    DEFAULT(1),
    /** 15 half-decades of the learning rate, the other hyperparameters at their defaults. */
    LR(5),
    /** The same without weight decay, then four decays at the best three rates, or at two and four auxiliary rates: 27 settings. */
    RATE_DECAY(1),
    /** 64 quasi-random points of the rule's {@link SearchSpaces box}, then the best five with three seeds. */
    SOBOL(1),
    /** 30 points of the same box, chosen by what was tried before, then the best five with three seeds. */
    BAYES(1),
    /** The first entries of a published list of settings. */
    LIST(5);

    private final int tuningSeeds;

    Tier(int tuningSeeds) {
        this.tuningSeeds = tuningSeeds;
    }

    /** How many settings a rule gets; a rule that does not decay gets fewer, one whose best rate is at an end of the range may get more. */
    public int settings() {
        return switch (this) {
            case DEFAULT -> 1;
            case LR -> 15;
            case RATE_DECAY -> 27;
            case SOBOL, BAYES, LIST -> throw new IllegalStateException(this + " has as many as its plan says");
        };
    }

    /** Whether it searches a rule's {@link SearchSpaces box}, and tries the best again. */
    public boolean isOfBox() {
        return this == SOBOL || this == BAYES;
    }

    /** How many seeds every setting is tried with, where the user does not say. */
    public int tuningSeeds() {
        return tuningSeeds;
    }
}
