package io.evolo.checkpoints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.esotericsoftware.kryo.kryo5.io.Output;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No change to a file goes unnoticed, hurts otherwise than by a CheckpointException, or takes memory that the file does not fill. */
class MutationTest {
    private static final int MUTANTS = 3000;

    /** The files have below 1 KB; Kryo's own tables and an exception with its trace take some tens of KB. */
    private static final long ALLOCATION_LIMIT_BYTES = 1 << 20;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir
    Path folder;

    private final Random random = new Random(20);

    @Test
    void everyMutantOfACheckpointIsRefused() throws IOException {
        Path file = folder.resolve("a.ckpt");
        CheckpointFile.write(file, Sample.CODEC, Sample.of(1));
        everyMutantIsRefused(file, f -> CheckpointFile.read(f, Sample.CODEC));
    }

    @Test
    void everyMutantOfAPackageIsRefused() throws IOException {
        Path file = folder.resolve("a" + LearnedOptimizerPackage.EXTENSION);
        Packages.sample().write(file);
        everyMutantIsRefused(file, LearnedOptimizerPackage::read);
    }

    /** Behind a digest that fits, as a hostile file would have it: whatever is read is bounded all the same. */
    @Test
    void mutatedPayloadsBehindAValidDigestAreReadOrRefusedWithinBounds() {
        int refused = mutatedPayloads(Sample.CODEC, Sample.of(1)) + mutatedPayloads(new PackageCodec(), Packages.sample());
        assertThat(refused).isGreaterThan(MUTANTS / 4);
    }

    private <T> int mutatedPayloads(Codec<T> codec, T value) {
        Output out = Payload.encode(codec, value);
        int refused = 0;
        for (int i = 0; i < MUTANTS; i++) {
            byte[] mutant = mutant(out.toBytes());
            refused += refused(() -> Payload.decode(codec, mutant, "x"), mutant) ? 1 : 0;
        }
        return refused;
    }

    private void everyMutantIsRefused(Path file, Consumer<Path> reader) throws IOException {
        reader.accept(file);
        byte[] whole = Files.readAllBytes(file);
        for (int bit = 0; bit < 8 * whole.length; bit++) {
            byte[] mutant = whole.clone();
            mutant[bit / 8] ^= (byte) (1 << bit % 8);
            check(file, mutant, reader);
        }
        for (int i = 0; i < MUTANTS; i++) {
            check(file, mutant(whole), reader);
        }
    }

    private void check(Path file, byte[] mutant, Consumer<Path> reader) throws IOException {
        Files.write(file, mutant);
        if (!refused(() -> reader.accept(file), mutant)) {
            fail("a mutant was accepted: " + Arrays.toString(mutant));
        }
    }

    private static boolean refused(Runnable read, byte[] mutant) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        boolean refused = false;
        try {
            read.run();
        } catch (CheckpointException e) {
            refused = true;
        } catch (RuntimeException e) {
            throw new AssertionError("a mutant got past the boundary: " + Arrays.toString(mutant), e);
        }
        assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(ALLOCATION_LIMIT_BYTES);
        return refused;
    }

    /** One changed byte, a cut, an extension, or an int of extreme size. Never equal to the original. */
    private byte[] mutant(byte[] whole) {
        int at = random.nextInt(whole.length);
        return switch (random.nextInt(4)) {
            case 0 -> Arrays.copyOf(whole, at);
            case 1 -> Arrays.copyOf(whole, whole.length + 1 + random.nextInt(100));
            case 2 -> {
                byte[] mutant = whole.clone();
                mutant[at] ^= (byte) (1 + random.nextInt(255));
                yield mutant;
            }
            default -> {
                byte[] mutant = whole.clone();
                int start = Math.min(at, whole.length - 4);
                mutant[start] ^= 1;
                mutant[start + 3] = random.nextBoolean() ? (byte) 0x7F : -1;
                yield mutant;
            }
        };
    }
}
