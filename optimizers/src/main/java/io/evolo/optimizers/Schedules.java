package io.evolo.optimizers;

/** The learning-rate schedules. All are values: equal if they give the same rates by the same parameters. */
public final class Schedules {
    private Schedules() {}

    /** The same rate at every step. */
    public static Schedule constant(double rate) {
        return new Constant(rate);
    }

    /** A linear rise to {@code peak} from the first step on, then a half cosine to {@code end} behind the last; see {@link Cosine}. */
    public static Schedule cosine(double peak, double end, Span warmup) {
        return new Cosine(peak, end, warmup);
    }

    /** Linear from 0 to {@code peak}, then a half cosine that reaches {@code end} behind the last planned step; see {@link WarmupCosine}. */
    public static Schedule warmupCosine(double peak, double end, Span warmup) {
        return new WarmupCosine(0, peak, end, warmup, Span.fraction(1));
    }

    /**
     * The same rate at every step.
     *
     * @param value at least 0
     */
    public record Constant(double value) implements Schedule {
        public Constant {
            requireRate("rate", value);
        }

        @Override
        public double rate(int t, int horizon) {
            return value;
        }
    }

    /**
     * With w = warm-up in steps of a run of T: peak·(t + 1)/(w + 1) before step w, then end + (peak − end)·½·(1 + cos(π·(t − w)/(T − w))),
     * with t = 0 for the first step. No step is lost: the first has 1/(w + 1) of the peak, the last, without a warm-up, what
     * {@link WarmupCosine} says. The fall is that one's; its rise begins at 0, as the published rules were trained with.
     *
     * @param peak rate of step w, the first after the warm-up
     * @param end rate behind the last planned step and after it
     * @param warmup length of the rise
     */
    public record Cosine(double peak, double end, Span warmup) implements Schedule {
        public Cosine {
            requireRate("peak rate", peak);
            requireRate("end rate", end);
        }

        @Override
        public double rate(int t, int horizon) {
            int w = warmup.of(horizon);
            if (t < w) {
                return rise(peak, t, w);
            }
            return t >= horizon ? end : end + (peak - end) * 0.5 * (1 + cosOfPi((double) (t - w) / (horizon - w)));
        }
    }

    /** Of a warm-up of w steps that loses none. */
    private static double rise(double peak, int t, int w) {
        return peak * (t + 1) / (w + 1);
    }

    /**
     * With w = warm-up and d = decay in steps: initial + (peak − initial)·t/w before step w, then
     * end + (peak − end)·½·(1 + cos(π·min(1, (t − w)/(d − w)))), with t = 0 for the first step. The form of optax's
     * {@code warmup_cosine_decay_schedule}, which the published rules were trained with: a decay over the whole run reaches its end at
     * t = T, one step after the last, which has (peak − end)·½·(1 + cos(π·(T − 1 − w)/(T − w))) more; without a warm-up 1, ½, 0.146 and
     * 0.0245 of the peak in runs of 1, 2, 4 and 10 steps. Deviation: a run of one step has no warm-up, for its step would be lost.
     *
     * @param initial rate of the first step, where there is a warm-up
     * @param peak rate of step w, the first after the warm-up
     * @param end rate at the end of the decay and after it
     * @param warmup length of the linear part
     * @param decay where the decay ends, counted from step 0, so warm-up included
     */
    public record WarmupCosine(double initial, double peak, double end, Span warmup, Span decay) implements Schedule {
        public WarmupCosine {
            requireRate("initial rate", initial);
            requireRate("peak rate", peak);
            requireRate("end rate", end);
        }

        @Override
        public double rate(int t, int horizon) {
            int w = horizon == 1 ? 0 : warmup.of(horizon);
            if (t < w) {
                return initial + (peak - initial) * t / w;
            }
            int falling = decay.of(horizon) - w;
            double done = falling <= 0 ? 1 : Math.min(1, (double) (t - w) / falling);
            return end + (peak - end) * 0.5 * (1 + cosOfPi(done));
        }
    }

    /** A linear rise to {@code peak} from the first step on, then a line to {@code end} behind the last planned step; see {@link Trapezoid}. */
    public static Schedule linear(double peak, double end, Span warmup) {
        return new Trapezoid(peak, end, warmup, Span.fraction(1));
    }

    /**
     * Warm-up, stable, decay. With w = warm-up and f = fall in steps of a run of T: peak·(t + 1)/(w + 1) before step w, then the peak, and from step
     * T − f on end + (peak − end)·(T − t)/f, with t = 0 for the first step: as {@link Cosine}, it comes to its end at t = T, one step
     * after the last. A fall longer than what the warm-up leaves is cut to that.
     *
     * @param peak rate of step w, the first after the warm-up
     * @param end rate behind the last planned step and after it
     * @param warmup length of the rise
     * @param fall length of the decay
     */
    public record Trapezoid(double peak, double end, Span warmup, Span fall) implements Schedule {
        public Trapezoid {
            requireRate("peak rate", peak);
            requireRate("end rate", end);
        }

        @Override
        public double rate(int t, int horizon) {
            int w = warmup.of(horizon);
            int f = Math.min(fall.of(horizon), horizon - w);
            if (t < w) {
                return rise(peak, t, w);
            }
            if (t >= horizon) {
                return end;
            }
            return t < horizon - f ? peak : end + (peak - end) * (horizon - t) / f;
        }
    }

    /**
     * Another schedule's rate times √(reference/T): steps that point anywhere lead √T times as far as one of them, so this keeps how far
     * they lead in runs of all lengths. At most {@link #MOST} times the other's: behind so short a run nothing is known of longer steps.
     *
     * @param schedule gives the rates of runs of {@code reference} steps
     * @param reference steps, above 0
     */
    public record ByHorizon(Schedule schedule, double reference) implements Schedule {
        /** Reached by runs of a 36th of the reference. */
        static final double MOST = 6;

        public ByHorizon {
            if (!(reference > 0) || Double.isInfinite(reference)) {
                throw new IllegalArgumentException("horizon of the rate is " + reference + ", expected a positive number of steps");
            }
        }

        @Override
        public double rate(int t, int horizon) {
            return schedule.rate(t, horizon) * Math.min(MOST, Math.sqrt(reference / horizon));
        }
    }

    /** cos(πx) for x in [0, 1] within 1e-15, by the sine's series: StrictMath.cos allocates. */
    public static double cosOfPi(double x) {
        double y = Math.PI * (0.5 - x);
        double term = y;
        double sum = y;
        for (int k = 2; k <= 22; k += 2) {
            term *= -y * y / (k * (k + 1));
            sum += term;
        }
        return sum;
    }

    private static void requireRate(String name, double rate) {
        if (!(rate >= 0) || Double.isInfinite(rate)) {
            throw new IllegalArgumentException(name + " is " + rate + ", expected a finite number of at least 0");
        }
    }
}
