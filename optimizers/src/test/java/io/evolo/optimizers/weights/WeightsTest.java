package io.evolo.optimizers.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evolo.checkpoints.CheckpointException;
import io.evolo.checkpoints.Dtype;
import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.checkpoints.ShippedPackages;
import io.evolo.checkpoints.StoredTensor;
import io.evolo.checkpoints.TensorFile;
import io.evolo.checkpoints.Usage;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.LearnedOptimizers;
import io.evolo.optimizers.learned.Packages;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WeightsTest {
    @TempDir
    Path folder;

    private static Weights.Labels as(String format) {
        return new Weights.Labels(format, Map.of(), "", "");
    }

    /** muLO's names and shapes, every value its own place in the file. */
    private static List<StoredTensor> mulo() {
        List<StoredTensor> tensors = new ArrayList<>();
        int next = 0;
        for (Map.Entry<String, List<Integer>> entry : Map.<String, List<Integer>>of(
                        "network.input.weight", List.of(32, 39),
                        "network.input.bias", List.of(32),
                        "network.linear_0.weight", List.of(32, 32),
                        "network.linear_0.bias", List.of(32),
                        "network.output.weight", List.of(2, 32),
                        "network.output.bias", List.of(2))
                .entrySet()) {
            float[] values = new float[entry.getValue().stream().reduce(1, (a, b) -> a * b)];
            for (int i = 0; i < values.length; i++) {
                values[i] = next++ / 4096f;
            }
            tensors.add(StoredTensor.of(entry.getKey(), entry.getValue(), values));
        }
        return tensors;
    }

    private Path file(String name, List<StoredTensor> tensors) {
        Path file = folder.resolve(name);
        TensorFile.of(tensors, new TreeMap<>()).write(file);
        return file;
    }

    private static StoredTensor find(List<StoredTensor> tensors, String name) {
        return tensors.stream().filter(tensor -> tensor.name().equals(name)).findFirst().orElseThrow();
    }

    @Test
    void linearWeightsOfPyTorchAreTransposedAndMissingDecaysAreThePublishedOnes() {
        List<StoredTensor> tensors = mulo();
        LearnedOptimizerPackage loaded = Weights.read(List.of(file("mulo_s.safetensors", tensors)), as("mulo"));
        float[] theta = loaded.theta();
        StoredTensor input = find(tensors, "network.input.weight");
        StoredTensor output = find(tensors, "network.output.weight");
        ParamLayout layout = LearnedOptimizers.of("small_fc", loaded.hyperparameters()).thetaLayout();
        for (int in = 0; in < 39; in++) {
            for (int out = 0; out < 32; out++) {
                assertThat(theta[in * 32 + out]).isEqualTo(input.value(out * 39 + in));
            }
        }
        assertThat(theta[layout.offset(4) + 5 * 2 + 1]).isEqualTo(output.value(32 + 5));
        assertThat(theta[layout.offset(6) + 1]).isEqualTo(.14245212f);
        assertThat(loaded.hyperparameters()).containsEntry("hidden", 32.0).containsEntry("step_mult", 0.01);
        assertThat(loaded.name()).isEqualTo("mulo_s");
        assertThat(loaded.usage().orElseThrow().networks()).isEqualTo(new Usage.Scaling("mup", 1));
        assertThat(loaded.provenance())
                .containsEntry("import.file", "mulo_s.safetensors")
                .containsEntry("import.format", "safetensors")
                .containsEntry("import.as", "mulo")
                .hasEntrySatisfying("import.sha256", sha256 -> assertThat(sha256).matches("[0-9a-f]{64}"));
    }

    /** Tensors of Celo2 under these names, every value its own; [kernel 0, …, 13, then b0, w1, b1, w2, b2]. */
    private static List<StoredTensor> celo2(String kernel, List<String> others) {
        int[] rows = {1, 1, 1, 3, 1, 3, 1, 3, 1, 3, 3, 3, 3, 3};
        List<List<Integer>> shapes = List.of(List.of(8), List.of(8, 8), List.of(8), List.of(8, 3), List.of(3));
        List<StoredTensor> tensors = new ArrayList<>();
        for (int i = 0; i < rows.length; i++) {
            tensors.add(counted(kernel.formatted(i), List.of(rows[i], 8), 100 * i));
        }
        for (int i = 0; i < shapes.size(); i++) {
            tensors.add(counted(others.get(i), shapes.get(i), 10_000 + 100 * i));
        }
        return tensors;
    }

    private static StoredTensor counted(String name, List<Integer> shape, int first) {
        float[] values = new float[shape.stream().reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < values.length; i++) {
            values[i] = first + i;
        }
        return StoredTensor.of(name, shape, values);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ff_mod_stack/~/", "ff_mod_stack/"})
    void theNamesOfTheFlaxFilesGiveTheSameCelo2(String prefix) {
        List<StoredTensor> torch = celo2("w0.%d", List.of("b0", "dense_w.0", "dense_b.0", "dense_w.1", "dense_b.1"));
        List<StoredTensor> flax = celo2(
                prefix + "w0__%d", Stream.of("b0", "w1", "b1", "w2", "b2").map(name -> prefix + name).toList());

        LearnedOptimizerPackage expected = Weights.read(List.of(file("torch", torch)), as("celo2"));
        LearnedOptimizerPackage read = Weights.read(List.of(file("flax", flax)), as("celo2"));

        assertThat(read.theta()).isEqualTo(expected.theta()).hasSize(347);
        assertThat(read.hyperparameters()).isEqualTo(expected.hyperparameters());
    }

    @Test
    void weightsOfHalfPrecisionAreWidened() {
        List<StoredTensor> tensors = mulo();
        StoredTensor bias = find(tensors, "network.output.bias");
        tensors.remove(bias);
        ByteBuffer halves = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putShort((short) 0x3800).putShort((short) 0xC100).flip();
        tensors.add(new StoredTensor("network.output.bias", Dtype.F16, List.of(2), halves));

        LearnedOptimizerPackage loaded = Weights.read(List.of(file("half", tensors)), as("mulo"));

        int at = LearnedOptimizers.of("small_fc", loaded.hyperparameters()).thetaLayout().offset(5);
        assertThat(loaded.theta()[at]).isEqualTo(0.5f);
        assertThat(loaded.theta()[at + 1]).isEqualTo(-2.5f);
    }

    @Test
    void theBlocksOfCelo2sFirstLayerAreItsRowsInOrder() {
        int[] rows = {1, 1, 1, 3, 1, 3, 1, 3, 1, 3, 3, 3, 3, 3};
        List<StoredTensor> tensors = new ArrayList<>();
        int row = 0;
        for (int i = 0; i < rows.length; i++) {
            float[] values = new float[rows[i] * 8];
            for (int j = 0; j < values.length; j++) {
                values[j] = row * 8 + j;
            }
            row += rows[i];
            tensors.add(StoredTensor.of("w0." + i, List.of(rows[i], 8), values));
        }
        tensors.add(StoredTensor.of("b0", List.of(8), new float[8]));
        tensors.add(StoredTensor.of("dense_w.0", List.of(8, 8), new float[64]));
        tensors.add(StoredTensor.of("dense_b.0", List.of(8), new float[8]));
        tensors.add(StoredTensor.of("dense_w.1", List.of(8, 3), new float[24]));
        tensors.add(StoredTensor.of("dense_b.1", List.of(3), new float[] {-1, -2, -3}));
        float[] theta = Weights.read(List.of(file("celo2", tensors)), as("celo2")).theta();
        assertThat(theta).hasSize(347);
        for (int i = 0; i < 240; i++) {
            assertThat(theta[i]).isEqualTo(i);
        }
        assertThat(theta[346]).isEqualTo(-3);
    }

    @Test
    void allDifferencesAreReportedAtOnce() {
        List<StoredTensor> tensors = mulo();
        tensors.remove(find(tensors, "network.output.bias"));
        tensors.remove(find(tensors, "network.linear_0.weight"));
        tensors.add(StoredTensor.of("network.linear_0.weight", List.of(32, 31), new float[992]));
        tensors.remove(find(tensors, "network.input.weight"));
        tensors.add(new StoredTensor("network.input.weight", Dtype.I16, List.of(32, 39), ByteBuffer.allocate(2496)));
        tensors.add(StoredTensor.of("network.linear_1.bias", List.of(32), new float[32]));
        assertThatThrownBy(() -> Weights.read(List.of(file("x", tensors)), as("mulo")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll(
                        "missing: 'network.output.bias' (f32 [2])",
                        "'network.linear_0.weight' is f32 [32, 31], expected f32 [32, 32]",
                        "'network.input.weight' is i16 [32, 39], expected f32 [32, 39]",
                        "not known: 'network.linear_1.bias'");
    }

    @Test
    void weightsThatAreNotFiniteAreRefusedByName() {
        List<StoredTensor> tensors = mulo();
        tensors.remove(find(tensors, "network.output.bias"));
        tensors.add(StoredTensor.of("network.output.bias", List.of(2), new float[] {0, Float.NaN}));
        assertThatThrownBy(() -> Weights.read(List.of(file("x", tensors)), as("mulo")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("'network.output.bias' holds NaN at 1");
    }

    @Test
    void sizesThatNoMemoryHoldsAreRefusedBeforeTheyAreAllocated() {
        List<StoredTensor> tensors = List.of(
                new StoredTensor("network.input.bias", Dtype.F32, List.of(300_000_000, 0), ByteBuffer.allocate(0)));
        assertThatThrownBy(() -> Weights.read(List.of(file("x", tensors)), as("mulo"))).isInstanceOf(CheckpointException.class);
    }

    @Test
    void aTensorMayComeFromASecondFileButNotFromTwo() {
        List<StoredTensor> tensors = mulo();
        Path first = file("a", tensors.subList(0, 2));
        Path second = file("b", tensors.subList(2, 6));
        assertThat(Weights.read(List.of(first, second), as("mulo")).theta())
                .isEqualTo(Weights.read(List.of(file("c", tensors)), as("mulo")).theta());
        assertThatThrownBy(() -> Weights.read(List.of(first, first), as("mulo"))).isInstanceOf(CheckpointException.class);
    }

    @Test
    void mistakesOfTheUserAreToldFromThoseOfTheFile() {
        Path file = file("a", mulo());
        assertThatThrownBy(() -> Weights.read(List.of(file), as("mullo")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("did you mean 'mulo'");
        assertThatThrownBy(() -> Weights.read(List.of(file), new Weights.Labels("mulo", Map.of("stepmult", 1.0), "", "")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("did you mean 'step_mult'");
    }

    @Test
    void theRealCelosAreImportedWithoutASetting() {
        Path weights = Path.of(System.getProperty("evolo.shared", ""), "weights", "celo");
        assumeTrue(Files.exists(weights), "the published weights of Celo are not there: " + weights);
        LearnedOptimizerPackage celo = Weights.read(List.of(weights.resolve("celo.theta.state")), as("celo"));
        LearnedOptimizerPackage celoAdam = Weights.read(List.of(weights.resolve("celo_adam.theta.state")), as("celo_adam"));
        assertThat(celo.theta()).hasSize(37_089);
        assertThat(celoAdam.theta()).hasSize(36_865);
        Path exported = folder.resolve("celo.safetensors");
        Weights.write(celo).write(exported);
        assertThat(Weights.read(List.of(exported), as("")).sha256()).isEqualTo(celo.sha256());
        assertThatThrownBy(() -> Weights.read(List.of(weights.resolve("celo_adam.theta.state")), as("celo")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("'ff_mod_stack/~/w0__13' (f32 [1, 3, 4])", "'rnn_params/rnn_to_controls/b' (f32 [1])");
    }

    static List<String> rules() {
        return PublishedFormat.all().stream().map(PublishedFormat::name).toList();
    }

    /** The format's rule; with a recurrent network, a small one. */
    private static LearnedOptimizer small(PublishedFormat format) {
        Map<String, Double> hyper = new TreeMap<>(format.hyper());
        if (format.sizes().stream().anyMatch(size -> size.hyper().equals("lstm"))) {
            hyper.put("lstm", 5.0);
        }
        if (format.sizes().stream().anyMatch(size -> size.hyper().equals("basis"))) {
            hyper.put("basis", 3.0);
        }
        return LearnedOptimizers.of(format.rule(), hyper);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void importExportImportGivesTheSamePackageByteForByte(String name) throws IOException {
        PublishedFormat format = PublishedFormat.named(name);
        LearnedOptimizer rule = small(format);
        float[] theta = rule.initTheta(Rng.of(3, "theta"));
        LearnedOptimizerPackage made = Packages.pack("round", rule, theta, new TreeMap<>(Map.of("recipe", "a: 1\nb: σ")), "MIT")
                .withFeatureStatistics(Map.of("g", new float[] {1e-40f, -0f, 3}))
                .withUsage(new Usage(new Usage.Scaling("mup", 32), new TreeMap<>(Map.of("Mlp", new Usage.Scaling("sp", 1))),
                        new TreeSet<>(List.of("horizon", "loss"))));
        Path first = folder.resolve("first.safetensors");
        Weights.write(made).write(first);
        LearnedOptimizerPackage read = Weights.read(List.of(first), as(""));
        Path second = folder.resolve("second.safetensors");
        Weights.write(read).write(second);
        assertThat(Files.readAllBytes(second)).isEqualTo(Files.readAllBytes(first));
        assertThat(read.sha256()).isEqualTo(made.sha256());
        assertThat(read.sha256OfTheta()).isEqualTo(made.sha256OfTheta());
    }

    @ParameterizedTest
    @MethodSource("rules")
    void thePartsOfEveryFormatCoverThetaOnce(String name) {
        PublishedFormat format = PublishedFormat.named(name);
        ParamLayout layout = small(format).thetaLayout();
        int[] covered = new int[layout.size()];
        for (int t = 0; t < layout.tensors(); t++) {
            Shape whole = layout.spec(t).shape();
            String tensor = layout.spec(t).name();
            int offset = layout.offset(t);
            format.parts(layout).stream().filter(part -> part.tensor().equals(tensor)).forEach(part -> {
                Part.Places places = part.places(whole);
                for (int i = 0; i < places.size(); i++) {
                    covered[offset + places.of(i)]++;
                }
            });
        }
        assertThat(covered).containsOnly(1);
    }

    /** Whatever form of its rule it has. */
    @Test
    void everyPackageThatShipsIsTheSameAfterExportAndImport() {
        for (String name : ShippedPackages.names()) {
            LearnedOptimizerPackage shipped = Packages.load(name);
            Path file = folder.resolve(name + ".safetensors");
            Weights.write(shipped).write(file);
            assertThat(Weights.read(List.of(file), as("")).sha256OfTheta()).as(name).isEqualTo(shipped.sha256OfTheta());
        }
    }
}
