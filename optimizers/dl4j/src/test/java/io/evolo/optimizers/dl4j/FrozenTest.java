package io.evolo.optimizers.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Layers that gradients pass without moving them. */
class FrozenTest {

    private static Layer dense(int inputs) {
        return new DenseLayer.Builder().nIn(inputs).nOut(16).build();
    }

    private static Layer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).nIn(16).nOut(Networks.CLASSES).build();
    }

    private static NeuralNetConfiguration.Builder builder() {
        return Networks.builder(new LearnedUpdater(Networks.smallFc())).weightDecay(1e-2, false);
    }

    private static MultiLayerConfiguration network(Layer... layers) {
        return builder().list(layers).build();
    }

    @Test
    void whatStandsBehindAFrozenLayerOrBeforeItMovesAndTheLayerDoesNot() {
        MultiLayerNetwork network = Attach.to(
                new MultiLayerNetwork(network(dense(Networks.INPUTS), new FrozenLayerWithBackprop(dense(16)), output())));
        INDArray frozen = network.getLayer(1).params().dup();
        INDArray before = network.getLayer(0).params().dup();
        MultiLayerNetwork clone = network.clone();

        Networks.batches(10).forEach(network::fit);
        Networks.batches(10).forEach(clone::fit);

        assertThat(Networks.values(network.getLayer(1).params())).isEqualTo(Networks.values(frozen));
        assertThat(Networks.values(network.getLayer(0).params())).isNotEqualTo(Networks.values(before));
        assertThat(Networks.values(clone.params())).isEqualTo(Networks.values(network.params()));
    }

    @Test
    void aGraphsFrozenLayerStaysToo() {
        ComputationGraphConfiguration configuration = builder().graphBuilder()
                .addInputs("in")
                .addLayer("first", dense(Networks.INPUTS), "in")
                .addLayer("frozen", new FrozenLayerWithBackprop(dense(16)), "first")
                .addLayer("out", output(), "frozen")
                .setOutputs("out")
                .build();
        ComputationGraph network = Attach.to(new ComputationGraph(configuration));
        INDArray frozen = network.getLayer("frozen").params().dup();
        INDArray before = network.getLayer("first").params().dup();

        Networks.batches(10).forEach(network::fit);

        assertThat(Networks.values(network.getLayer("frozen").params())).isEqualTo(Networks.values(frozen));
        assertThat(Networks.values(network.getLayer("first").params())).isNotEqualTo(Networks.values(before));
    }

    /** As generative adversarial networks are trained in DL4J: the same layers, trained in one network and frozen in another. */
    @Test
    void layersThatAreFrozenInOneNetworkAreTrainedInAnother() {
        List<Layer> judge = List.of(dense(16), output());
        MultiLayerNetwork alone = Attach.to(new MultiLayerNetwork(network(judge.toArray(Layer[]::new))));
        List<Layer> both = new ArrayList<>(List.of(dense(Networks.INPUTS)));
        judge.forEach(layer -> both.add(new FrozenLayerWithBackprop(layer)));
        MultiLayerNetwork adversarial = Attach.to(new MultiLayerNetwork(network(both.toArray(Layer[]::new))));
        INDArray start = alone.params().dup();
        INDArray frozen = adversarial.getLayer(1).params().dup();
        INDArray generator = adversarial.getLayer(0).params().dup();

        Networks.batches(3, 16).forEach(alone::fit);
        Attach.to(alone);
        Networks.batches(3, 16).forEach(alone::fit);
        Networks.batches(3).forEach(adversarial::fit);

        assertThat(Networks.values(alone.params())).isNotEqualTo(Networks.values(start));
        assertThat(Networks.values(adversarial.getLayer(1).params())).isEqualTo(Networks.values(frozen));
        assertThat(Networks.values(adversarial.getLayer(0).params())).isNotEqualTo(Networks.values(generator));
    }

    @ParameterizedTest
    @EnumSource
    void wrappedLayersAreFrozenInside(Wrapped wrapped) {
        MultiLayerNetwork network = Attach.to(new MultiLayerNetwork(
                wrapped.network(new LearnedUpdater(Networks.smallFc()), new FrozenLayerWithBackprop(wrapped.layer()))));
        INDArray frozen = network.getLayer(0).params().dup();
        INDArray last = network.getLayer(1).params().dup();

        wrapped.data().forEach(network::fit);

        assertThat(Networks.values(network.getLayer(0).params())).isEqualTo(Networks.values(frozen));
        assertThat(Networks.values(network.getLayer(1).params())).isNotEqualTo(Networks.values(last));
    }

    @Test
    void theAdvisorDoesNotListThem() {
        MultiLayerNetwork network = Attach.to(
                new MultiLayerNetwork(network(dense(Networks.INPUTS), new FrozenLayerWithBackprop(dense(16)), output())));

        assertThat(MupAdvisor.explain(network)).contains("layer0_W").doesNotContain("layer1_W");
    }
}
