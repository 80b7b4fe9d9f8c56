package io.evolo.cli;

import io.evolo.meta.tune.TuningProgress;
import java.io.PrintWriter;
import java.util.Optional;

/** A {@link Progress} for every phase of a tuning run, one after the other. Thread-safe. */
final class Phases implements TuningProgress, AutoCloseable {
    private final PrintWriter err;
    private Optional<Progress> current = Optional.empty();

    Phases(PrintWriter err) {
        this.err = err;
    }

    @Override
    public synchronized Runnable begin(String phase, int count) {
        close();
        Progress progress = new Progress(err, phase + ", trial", 0, count);
        current = Optional.of(progress);
        return progress::step;
    }

    /** Prints a line of its own. */
    synchronized void say(String line) {
        current.ifPresentOrElse(progress -> progress.say(line), () -> err.println(line));
    }

    /** Removes the bar. */
    @Override
    public synchronized void close() {
        current.ifPresent(Progress::close);
        current = Optional.empty();
    }
}
