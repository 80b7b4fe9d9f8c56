package io.evolo.optimizers.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.slf4j.event.Level;

/** Rules that average over their steps are to be judged at other parameters than they step from. */
class EvaluationParamsTest {
    private static final List<DataSet> DATA = Networks.batches(8, Networks.SIDE * Networks.SIDE);

    /** Of convolutions and batch norm, whose tensors lie otherwise in DL4J's memory than rules see them. */
    private static MultiLayerNetwork network(String rule) {
        return Attach.to(new MultiLayerNetwork(
                Networks.convolutional(Networks.builder(new HandDesignedUpdater(rule, 0.01).threads(2).horizon(8)))));
    }

    @Test
    void theyAreTheAveragesTensorByTensor() {
        MultiLayerNetwork network = network("schedule-free-adamw");
        INDArray start = network.params().dup();
        DATA.forEach(network::fit);
        INDArray own = network.params().dup();

        INDArray judged = Attach.evaluationParams(network);

        assertThat(Networks.values(network.params())).isEqualTo(Networks.values(own));
        float way = AttachTest.distance(own, start);
        assertThat(AttachTest.distance(judged, own)).isBetween(0.01f * way, way); // a tensor out of place would be 0.5 away
        INDArray statistics = network.getLayer(1).getParam("mean");
        MultiLayerNetwork clone = network.clone();
        clone.setParams(judged);
        assertThat(Networks.values(clone.getLayer(1).getParam("mean"))).isEqualTo(Networks.values(statistics));
        assertThat(Networks.values(clone.getLayer(0).getParam("W"))).isNotEqualTo(Networks.values(network.getLayer(0).getParam("W")));
    }

    @Test
    void aNetworkReadFromAFileHasThemBeforeItsFirstStep(@TempDir Path folder) {
        MultiLayerNetwork network = network("schedule-free-adamw");
        DATA.forEach(network::fit);
        Path file = folder.resolve("network.zip");
        NetworkFile.write(network, file);

        INDArray judged = Attach.evaluationParams(NetworkFile.readLayers(file));

        assertThat(Networks.values(judged)).isEqualTo(Networks.values(Attach.evaluationParams(network)));
    }

    @Test
    void ofOtherRulesAndBeforeTheFirstStepTheyAreTheNetworksOwn() {
        MultiLayerNetwork fresh = network("schedule-free-adamw");
        assertThat(Networks.values(Attach.evaluationParams(fresh))).isEqualTo(Networks.values(fresh.params()));
        for (String rule : List.of("adam", "lamb")) {
            MultiLayerNetwork network = network(rule);
            DATA.forEach(network::fit);
            assertThat(Networks.values(Attach.evaluationParams(network))).as(rule).isEqualTo(Networks.values(network.params()));
        }
    }

    @Test
    void attachingSaysSo() {
        RecordedLog.clear();

        ComputationGraph graph = Attach.to(new ComputationGraph(
                Networks.graph(Networks.builder(new HandDesignedUpdater("schedule-free-adamw", 0.01)))));

        assertThat(RecordedLog.lines(Level.WARN)).singleElement().asString().contains("Attach.evaluationParams(network)");
        Networks.batches(3).forEach(graph::fit);
        assertThat(Networks.values(Attach.evaluationParams(graph))).isNotEqualTo(Networks.values(graph.params()));
    }
}
