package io.evolo.meta;

/** Which of a truncation's losses meta-training minimises, and how. */
public enum MetaLoss {
    /** Their mean. */
    MEAN,
    /** The last one. */
    LAST,
    /**
     * The natural logarithm of the mean of the last tenth, at least one of them; means below 1e-4 count as that. For whole trainings
     * (FULL_ES, CMA-ES) of tasks whose losses are of different orders: a tenth less counts alike wherever it is. Losses must be
     * positive.
     */
    FINAL;

    private static final double LEAST = 1e-4;

    /** How many of so many losses count; they are the last ones. */
    private int counted(int steps) {
        return switch (this) {
            case MEAN -> steps;
            case LAST -> 1;
            case FINAL -> Math.max(1, steps / 10);
        };
    }

    /** The meta-loss of those that count. */
    private double of(double sum, int counted) {
        double mean = sum / counted;
        return this == FINAL ? StrictMath.log(Math.max(mean, LEAST)) : mean;
    }

    /** Adds up the losses of a truncation as they come. */
    public final class Sum {
        private final int steps;
        private int seen;
        private double sum;

        /** @param steps how many losses there will be */
        public Sum(int steps) {
            this.steps = steps;
        }

        /** Whether the next loss is one of those that count. */
        boolean countsNext() {
            return seen >= steps - counted(steps);
        }

        public void add(double loss) {
            if (countsNext()) {
                sum += loss;
            }
            seen++;
        }

        /** The meta-loss, when all have been added. */
        public double value() {
            return of(sum, counted(steps));
        }
    }
}
