package io.evolo.checkpoints;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The packages that ship inside, by name. Each has a card in {@code docs/packages/} that says how it was made and how good it is. */
public final class ShippedPackages {
    private static final String FOLDER = "packages/";
    private static final List<String> NAMES = new String(content("names.txt"), StandardCharsets.UTF_8).lines().toList();

    private ShippedPackages() {}

    /** The one to begin with first. */
    public static List<String> names() {
        return NAMES;
    }

    /**
     * Reads one; its self-test is not made.
     *
     * @param name one of {@link #names}
     * @throws IllegalArgumentException if it is not
     */
    public static LearnedOptimizerPackage read(String name) {
        if (!NAMES.contains(name)) {
            throw new IllegalArgumentException("no package '" + name + "' ships inside, expected one of " + NAMES);
        }
        return LearnedOptimizerPackage.read(content(name + LearnedOptimizerPackage.EXTENSION), "package " + name);
    }

    private static byte[] content(String name) {
        try (InputStream in = ShippedPackages.class.getResourceAsStream(FOLDER + name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + name + " from the class path failed", e);
        }
    }
}
