package io.evolo.meta.tune;

import io.evolo.meta.Checks;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** One hyperparameter's range in a search, as a map from [0, 1) to values. */
public sealed interface Axis {

    /** Of the hyperparameter. */
    String name();

    /** The value at a place of the unit interval. */
    double at(double unit);

    /** A place of the unit interval that has this value; of a choice the middle of its part. Below 0 or above 1 for one beyond the range. */
    double unit(double value);

    /** Which end of the range a value lies at, if at one. */
    default Optional<End> end(double value) {
        return Optional.empty();
    }

    /** The part that a search goes on with beyond an end: one decade; empty where the hyperparameter can go no further. */
    default Optional<Axis> beyond(End end) {
        return Optional.empty();
    }

    /** The axis with as many decades more as it takes to hold this value, which came from it or from beyond it. */
    default Axis covering(double value) {
        return this;
    }

    /** The two ends of a range. */
    enum End {
        LOW,
        HIGH;

        /** For tables. */
        public String text() {
            return this == LOW ? "low end" : "high end";
        }
    }

    /** Log-uniform in [low, high). */
    static Axis log(String name, double low, double high) {
        return new Log(name, low, high, Double.POSITIVE_INFINITY, false);
    }

    /** 1 − value is log-uniform in [low, high): momenta and decays of averages, at most 1 away from 1. */
    static Axis complement(String name, double low, double high) {
        return new Log(name, low, high, 1, true);
    }

    /** 0 for half of the interval, log-uniform in [low, high) for the other half. */
    static Axis zeroOrLog(String name, double low, double high) {
        return new ZeroOrLog(name, log(name, low, high));
    }

    /** One of these, all alike; their order means nothing, so there are no ends. */
    static Axis choice(String name, double... values) {
        return new Choice(name, Arrays.stream(values).boxed().toList());
    }

    /**
     * Log-uniform; see {@link Axis#log} and {@link Axis#complement}.
     *
     * @param limit the value, or its distance to 1, never goes above it
     * @param complement whether low, high and limit are distances to 1
     */
    record Log(String name, double low, double high, double limit, boolean complement) implements Axis {
        /** A best value in this share of a range counts as one at its end. */
        private static final double EDGE = 0.1;

        private static final double DECADE = 10;

        /** What 1 − (1 − x) and powers may be off by. */
        private static final double ROUNDING = 1e-9;

        public Log {
            Checks.that(low > 0, "low", low, "a positive number");
            Checks.that(high > low && high <= limit, "high", high, "a number above low = " + low + ", at most " + limit);
        }

        @Override
        public double at(double unit) {
            double x = low * StrictMath.pow(high / low, unit);
            return complement ? 1 - x : x;
        }

        @Override
        public double unit(double value) {
            double x = complement ? 1 - value : value;
            return StrictMath.log(x / low) / StrictMath.log(high / low);
        }

        @Override
        public Optional<End> end(double value) {
            double unit = unit(value);
            return unit < EDGE ? Optional.of(End.LOW) : unit > 1 - EDGE ? Optional.of(End.HIGH) : Optional.empty();
        }

        @Override
        public Axis covering(double value) {
            double x = complement ? 1 - value : value;
            if (x < low * (1 - ROUNDING)) {
                return new Log(name, low / DECADE, high, limit, complement).covering(value);
            }
            boolean within = x <= high * (1 + ROUNDING) || high == limit;
            return within ? this : new Log(name, low, Math.min(high * DECADE, limit), limit, complement).covering(value);
        }

        @Override
        public Optional<Axis> beyond(End end) {
            if (end == End.LOW) {
                return Optional.of(new Log(name, low / DECADE, low, limit, complement));
            }
            double further = Math.min(high * DECADE, limit);
            return further > high ? Optional.of(new Log(name, high, further, limit, complement)) : Optional.empty();
        }
    }

    /** See {@link Axis#zeroOrLog}. 0 is no end. */
    record ZeroOrLog(String name, Axis positive) implements Axis {
        @Override
        public double at(double unit) {
            return unit < 0.5 ? 0 : positive.at(2 * unit - 1);
        }

        @Override
        public double unit(double value) {
            return value == 0 ? 0.25 : (1 + positive.unit(value)) / 2;
        }

        @Override
        public Optional<End> end(double value) {
            return value == 0 ? Optional.empty() : positive.end(value);
        }

        @Override
        public Axis covering(double value) {
            return value == 0 ? this : new ZeroOrLog(name, positive.covering(value));
        }

        @Override
        public Optional<Axis> beyond(End end) {
            return positive.beyond(end);
        }
    }

    /** See {@link Axis#choice}. */
    record Choice(String name, List<Double> values) implements Axis {
        public Choice {
            values = List.copyOf(values);
            Checks.that(!values.isEmpty(), "number of values", 0, "at least 1");
        }

        @Override
        public double at(double unit) {
            return values.get((int) (unit * values.size()));
        }

        @Override
        public double unit(double value) {
            return (values.indexOf(value) + 0.5) / values.size();
        }
    }
}
