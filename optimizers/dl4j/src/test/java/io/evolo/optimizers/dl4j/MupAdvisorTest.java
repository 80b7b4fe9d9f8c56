package io.evolo.optimizers.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evolo.tasks.Role;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

class MupAdvisorTest {

    private static Map<String, Variable> variables(Model network) {
        return LayerTensors.of(network).stream().collect(Collectors.toMap(t -> t.variable().name(), LayerTensor::variable));
    }

    private static void assertIs(Variable variable, Role role, int fanIn, Integer... axes) {
        assertThat(variable.role()).as(variable.name()).isEqualTo(role);
        assertThat(variable.fanIn()).as(variable.name()).isEqualTo(fanIn);
        assertThat(variable.axes()).as(variable.name()).isEqualTo(Arrays.asList(axes));
    }

    private static MultiLayerNetwork init(MultiLayerNetwork network) {
        network.init();
        return network;
    }

    @Test
    void convolutionsDenseNormalisationAndOutputAreToldApart() {
        Map<String, Variable> v = variables(init(new MultiLayerNetwork(Networks.convolutional(Networks.builder(new Sgd(1))))));

        assertIs(v.get("layer0_W"), Role.INPUT, 9, 3, 3, 1, 6);
        assertIs(v.get("layer0_b"), Role.VECTOR, 1, 6);
        assertIs(v.get("layer1_gamma"), Role.VECTOR, 1, 6);
        assertThat(v.get("layer1_gamma").initialMean()).isEqualTo(1);
        assertIs(v.get("layer3_W"), Role.HIDDEN, 54, 54, 10);
        assertIs(v.get("layer4_W"), Role.OUTPUT, 10, 10, 5);
    }

    @Test
    void recurrentAttentionEmbeddingAndDepthwiseLayersAreToldApart() {
        MultiLayerNetwork sequence = init(new MultiLayerNetwork(Networks.builder(new Sgd(1))
                .list()
                .layer(new EmbeddingSequenceLayer.Builder().nIn(30).nOut(8).inputLength(6).build())
                .layer(new SelfAttentionLayer.Builder().nIn(8).nOut(8).nHeads(2).headSize(4).projectInput(true).build())
                .layer(new Bidirectional(new LSTM.Builder().nIn(8).nOut(5).build()))
                .layer(new GlobalPoolingLayer())
                .layer(new OutputLayer.Builder().nIn(10).nOut(3).build())
                .build()));
        Map<String, Variable> v = variables(sequence);

        assertIs(v.get("layer0_W"), Role.INPUT, 1, 30, 8);
        assertIs(v.get("layer1_Wq"), Role.HIDDEN, 8, 8, 8);
        assertIs(v.get("layer1_Wo"), Role.HIDDEN, 8, 8, 8);
        assertIs(v.get("layer2_fW"), Role.HIDDEN, 8, 8, 20);
        assertIs(v.get("layer2_bRW"), Role.HIDDEN, 5, 5, 20);
        assertIs(v.get("layer2_fb"), Role.VECTOR, 1, 20);
        assertIs(v.get("layer4_W"), Role.OUTPUT, 10, 10, 3);

        MultiLayerNetwork depthwise = init(new MultiLayerNetwork(Networks.builder(new Sgd(1))
                .list()
                .layer(new DepthwiseConvolution2D.Builder(3, 3).depthMultiplier(2).nOut(6).build())
                .layer(new OutputLayer.Builder().nOut(3).build())
                .setInputType(InputType.convolutional(8, 8, 3))
                .build()));
        assertIs(variables(depthwise).get("layer0_W"), Role.INPUT, 9, 3, 3, 3, 2);
    }

    @Test
    void inAGraphTheWayThroughItDecides() {
        ComputationGraph graph = new ComputationGraph(Networks.graph(Networks.builder(new Sgd(1))));
        graph.init();
        Map<String, Variable> v = variables(graph);

        assertIs(v.get("left_W"), Role.INPUT, 20, 20, 8);
        assertIs(v.get("right_W"), Role.INPUT, 20, 20, 6);
        assertIs(v.get("out_W"), Role.OUTPUT, 14, 14, 5);
    }

    @Test
    void explainHasALinePerTensorWithItsReason() {
        MultiLayerNetwork network = init(new MultiLayerNetwork(Networks.mlp(Networks.builder(new Sgd(1)))));

        List<String> lines = MupAdvisor.explain(network, 4).lines().toList();

        assertThat(lines).hasSize(1 + 6);
        assertThat(lines.get(0)).contains("role", "fan-in", "initial std", "because");
        assertThat(lines.get(3)).contains("layer1_W", "HIDDEN", "[16×16]", "0.25", "both axes grow with the width");
        assertThat(lines.get(5)).contains("layer2_W", "OUTPUT", "its outputs are the task's");
    }

    /** At the start of wider networks, hidden activations keep their size and outputs shrink as 1/width or faster. */
    @Test
    void widerNetworksStartWithTheScalesOfMup() {
        MultiLayerNetwork base = init(new MultiLayerNetwork(Networks.mlp(Networks.builder(new Sgd(1)))));
        MultiLayerNetwork wide = MupAdvisor.widen(base, 16, 1);

        assertThat(wide.getLayer(0).getParam("W").shape()).containsExactly(20, 256);
        assertThat(wide.getLayer(1).getParam("W").shape()).containsExactly(256, 256);
        assertThat(wide.getLayer(2).getParam("W").shape()).containsExactly(256, 5);
        // 320 and 80 values at the base: standard errors of 4% and 8%
        assertThat(std(wide, 0) / std(base, 0)).isCloseTo(1, within(0.15));
        assertThat(std(wide, 1) / std(base, 1)).isCloseTo(1 / 4.0, within(0.04));
        assertThat(std(wide, 2) / std(base, 2)).isCloseTo(1 / 16.0, within(0.02));
    }

    private static double std(MultiLayerNetwork network, int layer) {
        return network.getLayer(layer).getParam("W").stdNumber().doubleValue();
    }

    @Test
    void aWiderConvolutionalNetworkTrains() {
        MultiLayerNetwork base = Attach.to(
                new MultiLayerNetwork(Networks.convolutional(Networks.builder(new LearnedUpdater(Networks.smallFc()).mup(6)))));
        MultiLayerNetwork wide = MupAdvisor.widen(base, 2, 1);
        INDArray before = wide.params().dup();

        for (DataSet batch : Networks.batches(2, Networks.SIDE * Networks.SIDE)) {
            wide.fit(batch);
        }

        assertThat(wide.getLayer(0).getParam("W").shape()).containsExactly(12, 1, 3, 3);
        assertThat(wide.getLayer(3).getParam("W").shape()).containsExactly(108, 20);
        assertThat(Networks.values(wide.params())).isNotEqualTo(Networks.values(before));
        assertThat(wide.output(Nd4j.ones(1, 64)).isNaN().any()).isFalse();
    }

    /** A residual block between convolutions, an LSTM beside it, both merged. */
    private static ComputationGraph residual(IUpdater updater) {
        ComputationGraph graph = new ComputationGraph(Networks.builder(updater)
                .convolutionMode(ConvolutionMode.Same)
                .graphBuilder()
                .addInputs("image", "sequence")
                .setInputTypes(InputType.convolutional(8, 8, 1), InputType.recurrent(7, 6))
                .addLayer("stem", new ConvolutionLayer.Builder(3, 3).nOut(4).build(), "image")
                .addLayer("norm", new BatchNormalization(), "stem")
                .addLayer("branch", new ConvolutionLayer.Builder(3, 3).nOut(4).build(), "norm")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "branch", "stem")
                .addLayer("pool", new GlobalPoolingLayer(), "sum")
                .addLayer("memory", new LastTimeStep(new Bidirectional(new LSTM.Builder().nOut(3).build())), "sequence")
                .addVertex("merge", new MergeVertex(), "pool", "memory")
                .addLayer("dense", new DenseLayer.Builder().nOut(5).build(), "merge")
                .addLayer("out", new OutputLayer.Builder().activation(Activation.SOFTMAX).nOut(3).build(), "dense")
                .setOutputs("out")
                .build());
        graph.init();
        return graph;
    }

    @Test
    void aWiderGraphHasTheScalesOfMupAndTrains() {
        ComputationGraph base = residual(new LearnedUpdater(Networks.smallFc()).mup(4));

        ComputationGraph wide = MupAdvisor.widen(base, 8, 1);

        Map<String, Variable> v = variables(wide);
        assertIs(v.get("stem_W"), Role.INPUT, 9, 3, 3, 1, 32);
        assertIs(v.get("branch_W"), Role.HIDDEN, 288, 3, 3, 32, 32);
        assertIs(v.get("memory_fRW"), Role.HIDDEN, 24, 24, 96);
        assertIs(v.get("memory_bW"), Role.INPUT, 7, 7, 96);
        assertIs(v.get("dense_W"), Role.HIDDEN, 80, 80, 40);
        assertIs(v.get("out_W"), Role.OUTPUT, 40, 40, 3);
        // 50 values at the base: a standard error of 10%
        double ratio = std(wide, "dense") / std(base, "dense");
        assertThat(ratio * Math.sqrt(8)).isCloseTo(1, within(0.3));
        INDArray before = wide.params().dup();
        wide.fit(new INDArray[] {Nd4j.rand(4, 1, 8, 8), Nd4j.rand(4, 7, 6)}, new INDArray[] {Nd4j.eye(4).get(
                NDArrayIndex.all(), NDArrayIndex.interval(0, 3))});
        assertThat(Networks.values(wide.params())).isNotEqualTo(Networks.values(before));
        assertThat(wide.params().isNaN().any()).isFalse();
    }

    private static double std(ComputationGraph network, String layer) {
        return network.getLayer(layer).getParam("W").stdNumber().doubleValue();
    }

    @Test
    void aSumOfHiddenUnitsAndTheInputCannotBeWidened() {
        ComputationGraph graph = init(new ComputationGraph(Networks.builder(new Sgd(1))
                .graphBuilder()
                .addInputs("in")
                .addLayer("dense", new DenseLayer.Builder().nIn(6).nOut(6).build(), "in")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "dense", "in")
                .addLayer("out", new OutputLayer.Builder().nIn(6).nOut(3).build(), "sum")
                .setOutputs("out")
                .build()));

        assertThatThrownBy(() -> MupAdvisor.widen(graph, 2, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("vertex 'sum'")
                .hasMessageContaining("some of its inputs grow");
    }

    @Test
    void aVertexThatIsNotKnownIsNamed() {
        ComputationGraph graph = init(new ComputationGraph(Networks.builder(new Sgd(1))
                .graphBuilder()
                .addInputs("in")
                .addLayer("dense", new DenseLayer.Builder().nIn(6).nOut(6).build(), "in")
                .addVertex("half", new SubsetVertex(0, 2), "dense")
                .addLayer("out", new OutputLayer.Builder().nIn(3).nOut(3).build(), "half")
                .setOutputs("out")
                .build()));

        assertThatThrownBy(() -> MupAdvisor.widen(graph, 2, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'half' (SubsetVertex)");
    }

    private static ComputationGraph init(ComputationGraph network) {
        network.init();
        return network;
    }

    @Test
    void aLayerThatCannotBeWidenedIsNamed() {
        MultiLayerNetwork network = init(new MultiLayerNetwork(Networks.builder(new Sgd(1))
                .list()
                .layer(new DepthwiseConvolution2D.Builder(3, 3).depthMultiplier(2).nOut(6).build())
                .layer(new OutputLayer.Builder().nOut(3).build())
                .setInputType(InputType.convolutional(8, 8, 3))
                .build()));

        assertThatThrownBy(() -> MupAdvisor.widen(network, 2, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("layer0");
    }

    @Test
    void mupScalesTheUpdatesOfHiddenAndOutputWeights() {
        RuleUpdater plain = new HandDesignedUpdater("adam", 0.01);
        RuleUpdater scaled = new HandDesignedUpdater("adam", 0.01).mup(4);
        INDArray[] moved = {moves(plain, 1), moves(scaled, 1), moves(plain, 2), moves(scaled, 2), moves(plain, 0), moves(scaled, 0)};

        // Width 16, base 4: hidden and output weights move a fourth as far; input weights as far.
        assertThat(AttachTest.distance(moved[0].div(4), moved[1])).isLessThan(1e-6f);
        assertThat(AttachTest.distance(moved[2].div(4), moved[3])).isLessThan(1e-6f);
        assertThat(AttachTest.distance(moved[4], moved[5])).isLessThan(1e-6f);
    }

    private static INDArray moves(RuleUpdater updater, int layer) {
        MultiLayerNetwork network = Attach.to(new MultiLayerNetwork(Networks.mlp(Networks.builder(updater))));
        INDArray before = network.getLayer(layer).getParam("W").dup();
        network.fit(Networks.batches(1).getFirst());
        return network.getLayer(layer).getParam("W").sub(before);
    }
}
