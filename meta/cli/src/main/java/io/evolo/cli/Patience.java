package io.evolo.cli;

import java.io.PrintWriter;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Says of work without steps that it goes on: first after two seconds, then every ten. */
final class Patience {
    private static final int FIRST_SECONDS = 2;
    private static final int SECONDS = 10;

    private Patience() {}

    /**
     * Does the work.
     *
     * @param what for instance {@code reading the data}
     */
    static <T> T during(PrintWriter err, String what, Supplier<T> work) {
        long begin = System.nanoTime();
        try (ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory())) {
            clock.scheduleAtFixedRate(
                    () -> err.println("evolo: " + what + " (" + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin) + "s)"),
                    FIRST_SECONDS, SECONDS, TimeUnit.SECONDS);
            try {
                return work.get();
            } finally {
                clock.shutdownNow();
            }
        }
    }
}
