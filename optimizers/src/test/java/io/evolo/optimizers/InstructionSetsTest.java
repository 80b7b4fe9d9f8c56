package io.evolo.optimizers;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.LearnedOptimizers;
import io.evolo.tasks.BatchKey;
import io.evolo.tasks.NetworkTask;
import io.evolo.tasks.Optimizee;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Split;
import io.evolo.tasks.data.DataSpec;
import io.evolo.tasks.data.Dataset;
import io.evolo.tasks.families.Conv;
import io.evolo.tasks.families.Mlp;
import io.evolo.tasks.families.NetworkFamily;
import io.evolo.tasks.kernels.Gemm;
import io.evolo.tasks.kernels.NewtonSchulz;
import io.evolo.tasks.kernels.Qr;
import io.evolo.tasks.kernels.Twin;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

/** The bits that products, decompositions and short trainings end with are the same on every instruction set that this machine has. */
class InstructionSetsTest {

    @Test
    void vectorsOfEveryLengthGiveTheSameBits() throws Exception {
        String wanted = hashes();
        assertThat(wanted.lines()).hasSizeGreaterThan(20);
        for (String flag : flags()) {
            assertThat(inAnotherJvm(flag)).as(flag).isEqualTo(wanted);
        }
    }

    /** Shorter vectors than this JVM's, and AVX2 beside AVX-512. */
    private static List<String> flags() {
        List<String> flags = new ArrayList<>(List.of("-XX:MaxVectorSize=16"));
        if (System.getProperty("os.arch").equals("amd64")) {
            flags.add("-XX:UseAVX=2");
        }
        if (FloatVector.SPECIES_PREFERRED.vectorBitSize() == 512) {
            flags.add("-XX:MaxVectorSize=32");
        }
        return flags;
    }

    private static String inAnotherJvm(String flag) throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder(
                        java, "--add-modules", "jdk.incubator.vector", flag, "-cp", System.getProperty("java.class.path"), Program.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).as(flag).isTrue();
        return output;
    }

    /** Prints {@link #hashes}. */
    static final class Program {
        public static void main(String[] args) {
            System.out.print(hashes());
        }
    }

    /** A line for each thing, with the SHA-256 of its values. */
    private static String hashes() {
        StringBuilder lines = new StringBuilder();
        for (Gemm.Form form : Gemm.Form.values()) {
            for (int[] size : new int[][] {{1, 40, 30}, {7, 10, 33}, {37, 45, 600}, {50, 130, 70}}) {
                lines.append(form).append(' ').append(size[0]).append(' ').append(sha(product(form, size))).append('\n');
            }
        }
        lines.append("qr ").append(sha(orthonormal(70))).append('\n');
        lines.append("newton-schulz ").append(sha(orthogonalized(40, 90))).append(sha(orthogonalized(130, 270))).append('\n');
        Dataset data = DataSpec.strokes(8).load();
        for (NetworkFamily family : List.of(
                NetworkFamily.of(Mlp.of(2), 20, 16, Parametrization.mup(10), data),
                NetworkFamily.of(Conv.standard(), 9, 8, Parametrization.mup(9), data))) {
            for (String name : List.of("adam", "soap", "muon", "kfac")) {
                lines.append(name).append(' ').append(sha(trained(family, HandDesigned.named(name, Schedules.constant(0.01))))).append('\n');
            }
            for (String name : List.of("small_fc", "celo2", "celo", "velo", "mlp_lopt")) {
                LearnedOptimizer rule = LearnedOptimizers.of(name, Map.of());
                lines.append(name).append(' ').append(sha(trained(family, rule.bind(rule.initTheta(Rng.of(4, name)))))).append('\n');
            }
        }
        return lines.toString();
    }

    private static float[] product(Gemm.Form form, int[] size) {
        float[] c = new float[size[0] * size[1]];
        new Gemm(Twin.VECTOR, form, size[0], size[1], size[2])
                .multiply(random(size[0] * size[2]), 0, random(size[2] * size[1]), 0, c, 0);
        return c;
    }

    private static float[] orthonormal(int n) {
        float[] q = new float[n * n];
        new Qr(Twin.VECTOR, n, n).orthonormalize(random(n * n), 0, q, 0);
        return q;
    }

    private static float[] orthogonalized(int rows, int cols) {
        float[] x = random(rows * cols);
        new NewtonSchulz(Twin.VECTOR, NewtonSchulz.Iteration.muon(1e-7f), rows, cols).apply(x, 0);
        return x;
    }

    private static float[] random(int n) {
        float[] x = new float[n];
        Rng.of(5, "values", n).fillGaussian(x, 1);
        return x;
    }

    /** Parameters after some steps, those that refresh what a rule keeps among them. */
    private static float[] trained(NetworkFamily family, Optimizer rule) {
        NetworkTask task = family.sample(Rng.of(1, "task"));
        Optimizee optimizee = task.open();
        OptimizerState state = rule.init(task.layout(), 100);
        float[] params = new float[task.layout().size()];
        float[] gradient = new float[params.length];
        BatchKey batches = BatchKey.of(Split.TRAIN, 3, "batches");
        Step step = new Step(params, gradient, new Signals(optimizee.denseSignals(), List.of(), new float[0]));
        optimizee.init(Rng.of(2, "init"), params);
        for (int i = 0; i < 12; i++) {
            float loss = optimizee.lossAndGradient(params, batches, i, gradient);
            rule.step(state, step.at(loss));
        }
        return params;
    }

    private static String sha(float[] x) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * x.length);
        for (float value : x) {
            bytes.putFloat(value);
        }
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array())).substring(0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
