package io.evolo.meta.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The device code: CUDA C among this package's resources. */
final class Sources {
    private Sources() {}

    /** What all lanes need, whatever moves their parameters. */
    static String network() {
        return of("common", "control", "network");
    }

    /** Layers that only some networks have. */
    static String layers() {
        return of("common", "layers");
    }

    /** A rule's kernels, of its parts in their order; to be compiled with the rule's macros. */
    static String rule(String... parts) {
        return of(Stream.concat(Stream.of("common", "rule"), Arrays.stream(parts)).toArray(String[]::new));
    }

    /** What measures the device. */
    static String ceilings() {
        return of("ceilings");
    }

    /** What measures its tensor cores; to be compiled with the macros of a rule on them. */
    static String tensorCeiling() {
        return of("common", "tensor", "tensor_ceiling");
    }

    private static String of(String... names) {
        return Arrays.stream(names).map(Sources::read).collect(Collectors.joining("\n"));
    }

    private static String read(String name) {
        try (InputStream in = Optional.ofNullable(Sources.class.getResourceAsStream(name + ".cu")).orElseThrow()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("kernels " + name + ".cu cannot be read from the class path", e);
        }
    }
}
