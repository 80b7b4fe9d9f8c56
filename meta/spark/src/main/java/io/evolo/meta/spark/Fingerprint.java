package io.evolo.meta.spark;

import io.evolo.checkpoints.Payload;
import io.evolo.meta.Particle;
import io.evolo.optimizers.Optimizer;
import io.evolo.tasks.Rng;
import io.evolo.tasks.kernels.Twin;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What two processes must have in common to make the same bits.
 *
 * @param code SHA-256 over this project's classes, in hexadecimal
 * @param java feature release
 * @param kernels twins agree up to rounding only
 */
record Fingerprint(String code, int java, Twin kernels) implements Serializable {
    private static final int SHOWN = 12;

    /** One class of every module whose code the bits depend on. */
    private static final List<Class<?>> MODULES =
            List.of(Rng.class, Payload.class, Optimizer.class, Particle.class, Fingerprint.class);

    static Fingerprint ofThisProcess() {
        return new Fingerprint(hash(), Runtime.version().feature(), Twin.selected());
    }

    /** What a user must know where this, an executor's, is not the driver's. */
    Optional<String> differenceFrom(Fingerprint driver) {
        if (java != driver.java) {
            return Optional.of("it runs Java " + java + ", the driver Java " + driver.java
                    + "; start the worker with that one in JAVA_HOME");
        }
        if (!code.equals(driver.code)) {
            return Optional.of("it runs another build of this project (" + code.substring(0, SHOWN) + ", the driver "
                    + driver.code.substring(0, SHOWN) + "); take older jars of it out of the worker's own class path");
        }
        if (kernels != driver.kernels) {
            return Optional.of("it runs " + kernels + " kernels, the driver " + driver.kernels
                    + ", which differ by rounding; give spark.executor.extraJavaOptions the driver's -Devolo.kernels");
        }
        return Optional.empty();
    }

    private static String hash() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Path place : MODULES.stream().map(Fingerprint::place).distinct().toList()) {
                add(place, digest);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new UncheckedIOException("the project's own classes cannot be read", e);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    /** The jar, or folder of classes, that a class was loaded from. */
    static Path place(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError("a class path entry is a URI", e);
        }
    }

    private static void add(Path place, MessageDigest digest) throws IOException {
        if (Files.isRegularFile(place)) {
            digest.update(Files.readAllBytes(place));
            return;
        }
        try (Stream<Path> files = Files.walk(place)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                digest.update(Files.readAllBytes(file));
            }
        }
    }
}
