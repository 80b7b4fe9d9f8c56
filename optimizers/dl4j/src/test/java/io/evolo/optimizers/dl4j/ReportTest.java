package io.evolo.optimizers.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.transferlearning.TransferLearningHelper;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.learning.regularization.WeightDecay;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.slf4j.event.Level;

/** What Attach says of what moves the tensors. */
class ReportTest {

    private static LearnedUpdater learned() {
        return new LearnedUpdater(Networks.smallFc());
    }

    @Test
    void updatersOfOthersAndFrozenTensorsAreNamed() {
        RecordedLog.clear();
        MultiLayerNetwork network = Attach.to(new MultiLayerNetwork(Networks.builder(learned())
                .list()
                .layer(new DenseLayer.Builder().nIn(Networks.INPUTS).nOut(16).updater(new Sgd(0.1)).build())
                .layer(new FrozenLayerWithBackprop(new DenseLayer.Builder().nIn(16).nOut(16).build()))
                .layer(new OutputLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).nIn(16).nOut(5).build())
                .build()));

        assertThat(Attach.report(network).lines())
                .satisfiesExactly(
                        ours -> assertThat(ours).isEqualTo("package 'small' moves 2 tensors of 85 parameters"),
                        foreign -> assertThat(foreign).startsWith("foreign updater Sgd(").endsWith("moves layer0_W, layer0_b"),
                        frozen -> assertThat(frozen).isEqualTo("frozen: layer1_W, layer1_b"));
        assertThat(RecordedLog.lines(Level.INFO))
                .hasSize(4)
                .first()
                .asString()
                .contains("under the standard parametrization, for it says nothing");
    }

    /** DL4J's fine-tuning gives its updater to plain layers, not to what is inside wrappers. */
    @Test
    void aBidirectionalLayerThatKeepsItsAdamInFineTuningIsNamed() {
        MultiLayerNetwork before = new MultiLayerNetwork(Wrapped.BIDIRECTIONAL.network(new Adam(0.01)));
        before.init();
        MultiLayerNetwork network = Attach.to(new TransferLearning.Builder(before)
                .fineTuneConfiguration(new FineTuneConfiguration.Builder().updater(learned()).build())
                .build());

        assertThat(Attach.report(network)).contains("foreign updater Adam(").contains("layer0_fW");
        Wrapped.BIDIRECTIONAL.data().forEach(network::fit);
        assertThat(network.params().isNaN().any()).isFalse();
    }

    @Test
    void weightDecayWithoutARateIsWarnedOfWithItsSize() {
        RecordedLog.clear();

        Attach.to(new MultiLayerNetwork(Networks.mlp(Networks.builder(learned()).weightDecay(0.01))));

        assertThat(RecordedLog.lines(Level.WARN)).singleElement().asString()
                .contains("weight decay of 0.0100", "1000 times", ".weightDecay(1.00e-05, false)");
    }

    @Test
    void soIsThatOfASameDiffGraph() {
        SameDiff graph = SameDiffTest.graph(learned(), 0);
        graph.getTrainingConfig().setRegularization(List.of(new WeightDecay(0.01, true)));
        RecordedLog.clear();

        Attach.to(graph);

        assertThat(RecordedLog.lines(Level.WARN)).singleElement().asString().contains(".weightDecay(1.00e-05, false)");
    }

    @Test
    void weightDecayThatIsMeantAndThatOfARuleWithARateAreNot() {
        RecordedLog.clear();

        Attach.to(new MultiLayerNetwork(Networks.mlp(Networks.builder(learned()).weightDecay(1e-5, false))));
        Attach.to(new MultiLayerNetwork(
                Networks.mlp(Networks.builder(new HandDesignedUpdater("adam", 0.01)).weightDecay(0.01))));

        assertThat(RecordedLog.lines(Level.WARN)).isEmpty();
    }

    /** DL4J's helper makes a network of its own of the layers that are not frozen, which is to be attached too. */
    @Test
    void aTransferLearningHelpersNetworkIsAttachedForItself() {
        MultiLayerNetwork network = Attach.to(new MultiLayerNetwork(Networks.mlp(Networks.builder(learned()))));
        Networks.batches(2).forEach(network::fit);
        TransferLearningHelper helper = new TransferLearningHelper(network, 0);
        DataSet featurized = helper.featurize(Networks.batches(1).getFirst());

        assertThatThrownBy(() -> helper.fitFeaturized(featurized)).hasMessageContaining("Attach.to(network)");

        Attach.to(helper.unfrozenMLN());
        INDArray before = helper.unfrozenMLN().params().dup();
        helper.fitFeaturized(featurized);
        assertThat(Networks.values(helper.unfrozenMLN().params())).isNotEqualTo(Networks.values(before));
    }
}
