package io.evolo.meta.reports;

import io.evolo.meta.scores.Interval;
import java.util.Locale;

/** Numbers as tables show them: a dash for what is not finite. */
final class Numbers {
    private Numbers() {}

    static String text(String format, double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "–";
    }

    static String text(String format, Interval interval) {
        return Double.isFinite(interval.mean())
                ? text(format, interval.mean()) + " ± " + text(format.replace("+", ""), interval.halfWidth())
                : "–";
    }
}
