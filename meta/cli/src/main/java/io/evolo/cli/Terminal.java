package io.evolo.cli;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What the command line must know of standard error. */
final class Terminal {
    private Terminal() {}

    /**
     * Makes the file descriptor that the launcher names in {@code evolo.stderr} standard error. Until then a filter stands there that
     * drops the JVM's warning of incubating modules, which no option silences.
     */
    @SuppressWarnings("restricted") // calls into the C library
    static void restoreStandardError() {
        Integer descriptor = Integer.getInteger("evolo.stderr");
        if (descriptor == null) {
            return;
        }
        Linker linker = Linker.nativeLinker();
        MemorySegment dup2 = linker.defaultLookup().findOrThrow("dup2");
        FunctionDescriptor twoInts = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
        try {
            int result = (int) linker.downcallHandle(dup2, twoInts).invokeExact((int) descriptor, 2);
            if (result < 0) {
                System.err.println("evolo: standard error stays filtered: dup2(" + descriptor + ", 2) failed");
            }
        } catch (Throwable e) {
            throw new IllegalStateException("calling dup2 failed", e);
        }
    }

    /** Whether standard error is a terminal: asks a child that inherits it; {@code System.console()} answers for others. */
    static boolean onStandardError() {
        try {
            return new ProcessBuilder("test", "-t", "2").inheritIO().start().waitFor() == 0;
        } catch (IOException e) {
            return false; // no test program: lines instead of a bar
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
