package io.evolo.cli;

/** Where the launcher enters. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        Terminal.restoreStandardError();
        System.exit(Evolo.run(arguments));
    }
}
