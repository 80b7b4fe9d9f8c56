package io.evolo.cli;

/** Where the launcher enters. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        Terminal.restoreStandardError();
        int code = Evolo.run(arguments);
        // Not exit: after a signal the JVM is already shutting down, and waits in Interruption for this.
        Runtime.getRuntime().halt(code);
    }
}
