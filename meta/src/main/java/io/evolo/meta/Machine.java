package io.evolo.meta;

import io.evolo.tasks.kernels.Twin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What timings are valid for. */
public final class Machine {
    private Machine() {}

    /** Processor, architecture, JDK, kernels. */
    public static String description() {
        return String.join(
                ", ", processor(), System.getProperty("os.arch"), Runtime.version().toString(), Twin.reason());
    }

    private static String processor() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.toLowerCase(Locale.ROOT).startsWith("model name"))
                    .findFirst()
                    .map(line -> line.replaceFirst(".*:\\s*", ""))
                    .orElse("");
        } catch (IOException e) {
            return System.getProperty("os.name");
        }
    }
}
