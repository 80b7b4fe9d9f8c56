package io.evolo.cli;

/** How the command line ends. */
final class ExitCode {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int USER_MISTAKE = 2;
    /** Interrupted, with a checkpoint written. */
    static final int INTERRUPTED = 130;

    private ExitCode() {}
}
