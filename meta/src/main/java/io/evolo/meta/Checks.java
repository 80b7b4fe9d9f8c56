package io.evolo.meta;

/** One wording for values out of range. */
public final class Checks {
    private Checks() {}

    /** @throws IllegalArgumentException where it does not hold: {@code name is got, expected …} */
    public static void that(boolean holds, String name, Object got, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(name + " is " + got + ", expected " + expected);
        }
    }
}
