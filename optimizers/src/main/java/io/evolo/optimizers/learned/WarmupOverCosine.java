package io.evolo.optimizers.learned;

import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Span;

/**
 * The schedule inside newer forms of small_fc and in ELO: linear from {@code initial} to {@code peak} over w = max(1, warm-up) steps;
 * then end + (peak − end)·½·(1 + cos(π·t/(T − 1))), a half cosine over the whole run and not from the warm-up's end on, so that the
 * rate jumps down a little there. With {@code end} = {@code peak}, constant after the warm-up.
 *
 * @param initial rate of the first step
 * @param peak rate at the end of the warm-up
 * @param end rate of the last step
 * @param warmup fraction of the run
 */
record WarmupOverCosine(double initial, double peak, double end, Span.Fraction warmup) implements Schedule {

    WarmupOverCosine {
        if (!(initial >= 0 && peak >= 0 && end >= 0) || Double.isInfinite(initial + peak + end)) {
            throw new IllegalArgumentException("rates are " + initial + ", " + peak + " and " + end + ", expected finite numbers of at least 0");
        }
    }

    @Override
    public double rate(int t, int horizon) {
        double w = Math.max(1, warmup.fraction() * horizon);
        if (t < w) {
            return initial + (peak - initial) * t / w;
        }
        double done = Math.min(1, t / (double) Math.max(1, horizon - 1));
        return end + (peak - end) * 0.5 * (1 + Schedules.cosOfPi(done));
    }
}
