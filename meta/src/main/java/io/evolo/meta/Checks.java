package io.evolo.meta;

/** One wording for values out of range. */
final class Checks {
    private Checks() {}

    static void that(boolean holds, String name, Object got, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(name + " is " + got + ", expected " + expected);
        }
    }
}
