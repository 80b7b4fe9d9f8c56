package io.evolo.optimizers.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Span;
import io.evolo.optimizers.learned.SmallFc;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.slf4j.event.Level;

/** Rules that plan over the run learn how long it is, and say when it is over. */
class HorizonTest {

    /** Its rate falls to 0 at the horizon. */
    private static LearnedUpdater planned() {
        return new LearnedUpdater(Networks.pack("planned", SmallFc.of(4).withRate(Schedules.warmupCosine(1, 0, Span.fraction(0.1)))));
    }

    private static MultiLayerNetwork mlp(RuleUpdater updater) {
        return new MultiLayerNetwork(Networks.mlp(Networks.builder(updater)));
    }

    private static int horizon(MultiLayerNetwork network) {
        return ((RuleUpdater) network.getLayer(0).conf().getLayer().getUpdaterByParam("W")).bound().options().horizon();
    }

    /** Sequences of length 6 in batches of 4. */
    private static DataSetIterator sequences() {
        return new ListDataSetIterator<>(DataSet.merge(Networks.sequences(3)).asList(), 4);
    }

    @Test
    void iterationsAreCountedFromTheData() {
        MultiLayerNetwork network = Attach.to(mlp(planned()), Networks.iterator(5), 3);

        network.fit(Networks.iterator(5), 3);

        assertThat(horizon(network)).isEqualTo(15).isEqualTo(network.getIterationCount());
    }

    @Test
    void everySegmentOfTruncatedBackpropagationIsAnIteration() {
        MultiLayerConfiguration configuration = Networks.recurrent(Networks.builder(planned()));
        configuration.setBackpropType(BackpropType.TruncatedBPTT);
        configuration.setTbpttFwdLength(4);
        configuration.setTbpttBackLength(4);
        MultiLayerNetwork network = Attach.to(new MultiLayerNetwork(configuration), sequences(), 2);
        INDArray half = network.params().dup();

        network.fit(sequences());
        half.subi(network.params());
        network.fit(sequences());

        assertThat(horizon(network)).isEqualTo(2 * 3 * 2).isEqualTo(network.getIterationCount());
        assertThat(half.norm2Number().floatValue()).isPositive();
    }

    @Test
    void aGraphsSegmentsAreCountedToo() {
        ComputationGraphConfiguration configuration = Networks.builder(planned()).graphBuilder()
                .addInputs("in")
                .addLayer("lstm", new LSTM.Builder().nIn(Networks.INPUTS).nOut(8).dataFormat(RNNFormat.NCW).build(), "in")
                .addLayer("out", new RnnOutputLayer.Builder(LossFunction.MCXENT).dataFormat(RNNFormat.NCW)
                        .activation(Activation.SOFTMAX).nIn(8).nOut(Networks.CLASSES).build(), "lstm")
                .setOutputs("out")
                .backpropType(BackpropType.TruncatedBPTT)
                .tBPTTForwardLength(2)
                .tBPTTBackwardLength(2)
                .build();
        ComputationGraph network = Attach.to(new ComputationGraph(configuration), sequences(), 2);

        network.fit(sequences(), 2);

        RuleUpdater updater = (RuleUpdater) network.getLayer("lstm").conf().getLayer().getUpdaterByParam("W");
        assertThat(updater.bound().options().horizon()).isEqualTo(2 * 3 * 3).isEqualTo(network.getConfiguration().getIterationCount());
    }

    @Test
    void dataThatCannotBeReadTwiceAreRefusedWithTheOtherWay() {
        DataSetIterator once = new ExistingDataSetIterator(Networks.batches(2).iterator());

        assertThatThrownBy(() -> Attach.to(mlp(planned()), once, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(".horizon(iterations)");
        assertThatThrownBy(() -> Attach.to(mlp(planned()), Networks.iterator(2), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0 epochs");
    }

    @Test
    void aRunBeyondItsHorizonIsWarnedOfOnce() {
        MultiLayerNetwork network = Attach.to(new MultiLayerNetwork(Networks.convolutional(Networks.builder(planned().horizon(3)))));
        List<DataSet> data = Networks.batches(6, Networks.SIDE * Networks.SIDE);
        RecordedLog.clear();

        data.subList(0, 3).forEach(network::fit);
        assertThat(RecordedLog.lines(Level.WARN)).isEmpty();
        data.subList(3, 6).forEach(network::fit);

        assertThat(RecordedLog.lines(Level.WARN)).singleElement().asString()
                .contains("package 'planned'", "3 iterations", "Attach.extendHorizon(network, iterations)", "segment");
    }

    @Test
    void aRuleThatPlansNothingIsNeverBeyondItsHorizon() {
        MultiLayerNetwork network = Attach.to(mlp(new LearnedUpdater(Networks.smallFc()).horizon(2)));
        RecordedLog.clear();

        Networks.batches(4).forEach(network::fit);

        assertThat(RecordedLog.lines(Level.WARN)).isEmpty();
    }

    @Test
    void anExtendedHorizonKeepsTheStateAndMovesTheNetworkAgain() {
        MultiLayerNetwork network = Attach.to(mlp(planned().horizon(3)));
        Networks.batches(5).forEach(network::fit);
        INDArray stopped = network.params().dup();
        Networks.batches(1).forEach(network::fit);
        assertThat(Networks.values(network.params())).isEqualTo(Networks.values(stopped));
        float[] state = accumulators(network);

        Attach.extendHorizon(network, 9);

        assertThat(accumulators(network)).isEqualTo(state);
        assertThat(horizon(network)).isEqualTo(12);
        RecordedLog.clear();
        Networks.batches(6).forEach(network::fit);
        assertThat(Networks.values(network.params())).isNotEqualTo(Networks.values(stopped));
        assertThat(RecordedLog.lines(Level.WARN)).isEmpty();
        Networks.batches(1).forEach(network::fit);
        assertThat(RecordedLog.lines(Level.WARN)).hasSize(1);
    }

    /** Beside the stamp. */
    private static float[] accumulators(MultiLayerNetwork network) {
        float[] values = Networks.values(network.getUpdater().getStateViewArray());
        return Arrays.copyOfRange(values, 1, values.length);
    }

    @Test
    void aGraphAndItsCloneGoOnAlike() {
        ComputationGraph network = Attach.to(new ComputationGraph(Networks.graph(Networks.builder(planned().horizon(2)))));
        Networks.batches(3).forEach(network::fit);
        INDArray stopped = network.params().dup();

        Attach.extendHorizon(network, 5);
        ComputationGraph clone = network.clone();
        Networks.batches(3).forEach(network::fit);
        Networks.batches(3).forEach(clone::fit);

        assertThat(Networks.values(network.params())).isNotEqualTo(Networks.values(stopped));
        assertThat(Networks.values(clone.params())).isEqualTo(Networks.values(network.params()));
    }

    @Test
    void aSameDiffGraphIsCountedWarnedAndExtended() {
        SameDiff graph = Attach.to(SameDiffTest.graph(planned(), 0), Networks.iterator(3), 1);
        RecordedLog.clear();

        graph.fit(Networks.iterator(3), 1);
        assertThat(RecordedLog.lines(Level.WARN)).isEmpty();
        graph.fit(Networks.iterator(3), 1);
        assertThat(RecordedLog.lines(Level.WARN)).hasSize(1);
        INDArray stopped = graph.getVariable("w0").getArr().dup();

        Attach.extendHorizon(graph, 10);
        graph.fit(Networks.iterator(3), 1);

        assertThat(Networks.values(graph.getVariable("w0").getArr())).isNotEqualTo(Networks.values(stopped));
        assertThat(RecordedLog.lines(Level.WARN)).hasSize(1);
    }
}
