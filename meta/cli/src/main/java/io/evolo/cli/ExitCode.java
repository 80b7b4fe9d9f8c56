package io.evolo.cli;

/** How the command line ends. */
final class ExitCode {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int USER_MISTAKE = 2;
    /** Whoever read the results closed the pipe: 128 and the number of SIGPIPE, as shells report it. */
    static final int CLOSED_PIPE = 141;
    /** Interrupted, with a checkpoint written. */
    static final int INTERRUPTED = 130;

    private ExitCode() {}
}
