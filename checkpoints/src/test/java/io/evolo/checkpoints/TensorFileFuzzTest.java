package io.evolo.checkpoints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * No change to a file of weights hurts otherwise than by a CheckpointException, takes memory that the file does not fill, or changes a
 * value unseen. {@code -Devolo.fuzz=20000} sets how many mutants of small files there are in all, with a quarter as many of the real
 * Celo; the quick number runs always.
 */
class TensorFileFuzzTest {
    private static final int MUTANTS = Integer.getInteger("evolo.fuzz", 2000) / 4;
    private static final long ALLOCATION_LIMIT_BYTES = 64 << 20;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir
    Path folder;

    private final Random random = new Random(5);
    private long mostAllocated;
    private int refused;

    /** Values that a mutant may load to: a bit-exact image of names, dtypes, shapes and data. */
    private record Image(List<String> tensors, List<ByteBuffer> data) {
        static Image of(TensorFile file) {
            return new Image(
                    file.tensors().stream().map(tensor -> tensor.name() + " " + tensor.describe()).toList(),
                    file.tensors().stream().map(StoredTensor::data).toList());
        }
    }

    @Test
    void mutantsOfAPackageAreRefused() throws IOException {
        Path file = folder.resolve("a.evolo");
        Packages.sample().write(file);
        byte[] whole = Files.readAllBytes(file);
        forEachMutant(whole, mutant -> {
            Files.write(file, mutant);
            return LearnedOptimizerPackage.read(file).sha256();
        }, (mutant, loaded) -> false);
    }

    @Test
    void mutantsOfOurSafetensorsAreRefusedOrLoadTheSame() throws IOException {
        Path file = folder.resolve("x");
        TensorFileTest.sample().write(file);
        Image original = Image.of(TensorFile.read(file));
        forEachMutant(Files.readAllBytes(file), mutant -> {
            Files.write(file, mutant);
            return Image.of(TensorFile.read(file));
        }, (mutant, loaded) -> original.equals(loaded));
    }

    @Test
    void mutantsOfFlaxFilesAreRefusedWhenTheirSha256IsKnown() throws IOException {
        Path file = folder.resolve("x");
        byte[] whole = flax();
        Files.write(file, whole);
        String sha256 = TensorFile.read(file).sha256();
        forEachMutant(whole, mutant -> {
            Files.write(file, mutant);
            return TensorFile.read(file, sha256);
        }, (mutant, loaded) -> false);
    }

    /** Without a digest nothing can tell a changed weight from the right one; but what is loaded is what the bytes say, and no more. */
    @Test
    void mutantsOfFlaxFilesLoadOnlyWhatTheirBytesSay() throws IOException {
        Path file = folder.resolve("x");
        forEachMutant(flax(), mutant -> {
            Files.write(file, mutant);
            return Image.of(TensorFile.read(file));
        }, (mutant, loaded) -> holds(mutant, loaded));
    }

    /** Whether each tensor's bytes and the last part of its name stand in the file, one behind the other. */
    private static boolean holds(byte[] mutant, Image loaded) {
        String text = new String(mutant, StandardCharsets.ISO_8859_1);
        int at = 0;
        for (ByteBuffer data : loaded.data()) {
            byte[] bytes = new byte[data.remaining()];
            data.duplicate().get(bytes);
            at = text.indexOf(new String(bytes, StandardCharsets.ISO_8859_1), at);
            if (at < 0) {
                return false;
            }
            at += bytes.length;
        }
        return true;
    }

    @Test
    void mutantsOfTheRealCeloAreRefusedOrHarmless() throws IOException {
        Path celo = Path.of(System.getProperty("evolo.shared", ""), "weights/celo/celo.theta.state");
        assumeTrue(Files.exists(celo), "the published weights of Celo are not there: " + celo);
        byte[] whole = Files.readAllBytes(celo);
        String sha256 = TensorFile.read(celo).sha256();
        Path file = folder.resolve("x");
        forEachMutant(whole, mutant -> {
            Files.write(file, mutant);
            return TensorFile.read(file, sha256);
        }, (mutant, loaded) -> false);
    }

    @FunctionalInterface
    private interface Reader<T> {
        T read(byte[] mutant) throws IOException;
    }

    @FunctionalInterface
    private interface Allowed<T> {
        boolean is(byte[] mutant, T loaded);
    }

    private <T> void forEachMutant(byte[] whole, Reader<T> reader, Allowed<T> allowed) throws IOException {
        reader.read(whole);
        for (int i = 0; i < MUTANTS; i++) {
            byte[] mutant = mutant(whole);
            long before = THREADS.getCurrentThreadAllocatedBytes();
            try {
                T loaded = reader.read(mutant);
                assertThat(allowed.is(mutant, loaded)).as("mutant %d of seed 5 was accepted", i).isTrue();
            } catch (CheckpointException e) {
                refused++;
                assertThat(e.getMessage().lines()).as("lines of the message").hasSize(1);
            }
            mostAllocated = Math.max(mostAllocated, THREADS.getCurrentThreadAllocatedBytes() - before - mutant.length);
        }
        System.out.printf("%d mutants, %d refused, at most %d KiB beyond the file%n", MUTANTS, refused, mostAllocated >> 10);
        assertThat(mostAllocated).isLessThan(ALLOCATION_LIMIT_BYTES);
        assertThat(refused).isGreaterThan(MUTANTS / 4);
    }

    /** Changed bytes, a cut, an extension, a part moved or doubled, or a size made extreme. Never equal to the original. */
    private byte[] mutant(byte[] whole) {
        byte[] mutant = changed(whole);
        return Arrays.equals(mutant, whole) ? mutant(whole) : mutant;
    }

    private byte[] changed(byte[] whole) {
        // Half of all changes hit the first 300 bytes: names, shapes and sizes stand there.
        int at = random.nextInt(random.nextBoolean() ? Math.min(300, whole.length) : whole.length);
        byte[] mutant = whole.clone();
        switch (random.nextInt(7)) {
            case 0 -> mutant = Arrays.copyOf(whole, at);
            case 1 -> mutant = Arrays.copyOf(whole, whole.length + 1 + random.nextInt(100));
            case 2 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
            case 3 -> mutant[at] = (byte) random.nextInt(256);
            case 4 -> Arrays.fill(mutant, at, Math.min(whole.length, at + 1 + random.nextInt(8)), (byte) (random.nextBoolean() ? 0x7F : -1));
            case 5 -> {
                int length = Math.min(whole.length - at, 1 + random.nextInt(40));
                System.arraycopy(whole, at, mutant, random.nextInt(whole.length - length + 1), length);
            }
            default -> {
                for (int i = 0; i < 1 + random.nextInt(10); i++) {
                    mutant[random.nextInt(whole.length)] = (byte) random.nextInt(256);
                }
            }
        }
        return mutant;
    }

    /** A small file as flax writes it. */
    private static byte[] flax() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0x83);
        for (String key : List.of("w0", "w1", "~")) {
            text(out, key);
            if (key.equals("~")) {
                out.write(0x81);
                text(out, "b");
            }
            ByteArrayOutputStream array = new ByteArrayOutputStream();
            array.write(new byte[] {(byte) 0x93, (byte) 0x92, 2, 3});
            text(array, "float32");
            array.write(new byte[] {(byte) 0xC4, 24});
            for (int i = 0; i < 24; i++) {
                array.write(31 * i + key.length());
            }
            out.write(new byte[] {(byte) 0xC7, (byte) array.size(), 1});
            array.writeTo(out);
        }
        return out.toByteArray();
    }

    private static void text(ByteArrayOutputStream out, String text) throws IOException {
        out.write(0xA0 | text.length());
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }
}
