package io.evolo.optimizers.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.preprocessor.Normalizer;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

class NetworkFileTest {

    @TempDir
    private Path folder;

    private static MultiLayerNetwork trained() {
        MultiLayerNetwork network =
                Attach.to(new MultiLayerNetwork(Networks.mlp(Networks.builder(new LearnedUpdater(Networks.smallFc())))));
        Networks.batches(4).forEach(network::fit);
        return network;
    }

    @Test
    void aNetworkReadBackTrainsOnWithTheSameBits() {
        MultiLayerNetwork network = trained();
        Path file = folder.resolve("network.zip");
        NetworkFile.write(network, file);
        MultiLayerNetwork read = NetworkFile.readLayers(file);

        Networks.batches(4).forEach(network::fit);
        Networks.batches(4).forEach(read::fit);

        assertThat(Networks.values(read.params())).isEqualTo(Networks.values(network.params()));
        assertThat(read.getIterationCount()).isEqualTo(network.getIterationCount());
    }

    @Test
    void aGraphReadBackTrainsOnWithTheSameBits() {
        ComputationGraph network =
                Attach.to(new ComputationGraph(Networks.graph(Networks.builder(new HandDesignedUpdater("adamw", 0.01)))));
        Networks.batches(4).forEach(network::fit);
        Path file = folder.resolve("graph.zip");
        NetworkFile.write(network, file);
        ComputationGraph read = NetworkFile.readGraph(file);

        Networks.batches(4).forEach(network::fit);
        Networks.batches(4).forEach(read::fit);

        assertThat(Networks.values(read.params())).isEqualTo(Networks.values(network.params()));
    }

    @Test
    void plainDl4jOpensTheFileWithoutAnyClassOfThisProject() throws IOException {
        MultiLayerNetwork network = trained();
        Path file = folder.resolve("network.zip");
        NetworkFile.write(network, file);

        MultiLayerNetwork plain = MultiLayerNetwork.load(file.toFile(), true);

        INDArray x = Nd4j.ones(2, Networks.INPUTS);
        assertThat(Networks.values(plain.output(x))).isEqualTo(Networks.values(network.output(x)));
        assertThat(plain.getLayer(0).conf().getLayer().getUpdaterByParam("W")).isEqualTo(new Adam(1e-3));
        plain.fit(Networks.batches(1).getFirst());
        try (ZipFile zip = new ZipFile(file.toFile())) {
            byte[] json = zip.getInputStream(zip.getEntry("configuration.json")).readAllBytes();
            assertThat(new String(json, StandardCharsets.UTF_8)).doesNotContain("io.evolo");
        }
    }

    @Test
    void plainDl4jOpensAGraphsFileToo() throws IOException {
        ComputationGraph network =
                Attach.to(new ComputationGraph(Networks.graph(Networks.builder(new LearnedUpdater(Networks.smallFc())))));
        Networks.batches(4).forEach(network::fit);
        Path file = folder.resolve("graph.zip");
        NetworkFile.write(network, file);

        ComputationGraph plain = ComputationGraph.load(file.toFile(), true);

        INDArray x = Nd4j.ones(2, Networks.INPUTS);
        assertThat(Networks.values(plain.outputSingle(x))).isEqualTo(Networks.values(network.outputSingle(x)));
        plain.fit(Networks.batches(1).getFirst());
        try (ZipFile zip = new ZipFile(file.toFile())) {
            byte[] json = zip.getInputStream(zip.getEntry("configuration.json")).readAllBytes();
            assertThat(new String(json, StandardCharsets.UTF_8)).doesNotContain("io.evolo");
        }
    }

    /** LAMB couples all tensors, and batch norm's running statistics part them into blocks: one state over all of them. */
    @Test
    void aRuleOverSeveralBlocksTrainsOnWithTheSameBits() {
        RuleUpdater lamb = new HandDesignedUpdater("lamb", 0.01);
        MultiLayerNetwork network = Attach.to(new MultiLayerNetwork(Networks.convolutional(Networks.builder(lamb))));
        List<DataSet> data = Networks.batches(8, Networks.SIDE * Networks.SIDE);
        data.subList(0, 4).forEach(network::fit);
        Path file = folder.resolve("network.zip");
        NetworkFile.write(network, file);
        MultiLayerNetwork read = NetworkFile.readLayers(file);
        MultiLayerNetwork clone = network.clone();

        data.subList(4, 8).forEach(network::fit);
        data.subList(4, 8).forEach(read::fit);
        data.subList(4, 8).forEach(clone::fit);

        assertThat(Networks.values(read.params())).isEqualTo(Networks.values(network.params()));
        assertThat(Networks.values(clone.params())).isEqualTo(Networks.values(network.params()));
    }

    @Test
    void writingDoesNotChangeTheNetwork() {
        MultiLayerNetwork network = trained();
        String before = network.getLayerWiseConfigurations().toJson();

        NetworkFile.write(network, folder.resolve("network.zip"));

        assertThat(network.getLayerWiseConfigurations().toJson()).isEqualTo(before);
    }

    /** DL4J's clone of a configuration shares the layers inside wrappers. */
    @ParameterizedTest
    @EnumSource
    void wrappedLayersAreWrittenAndReadAndTheNetworkIsLeftAsItWas(Wrapped wrapped) {
        MultiLayerNetwork network = Attach.to(new MultiLayerNetwork(wrapped.network(new LearnedUpdater(Networks.smallFc()))));
        List<DataSet> data = wrapped.data();
        data.subList(0, 2).forEach(network::fit);
        String before = network.getLayerWiseConfigurations().toJson();
        Path file = folder.resolve("network.zip");

        NetworkFile.write(network, file);

        assertThat(network.getLayerWiseConfigurations().toJson()).isEqualTo(before);
        MultiLayerNetwork read = NetworkFile.readLayers(file);
        MultiLayerNetwork clone = network.clone();
        data.subList(2, 4).forEach(network::fit);
        data.subList(2, 4).forEach(read::fit);
        data.subList(2, 4).forEach(clone::fit);
        assertThat(Networks.values(read.params())).isEqualTo(Networks.values(network.params()));
        assertThat(Networks.values(clone.params())).isEqualTo(Networks.values(network.params()));
    }

    @Test
    void plainDl4jOpensAFileWithFrozenLayers() throws IOException {
        MultiLayerNetwork network = Attach.to(new TransferLearning.Builder(trained()).setFeatureExtractor(0).build());
        Path file = folder.resolve("network.zip");

        NetworkFile.write(network, file);

        try (ZipFile zip = new ZipFile(file.toFile())) {
            byte[] json = zip.getInputStream(zip.getEntry("configuration.json")).readAllBytes();
            assertThat(new String(json, StandardCharsets.UTF_8)).contains("FrozenLayer").doesNotContain("io.evolo");
        }
    }

    @Test
    void writingReplacesTheFileAndLeavesNothingBeside() throws IOException {
        Path file = folder.resolve("network.zip");
        Files.writeString(file, "something else");

        NetworkFile.write(trained(), file);

        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
        assertThat(NetworkFile.readLayers(file).numParams()).isPositive();
    }

    @Test
    void aFolderThatIsNotThereIsNamed() {
        Path file = folder.resolve("none").resolve("network.zip");

        assertThatThrownBy(() -> NetworkFile.write(trained(), file))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void aFileOfDl4jItselfIsRefusedWithItsReader() throws IOException {
        Path file = folder.resolve("plain.zip");
        trained().save(file.toFile(), true);

        assertThatThrownBy(() -> NetworkFile.readLayers(file))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("MultiLayerNetwork.load");
    }

    private static NormalizerStandardize normalizer(double scale) {
        NormalizerStandardize normalizer = new NormalizerStandardize();
        normalizer.fit(new DataSet(Nd4j.eye(Networks.INPUTS).mul(scale), Nd4j.ones(Networks.INPUTS, Networks.CLASSES)));
        return normalizer;
    }

    @Test
    void aNormalizerIsWrittenBesideTheNetworkAndKeptWhenTheNetworkIsWrittenAgain() throws IOException {
        MultiLayerNetwork network = trained();
        Path file = folder.resolve("network.zip");
        NetworkFile.write(network, file, normalizer(3));
        ModelSerializer.addObjectToFile(file.toFile(), "labels", "a,b,c,d,e");

        NetworkFile.write(network, file);

        Normalizer<?> kept = ModelSerializer.restoreNormalizerFromFile(file.toFile());
        assertThat(kept).isEqualTo(normalizer(3)).isNotEqualTo(normalizer(1));
        assertThat(ModelSerializer.<String>getObjectFromFile(file.toFile(), "labels")).isEqualTo("a,b,c,d,e");
        assertThat(NetworkFile.readLayers(file).params()).isEqualTo(network.params());
        NetworkFile.write(network, file, normalizer(1));
        Normalizer<?> other = ModelSerializer.restoreNormalizerFromFile(file.toFile());
        assertThat(other).isEqualTo(normalizer(1));
    }

    @Test
    void theNormalizerOfAPlainFileIsKeptToo() throws IOException {
        MultiLayerNetwork network = trained();
        Path file = folder.resolve("network.zip");
        network.save(file.toFile());
        ModelSerializer.addNormalizerToModel(file.toFile(), normalizer(2));

        NetworkFile.write(network, file);

        Normalizer<?> kept = ModelSerializer.restoreNormalizerFromFile(file.toFile());
        assertThat(kept).isEqualTo(normalizer(2));
        try (ZipFile zip = new ZipFile(file.toFile())) {
            assertThat(zip.getEntry("updaterState.bin")).isNull();
        }
    }

    /** DL4J makes other networks of the same layers, and widening makes one of a copy: neither may change what it came from. */
    @ParameterizedTest
    @EnumSource
    void networksMadeOfANetworkLeaveItAsItWas(Wrapped wrapped) {
        MultiLayerNetwork network = Attach.to(new MultiLayerNetwork(wrapped.network(new LearnedUpdater(Networks.smallFc()))));
        List<DataSet> data = wrapped.data();
        data.subList(0, 2).forEach(network::fit);
        String before = network.getLayerWiseConfigurations().toJson();

        Attach.to(new TransferLearning.Builder(network).nOutReplace(1, 3, WeightInit.XAVIER).build());
        MupAdvisor.widen(network, 2, 1);

        assertThat(network.getLayerWiseConfigurations().toJson()).isEqualTo(before);
        MultiLayerNetwork clone = network.clone();
        data.subList(2, 4).forEach(network::fit);
        data.subList(2, 4).forEach(clone::fit);
        assertThat(Networks.values(clone.params())).isEqualTo(Networks.values(network.params()));
    }
}
