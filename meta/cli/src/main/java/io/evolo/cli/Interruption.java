package io.evolo.cli;

import java.util.concurrent.CountDownLatch;

/**
 * What happens on Ctrl-C and on SIGTERM: work that asks {@link #requested} comes to a good end first, and its command's exit code is
 * the process's. After {@link #release} there is nothing left to lose, and the process ends at once with
 * {@link ExitCode#INTERRUPTED}. Works by a shutdown hook, so {@link Main} must halt the JVM, not exit.
 */
final class Interruption implements AutoCloseable {
    private final Runnable acknowledge;
    private final CountDownLatch released = new CountDownLatch(1);
    private final Thread hook = new Thread(this::interrupted, "evolo-interruption");
    private volatile boolean requested;
    private volatile Runnable farewell = () -> {};

    /** @param acknowledge called from another thread where a signal comes before {@link #release} */
    Interruption(Runnable acknowledge) {
        this.acknowledge = acknowledge;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Whether the work should come to a good end now. */
    boolean requested() {
        return requested;
    }

    /**
     * Everything worth saving is saved.
     *
     * @param last what is done where a signal comes after this
     */
    void release(Runnable last) {
        farewell = last;
        released.countDown();
    }

    private void interrupted() {
        requested = true;
        if (released.getCount() > 0) {
            acknowledge.run();
        }
        try {
            released.await(); // or until the main thread halts the JVM
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        farewell.run();
        Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
    }

    /** From here on a signal ends the process as it likes; one that has come still waits for the main thread. */
    @Override
    public void close() {
        if (!requested) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                requested = true; // a signal has come this moment
            }
        }
    }
}
