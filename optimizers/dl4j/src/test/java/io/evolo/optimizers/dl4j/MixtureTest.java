package io.evolo.optimizers.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evolo.optimizers.learned.LearnedOptimizers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Several updaters in a network, several outputs, and losses with parameters of their own. */
class MixtureTest {

    /** Rules of this project and one of DL4J's, recurrent layers, saved and read at every turn. */
    @Test
    void savingAndReadingEveryFewStepsChangesNoBitOfAMixture(@TempDir Path folder) {
        LearnedUpdater small = new LearnedUpdater(Networks.smallFc());
        MultiLayerConfiguration configuration = Networks.builder(small)
                .list()
                .layer(new LSTM.Builder().nIn(Networks.INPUTS).nOut(8).dataFormat(RNNFormat.NCW).build())
                .layer(new LSTM.Builder().nIn(8).nOut(8).dataFormat(RNNFormat.NCW).updater(new LearnedUpdater(Networks.celo2())).build())
                .layer(new LSTM.Builder().nIn(8).nOut(8).dataFormat(RNNFormat.NCW).updater(new Adam(0.01)).build())
                .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT).dataFormat(RNNFormat.NCW).activation(Activation.SOFTMAX)
                        .nIn(8).nOut(Networks.CLASSES).updater(new HandDesignedUpdater("lion", 1e-3)).build())
                .build();
        MultiLayerNetwork network = Attach.to(new MultiLayerNetwork(configuration));
        MultiLayerNetwork saved = network.clone();
        Path file = folder.resolve("network.zip");
        List<DataSet> data = Networks.sequences(3);

        for (int turn = 0; turn < 3; turn++) {
            data.forEach(network::fit);
            data.forEach(saved::fit);
            NetworkFile.write(saved, file);
            saved = NetworkFile.readLayers(file);
        }

        assertThat(Networks.values(saved.params())).isEqualTo(Networks.values(network.params()));
        assertThat(network.params().isNaN().any()).isFalse();
    }

    private static ComputationGraph twoOutputs() {
        LearnedUpdater celo = new LearnedUpdater(Networks.pack("celo", LearnedOptimizers.of("celo", Map.of()))).horizon(10);
        return Attach.to(new ComputationGraph(Networks.builder(celo)
                .graphBuilder()
                .addInputs("in")
                .addLayer("first", new DenseLayer.Builder().nIn(Networks.INPUTS).nOut(8).build(), "in")
                .addLayer("class", new OutputLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).nIn(8)
                        .nOut(Networks.CLASSES).build(), "first")
                .addLayer("value", new OutputLayer.Builder(LossFunction.MSE).activation(Activation.IDENTITY).nIn(8)
                        .nOut(Networks.CLASSES).build(), "first")
                .setOutputs("class", "value")
                .build()));
    }

    /** The loss that the rule looks at is DL4J's score, the outputs' sum; a listener's copy sees the same. */
    @Test
    void aRuleThatLooksAtTheLossTrainsAGraphOfSeveralOutputs() {
        ComputationGraph network = twoOutputs();
        ComputationGraph copy = network.clone();
        copy.setListeners(new LossListener());
        INDArray value = network.getLayer("value").params().dup();

        for (DataSet batch : Networks.batches(4)) {
            MultiDataSet both = new MultiDataSet(
                    new INDArray[] {batch.getFeatures()}, new INDArray[] {batch.getLabels(), batch.getLabels().mul(2)});
            network.fit(both);
            copy.fit(both);
        }

        assertThat(Networks.values(network.getLayer("value").params())).isNotEqualTo(Networks.values(value));
        assertThat(Networks.values(copy.params())).isEqualTo(Networks.values(network.params()));
        assertThat(copy.score()).isCloseTo(network.score(), within(0.0));
    }

    /** Its centres are no parameters to an updater: DL4J moves them by itself. */
    @Test
    void centresOfACenterLossAreMovedAsByDl4j() {
        MultiLayerNetwork ours = centred(new HandDesignedUpdater("sgd", 0.1));
        MultiLayerNetwork theirs = centred(new Sgd(0.1));
        INDArray start = ours.getLayer(1).getParam("cL").dup();
        Networks.batches(5).forEach(ours::fit);
        Networks.batches(5).forEach(theirs::fit);

        assertThat(AttachTest.distance(ours.params(), theirs.params())).isLessThan(2e-6f);
        assertThat(Networks.values(ours.getLayer(1).getParam("cL"))).isNotEqualTo(Networks.values(start));

        MultiLayerNetwork learned = centred(new LearnedUpdater(Networks.smallFc()));
        Networks.batches(5).forEach(learned::fit);
        assertThat(learned.params().isNaN().any()).isFalse();
    }

    private static MultiLayerNetwork centred(IUpdater updater) {
        MultiLayerNetwork network = new MultiLayerNetwork(Networks.builder(updater)
                .list()
                .layer(new DenseLayer.Builder().nIn(Networks.INPUTS).nOut(8).build())
                .layer(new CenterLossOutputLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).nIn(8)
                        .nOut(Networks.CLASSES).build())
                .build());
        network.init();
        return updater instanceof RuleUpdater ? Attach.to(network) : network;
    }
}
