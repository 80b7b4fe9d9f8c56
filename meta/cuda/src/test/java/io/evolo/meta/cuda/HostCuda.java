package io.evolo.meta.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assumptions;

/**
 * CUDA's driver and compiler on this machine's processor: {@code host_cuda.cpp}, compiled by g++, called through the same seam as the
 * real ones. Tests that need it are skipped where there is no g++.
 */
final class HostCuda {
    private static final Path FOLDER = Path.of("target", "host-cuda").toAbsolutePath();
    private static final Optional<NativeLibrary> LIBRARY = build();

    private HostCuda() {}

    private static Optional<NativeLibrary> build() {
        try {
            Files.createDirectories(FOLDER);
            for (String name : List.of("host_cuda.cpp", "host_kernel.h")) {
                try (InputStream in = HostCuda.class.getResourceAsStream(name)) {
                    Files.write(FOLDER.resolve(name), in.readAllBytes());
                }
            }
            Path library = FOLDER.resolve("libhostcuda-" + ProcessHandle.current().pid() + ".so");
            Process process = new ProcessBuilder(
                            "g++", "-O2", "-shared", "-fPIC", "-o", library.toString(), FOLDER.resolve("host_cuda.cpp").toString())
                    .redirectErrorStream(true)
                    .start();
            String words = new String(process.getInputStream().readAllBytes());
            assertThat(process.waitFor()).as(words).isZero();
            library.toFile().deleteOnExit();
            return NativeLibrary.open(List.of(library.toString()));
        } catch (IOException e) {
            return Optional.empty(); // no g++
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What the body makes of CUDA on this processor; blocks have one thread. */
    static <T> T with(Supplier<T> body) {
        return with(Map.of(), body);
    }

    /**
     * What the body makes of CUDA on this processor.
     *
     * @param settings of {@code host_cuda_set}; the others are as at first
     */
    static <T> T with(Map<String, Long> settings, Supplier<T> body) {
        Assumptions.assumeTrue(LIBRARY.isPresent(), "no g++ to compile kernels for this processor");
        NativeLibrary library = LIBRARY.orElseThrow();
        Map<String, Long> first = Map.of("threads", 1L, "memory", 1L << 32, "devices", 1L, "lostAfter", -1L, "launches", 0L);
        try (Arena arena = Arena.ofConfined()) {
            library.call("host_cuda_folder", arena.allocateFrom(FOLDER.toString()));
            first.forEach((what, value) -> library.call(
                    "host_cuda_set", arena.allocateFrom(what), settings.getOrDefault(what, value)));
        }
        return Named.libraries(library.name(), library.name(), body);
    }

    /** Launches since {@link #with} began. */
    static int launches() {
        return LIBRARY.orElseThrow().call("host_cuda_launches");
    }

    /** Bytes of "device" memory in use. */
    static int used() {
        return LIBRARY.orElseThrow().call("host_cuda_used");
    }

    /** Where the system properties say that the libraries are. */
    static final class Named {
        private Named() {}

        /** What the body makes of libraries of these names. */
        static <T> T libraries(String driver, String nvrtc, Supplier<T> body) {
            Map<String, String> names = Map.of("evolo.cuda.driver", driver, "evolo.cuda.nvrtc", nvrtc);
            names.forEach(System::setProperty);
            try {
                return body.get();
            } finally {
                names.keySet().forEach(System::clearProperty);
            }
        }
    }

}
