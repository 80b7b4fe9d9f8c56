package io.evolo.optimizers.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Networks of doubles are served by way of floats: rules compute in floats, parameters keep their digits. */
class DoubleTest {
    private static final List<DataSet> DATA = Networks.batches(6, Networks.SIDE * Networks.SIDE);

    private static NeuralNetConfiguration.Builder builder(RuleUpdater updater) {
        return Networks.builder(updater).dataType(DataType.DOUBLE);
    }

    private static MultiLayerNetwork network(RuleUpdater updater) {
        return Attach.to(new MultiLayerNetwork(Networks.convolutional(builder(updater))));
    }

    private static double[] values(INDArray array) {
        return array.dup('c').data().asDouble();
    }

    @Test
    void aNetworkOfDoublesMovesAsOneOfFloats() {
        LearnedUpdater updater = new LearnedUpdater(Networks.celo2()).threads(2);
        MultiLayerNetwork doubles = network(updater);
        MultiLayerNetwork floats = Attach.to(new MultiLayerNetwork(Networks.convolutional(Networks.builder(updater))));
        doubles.setParams(floats.params().castTo(DataType.DOUBLE));
        INDArray start = doubles.params().dup();
        DATA.subList(0, 2).forEach(doubles::fit);
        DATA.subList(0, 2).forEach(floats::fit);

        float way = AttachTest.distance(doubles.params(), start);
        assertThat(way).isPositive();
        assertThat(AttachTest.distance(doubles.params(), floats.params().castTo(DataType.DOUBLE))).isLessThan(0.01f * way);
    }

    @Test
    void copiesAndFilesTrainOnWithTheSameBits(@TempDir Path folder) {
        MultiLayerNetwork network = network(new LearnedUpdater(Networks.smallFc()));
        DATA.subList(0, 3).forEach(network::fit);
        Path file = folder.resolve("network.zip");
        NetworkFile.write(network, file);
        MultiLayerNetwork read = NetworkFile.readLayers(file);
        MultiLayerNetwork clone = network.clone();

        DATA.subList(3, 6).forEach(network::fit);
        DATA.subList(3, 6).forEach(read::fit);
        DATA.subList(3, 6).forEach(clone::fit);

        assertThat(network.params().dataType()).isEqualTo(DataType.DOUBLE);
        assertThat(values(read.params())).isEqualTo(values(network.params()));
        assertThat(values(clone.params())).isEqualTo(values(network.params()));
    }

    @Test
    void aGraphOfDoublesTrainsAndARuleThatCouplesItsTensorsToo() {
        ComputationGraph graph = Attach.to(new ComputationGraph(Networks.graph(builder(new HandDesignedUpdater("lamb", 0.01)))));
        ComputationGraph clone = graph.clone();
        INDArray start = graph.params().dup();

        Networks.batches(4).forEach(graph::fit);
        Networks.batches(4).forEach(clone::fit);

        assertThat(values(graph.params())).isNotEqualTo(values(start)).isEqualTo(values(clone.params()));
    }

    @Test
    void aRuleThatCouplesTensorsAcrossBatchNormIsRefusedWithWhatToDo() {
        MultiLayerNetwork network = network(new HandDesignedUpdater("lamb", 0.01));

        assertThatThrownBy(() -> network.fit(DATA.getFirst()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("FLOAT")
                .hasMessageContaining("one tensor at a time");
    }

    @Test
    void aSameDiffGraphOfDoublesTrains() {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.DOUBLE, -1, Networks.INPUTS);
        SDVariable y = graph.placeHolder("y", DataType.DOUBLE, -1, Networks.CLASSES);
        SDVariable w = graph.var("w", Nd4j.zeros(DataType.DOUBLE, Networks.INPUTS, Networks.CLASSES));
        graph.loss.softmaxCrossEntropy("loss", y, x.mmul(w), null);
        graph.setLossVariables("loss");
        graph.setTrainingConfig(TrainingConfig.builder()
                .updater(new HandDesignedUpdater("sgd", 0.1))
                .dataSetFeatureMapping("x")
                .dataSetLabelMapping("y")
                .build());
        Attach.to(graph);
        DataSet batch = Networks.batches(1).getFirst();

        graph.fit(new DataSet(batch.getFeatures().castTo(DataType.DOUBLE), batch.getLabels().castTo(DataType.DOUBLE)));

        // At zero all classes are as likely: the gradient is xᵀ(1/5 − y) over the batch of 12.
        INDArray expected = batch.getFeatures().transpose().mmul(batch.getLabels().rsub(0.2)).mul(-0.1 / 12).castTo(DataType.DOUBLE);
        assertThat(AttachTest.distance(graph.getVariable("w").getArr(), expected)).isLessThan(1e-7f);
    }
}
