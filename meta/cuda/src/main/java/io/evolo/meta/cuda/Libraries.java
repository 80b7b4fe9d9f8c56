package io.evolo.meta.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where CUDA's libraries are: at the place that a system property or an environment variable names, else where the system's loader and
 * the usual folders have them. Of several versions the newest is taken.
 */
enum Libraries {
    /** The driver's, which comes with the driver. */
    DRIVER("evolo.cuda.driver", "EVOLO_CUDA_DRIVER", List.of("libcuda.so.1", "libcuda.so", "nvcuda.dll"), "libcuda.so"),
    /** The run-time compiler's, which comes with the CUDA toolkit or as a Python wheel (nvidia-cuda-nvrtc). */
    NVRTC("evolo.cuda.nvrtc", "EVOLO_CUDA_NVRTC", List.of("libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so"), "libnvrtc.so.");

    private final String property;
    private final String variable;
    private final List<String> names;
    private final String prefix;

    Libraries(String property, String variable, List<String> names, String prefix) {
        this.property = property;
        this.variable = variable;
        this.names = names;
        this.prefix = prefix;
    }

    /** How to say where it is. */
    String hint() {
        return "name its file by -D" + property + "=FILE (in EVOLO_JAVA_OPTS) or the environment variable " + variable;
    }

    /** The library, if it is there. One that was named is the only candidate. */
    Optional<NativeLibrary> open() {
        String named = Optional.ofNullable(System.getProperty(property)).orElseGet(
                () -> Optional.ofNullable(System.getenv(variable)).orElse(""));
        return NativeLibrary.open(named.isEmpty() ? candidates() : beside(Path.of(named)));
    }

    private List<String> candidates() {
        List<String> candidates = new ArrayList<>(names);
        for (Path folder : folders()) {
            files(folder, prefix).forEach(file -> candidates.addAll(beside(file)));
        }
        return candidates;
    }

    /** The file, its builtins opened first: NVRTC looks for them by name alone. */
    private static List<String> beside(Path file) {
        if (file.getParent() != null) {
            NativeLibrary.open(files(file.getParent(), "libnvrtc-builtins.so").map(Path::toString).toList());
        }
        return List.of(file.toString());
    }

    private static List<Path> folders() {
        List<Path> folders = new ArrayList<>();
        for (String variable : List.of("CUDA_HOME", "CUDA_PATH")) {
            Optional.ofNullable(System.getenv(variable)).ifPresent(home -> folders.add(Path.of(home, "lib64")));
        }
        files(Path.of("/usr/local"), "cuda").forEach(home -> folders.add(home.resolve("lib64")));
        folders.add(Path.of("/usr/lib/x86_64-linux-gnu"));
        for (String python : List.of("/usr/lib/python3", "/usr/local/lib")) {
            files(Path.of(python), "").forEach(version -> Stream.of("dist-packages", "site-packages")
                    .map(packages -> version.resolve(packages).resolve("nvidia/cuda_nvrtc/lib"))
                    .forEach(folders::add));
        }
        return folders;
    }

    /** Files of a folder by the beginning of their names, the newest version first; none where there is no such folder. */
    private static Stream<Path> files(Path folder, String prefix) {
        if (!Files.isDirectory(folder)) {
            return Stream.empty();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix) && !file.toString().contains(".alt."))
                    .sorted(Comparator.reverseOrder())
                    .toList()
                    .stream();
        } catch (IOException e) {
            return Stream.empty(); // a folder that cannot be read has nothing for us
        }
    }
}
