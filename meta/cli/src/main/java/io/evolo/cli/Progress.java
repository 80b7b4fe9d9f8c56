package io.evolo.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/**
 * How far a job is: a bar that is drawn over itself on a terminal, a line every ten seconds elsewhere. Thread-safe. What else is
 * printed in the meantime should go through {@link #say}.
 */
final class Progress implements AutoCloseable {
    private static final long BAR_NANOS = 100_000_000L;
    private static final long LINE_NANOS = 10_000_000_000L;
    private static final long PACE_NANOS = 15_000_000_000L;
    private static final long WARM_UP_NANOS = 5_000_000_000L;
    private static final int FEWEST_FOR_PACE = 5;
    private static final int BAR_CELLS = 24;
    private static final String ERASE = "\r\033[K";

    private final PrintWriter err;
    private final boolean terminal;
    private final String what;
    private final long total;
    private final long begunNanos = System.nanoTime();
    private long shownNanos;
    private Mark older;
    private Mark newer;
    private long done;
    private String text = "";
    private double forecast = Double.NaN;

    /**
     * @param what for instance {@code outer step}
     * @param first how many were done before this job, as of a resumed run
     * @param total how many there are
     */
    Progress(PrintWriter err, String what, long first, long total) {
        this.err = err;
        this.terminal = Terminal.onStandardError();
        this.what = what;
        this.total = total;
        this.done = first;
        this.shownNanos = System.nanoTime();
        this.older = new Mark(shownNanos, first);
        this.newer = older;
    }

    /**
     * One more is done.
     *
     * @param secondsLeft that the others will take
     */
    synchronized void step(double secondsLeft) {
        forecast = secondsLeft;
        step();
    }

    /** One more is done. */
    synchronized void step() {
        at(done + 1, text);
    }

    /**
     * So many are done.
     *
     * @param about what to say of the last one
     */
    synchronized void at(long nowDone, String about) {
        done = nowDone;
        text = about;
        long now = System.nanoTime();
        if (now - shownNanos >= (terminal ? BAR_NANOS : LINE_NANOS)) {
            shownNanos = now;
            show(now);
        }
    }

    /** Prints a line of its own. */
    synchronized void say(String line) {
        err.print(terminal ? ERASE : "");
        err.println(line);
    }

    private void show(long now) {
        String line = what + " " + done + "/" + total + (text.isEmpty() ? "" : "  " + text) + left(now);
        if (terminal) {
            int cells = (int) (BAR_CELLS * done / Math.max(1, total));
            err.print(ERASE + "[" + "#".repeat(cells) + " ".repeat(BAR_CELLS - cells) + "] " + line);
        } else {
            err.print(line + System.lineSeparator());
        }
        err.flush();
    }

    /** How much was done when. */
    private record Mark(long nanos, long done) {}

    /** By the pace of the last half minute: the first steps are slow, before the compiler has done its part. */
    private String left(long now) {
        if (done >= total) {
            return "";
        }
        if (!Double.isNaN(forecast)) {
            return "  " + duration(forecast) + " left";
        }
        if (now - begunNanos < WARM_UP_NANOS) {
            older = new Mark(now, done); // the compiler has not done its part: these steps say nothing of the others
            newer = older;
            return "";
        }
        if (now - newer.nanos >= PACE_NANOS) {
            older = newer;
            newer = new Mark(now, done);
        }
        long since = done - older.done;
        if (since < FEWEST_FOR_PACE) {
            return "";
        }
        return "  " + duration((now - older.nanos) * 1e-9 / since * (total - done)) + " left";
    }

    /** As in {@code 2h 05m}, {@code 3m 20s}, {@code 40s}. */
    static String duration(double seconds) {
        Duration d = Duration.ofSeconds(Math.round(seconds));
        if (d.toHours() > 0) {
            return String.format(Locale.ROOT, "%dh %02dm", d.toHours(), d.toMinutesPart());
        }
        return d.toMinutes() > 0
                ? String.format(Locale.ROOT, "%dm %02ds", d.toMinutes(), d.toSecondsPart())
                : d.toSeconds() + "s";
    }

    /** Removes the bar. */
    @Override
    public synchronized void close() {
        err.print(terminal ? ERASE : "");
        err.flush();
    }
}
