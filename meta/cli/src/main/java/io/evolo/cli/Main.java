package io.evolo.cli;

/** Where the launcher enters. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        Terminal.restoreStandardError();
        int code = Evolo.run(arguments);
        // Not exit: there is nothing to wait for, and threads of servers and clusters may still run.
        Runtime.getRuntime().halt(code);
    }
}
