package io.evolo.optimizers;

/**
 * The kinds of weight decay, of strength λ. They differ in what a change of the learning rate does to them: coupled decay is
 * transformed by the rule like a gradient, decoupled decay is multiplied by the rate of the step, independent decay by the rate's share
 * of its peak only, so that it stays what it is when the rate is tuned.
 */
public sealed interface Decay {

    double strength();

    /** No decay. */
    static Decay none() {
        return new Coupled(0);
    }

    /** g ← g + λw (L2 regularisation). */
    record Coupled(double strength) implements Decay {
        public Coupled {
            requireStrength(strength);
        }
    }

    /**
     * w ← (1 − η_t λ) w (Loshchilov and Hutter 2019, as in torch).
     *
     * @param rate η; the rule's own schedule, for the decay that the rule would have itself
     */
    record Decoupled(double strength, Schedule rate) implements Decay {
        public Decoupled {
            requireStrength(strength);
        }
    }

    /**
     * w ← (1 − (η_t/peak) λ) w (Loshchilov and Hutter 2019, as in the paper).
     *
     * @param rate η, whose largest value over the planned steps is the peak
     */
    record Independent(double strength, Schedule rate) implements Decay {
        public Independent {
            requireStrength(strength);
        }
    }

    private static void requireStrength(double strength) {
        if (!(strength >= 0) || Double.isInfinite(strength)) {
            throw new IllegalArgumentException("weight decay is " + strength + ", expected a finite number of at least 0");
        }
    }
}
