package io.evolo.tasks.kernels;

/**
 * Every kernel exists twice: as a plain loop that reads like its formula, and on the Vector API. They agree up to rounding; each is
 * deterministic by itself, at any number of threads, interpreted or compiled.
 */
public enum Twin {
    PLAIN,
    VECTOR;

    private static final Twin SELECTED = select();

    /**
     * The twin that this JVM runs by default: VECTOR where the module {@code jdk.incubator.vector} is present, unless
     * {@code -Devolo.kernels=plain} says otherwise.
     */
    public static Twin selected() {
        return SELECTED;
    }

    /** Why {@link #selected()} is what it is, and which flag would change it. */
    public static String reason() {
        if (plainWanted()) {
            return "plain kernels, because of -Devolo.kernels=plain";
        }
        return SELECTED == VECTOR
                ? "vector kernels"
                : "plain kernels, several times slower: start java with --add-modules jdk.incubator.vector for the fast ones";
    }

    private static Twin select() {
        return !plainWanted() && vectorModulePresent() ? VECTOR : PLAIN;
    }

    private static boolean plainWanted() {
        return "plain".equals(System.getProperty("evolo.kernels"));
    }

    private static boolean vectorModulePresent() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    }
}
