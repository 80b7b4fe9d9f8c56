package io.evolo.optimizers;

/** A part of a run: so many steps, or a fraction of the planned ones. */
public sealed interface Span {

    /** The number of steps in a run of {@code horizon} planned ones; at least 0. */
    int of(int horizon);

    static Span steps(int count) {
        return new Steps(count);
    }

    static Span fraction(double fraction) {
        return new Fraction(fraction);
    }

    /**
     * So many steps, however long the run.
     *
     * @param count at least 0
     */
    record Steps(int count) implements Span {
        public Steps {
            if (count < 0) {
                throw new IllegalArgumentException("span of " + count + " steps, expected at least 0");
            }
        }

        @Override
        public int of(int horizon) {
            return count;
        }
    }

    /**
     * A fraction of the planned steps, rounded to the nearest.
     *
     * @param fraction in [0, 1]
     */
    record Fraction(double fraction) implements Span {
        public Fraction {
            if (!(fraction >= 0 && fraction <= 1)) {
                throw new IllegalArgumentException("span of a fraction " + fraction + " of the run, expected one in [0, 1]");
            }
        }

        @Override
        public int of(int horizon) {
            return (int) Math.round(fraction * horizon);
        }
    }
}
