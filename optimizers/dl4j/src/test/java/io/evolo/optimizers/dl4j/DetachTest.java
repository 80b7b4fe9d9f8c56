package io.evolo.optimizers.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.ZipFile;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

/** The way back to plain DL4J. */
class DetachTest {

    @TempDir
    private Path folder;

    private static LearnedUpdater learned() {
        return new LearnedUpdater(Networks.smallFc());
    }

    private String savedJson(MultiLayerNetwork network) throws IOException {
        Path file = folder.resolve("network.zip");
        network.save(file.toFile(), true);
        try (ZipFile zip = new ZipFile(file.toFile())) {
            return new String(zip.getInputStream(zip.getEntry("configuration.json")).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingOfThisProjectIsLeft(Wrapped wrapped) throws IOException {
        MultiLayerNetwork network = Attach.to(new MultiLayerNetwork(wrapped.network(learned())));
        wrapped.data().forEach(network::fit);
        INDArray params = network.params().dup();

        Attach.detach(network);

        assertThat(savedJson(network)).doesNotContain("io.evolo");
        assertThat(Networks.values(network.params())).isEqualTo(Networks.values(params));
    }

    @Test
    void aDetachedNetworkTrainsAsOneOfDl4js() {
        MultiLayerNetwork network = Attach.to(new MultiLayerNetwork(Networks.mlp(Networks.builder(learned()))));
        Networks.batches(3).forEach(network::fit);
        MultiLayerNetwork plain = new MultiLayerNetwork(Networks.mlp(Networks.builder(new Adam(0.01))));
        plain.init();
        plain.setParams(network.params().dup());

        Attach.detach(network, new Adam(0.01));
        network.setIterationCount(0);
        Networks.batches(5).forEach(network::fit);
        Networks.batches(5).forEach(plain::fit);

        assertThat(Networks.values(network.params())).isEqualTo(Networks.values(plain.params()));
    }

    @Test
    void aDetachedGraphTrainsAsOneOfDl4js() {
        ComputationGraph network = Attach.to(new ComputationGraph(Networks.graph(Networks.builder(learned()))));
        Networks.batches(3).forEach(network::fit);
        ComputationGraph plain = new ComputationGraph(Networks.graph(Networks.builder(new Sgd(0.1))));
        plain.init();
        plain.setParams(network.params().dup());

        Attach.detach(network, new Sgd(0.1));
        Networks.batches(5).forEach(network::fit);
        Networks.batches(5).forEach(plain::fit);

        assertThat(network.getConfiguration().toJson()).doesNotContain("io.evolo");
        assertThat(Networks.values(network.params())).isEqualTo(Networks.values(plain.params()));
    }

    /** DL4J's own way to another updater leaves the taps, and the updater's state is then to stay. */
    @Test
    void afterTransferLearningOnlyTheTapsAreLeftToRemove() throws IOException {
        MultiLayerNetwork network = new TransferLearning.Builder(
                        Attach.to(new MultiLayerNetwork(Networks.mlp(Networks.builder(learned())))))
                .fineTuneConfiguration(new FineTuneConfiguration.Builder().updater(new Adam(0.01)).build())
                .build();
        MultiLayerNetwork other = network.clone();
        Networks.batches(3).forEach(network::fit);
        Networks.batches(3).forEach(other::fit);

        Attach.detach(network);
        Networks.batches(3).forEach(network::fit);
        Networks.batches(3).forEach(other::fit);

        assertThat(savedJson(network)).doesNotContain("io.evolo");
        assertThat(Networks.values(network.params())).isEqualTo(Networks.values(other.params()));
    }
}
