package io.evolo.optimizers.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.checkpoints.CheckpointException;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Span;
import io.evolo.optimizers.learned.LearnedOptimizers;
import io.evolo.optimizers.learned.SmallFc;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** What goes wrong says what to do. */
class BadInputTest {

    @Test
    void aRuleThatPlansOverTheRunAsksForTheHorizon() {
        SmallFc rule = SmallFc.of(4).withRate(Schedules.warmupCosine(1, 0, Span.fraction(0.1)));
        RuleUpdater updater = new LearnedUpdater(Networks.pack("planned", rule));

        assertThatThrownBy(() -> Attach.to(new MultiLayerNetwork(Networks.mlp(Networks.builder(updater)))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("package 'planned'")
                .hasMessageContaining(".horizon(iterations)");
    }

    @ParameterizedTest
    @EnumSource(names = "HALF")
    void networksOfOtherPrecisionAreRefused(DataType type) {
        RuleUpdater updater = new HandDesignedUpdater("adam", 0.01);

        assertThatThrownBy(() -> Attach.to(new MultiLayerNetwork(Networks.mlp(Networks.builder(updater).dataType(type)))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(type.toString())
                .hasMessageContaining(".dataType(DataType.FLOAT)");
    }

    @ParameterizedTest
    @EnumSource(names = "HALF")
    void graphsOfOtherPrecisionAreRefused(DataType type) {
        RuleUpdater updater = new HandDesignedUpdater("adam", 0.01);

        assertThatThrownBy(() -> Attach.to(new ComputationGraph(Networks.graph(Networks.builder(updater).dataType(type)))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(type.toString())
                .hasMessageContaining(".dataType(DataType.FLOAT)");
    }

    @ParameterizedTest
    @EnumSource(names = "HALF")
    void sameDiffVariablesOfOtherPrecisionAreRefused(DataType type) {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", type, -1, 3);
        graph.setLossVariables(x.mmul(graph.var("w", Nd4j.ones(type, 3, 2))).mean("loss"));
        graph.setTrainingConfig(TrainingConfig.builder()
                .updater(new HandDesignedUpdater("adam", 0.01))
                .dataSetFeatureMapping("x")
                .markLabelsUnused()
                .build());

        assertThatThrownBy(() -> Attach.to(graph)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(type.toString());
    }

    @Test
    void aSameDiffGraphWithoutTrainingConfigurationOrWithAnotherUpdaterSaysWhatToSet() {
        SameDiff graph = SameDiff.create();

        assertThatThrownBy(() -> Attach.to(graph)).hasMessageContaining("setTrainingConfig");

        graph.setTrainingConfig(TrainingConfig.builder()
                .updater(new Adam(0.01))
                .dataSetFeatureMapping("x")
                .markLabelsUnused()
                .build());
        assertThatThrownBy(() -> Attach.to(graph)).hasMessageContaining("LearnedUpdater.load(file)");
    }

    private static MultiLayerNetwork withPretraining(Layer first) {
        return Attach.to(new MultiLayerNetwork(Networks.builder(new LearnedUpdater(Networks.smallFc()))
                .list()
                .layer(first)
                .layer(new OutputLayer.Builder().nIn(8).nOut(Networks.CLASSES).activation(Activation.SOFTMAX).build())
                .build()));
    }

    private static Stream<Layer> pretrained() {
        return Stream.of(
                new VariationalAutoencoder.Builder().nIn(Networks.INPUTS).nOut(8).encoderLayerSizes(8).decoderLayerSizes(8).build(),
                new AutoEncoder.Builder().nIn(Networks.INPUTS).nOut(8).build());
    }

    @ParameterizedTest
    @MethodSource("pretrained")
    void layersThatCanBeTrainedOneByOneAreTrainedWithTheOthers(Layer layer) {
        MultiLayerNetwork network = withPretraining(layer);
        INDArray before = network.getLayer(0).params().dup();
        MultiLayerNetwork clone = network.clone();

        Networks.batches(3).forEach(network::fit);
        Networks.batches(3).forEach(clone::fit);

        assertThat(Networks.values(network.getLayer(0).params())).isNotEqualTo(Networks.values(before));
        assertThat(network.params().isNaN().any()).isFalse();
        assertThat(Networks.values(clone.params())).isEqualTo(Networks.values(network.params()));
    }

    @ParameterizedTest
    @MethodSource("pretrained")
    void trainingLayersOneByOneIsRefusedAndMovesNothing(Layer layer) {
        MultiLayerNetwork network = withPretraining(layer);
        INDArray before = network.params().dup();

        assertThatThrownBy(() -> network.pretrainLayer(0, Networks.iterator(2)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("pretrain()")
                .hasMessageContaining("updater of DL4J's");
        assertThat(Networks.values(network.params())).isEqualTo(Networks.values(before));
    }

    @Test
    void aNetworkWithoutAnUpdaterOfThisProjectHasNothingToAttach() {
        assertThatThrownBy(() -> Attach.to(new MultiLayerNetwork(Networks.mlp(Networks.builder(new Adam(0.01))))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(".updater(LearnedUpdater.load(file))");
    }

    @Test
    void anUnknownRuleNamesTheNearestOne() {
        assertThatThrownBy(() -> new HandDesignedUpdater("adamm", 0.01))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("did you mean 'adam'");
    }

    private static MultiLayerNetwork celo() {
        RuleUpdater updater = new LearnedUpdater(Networks.pack("celo", LearnedOptimizers.of("celo", Map.of()))).horizon(10);
        return Attach.to(new MultiLayerNetwork(Networks.mlp(Networks.builder(updater))));
    }

    @Test
    void aCloneOfANetworkWhoseRuleLooksAtTheLossAsksToBeAttachedOrForAListener() {
        MultiLayerNetwork network = celo();
        MultiLayerNetwork clone = network.clone();
        MultiLayerNetwork listening = network.clone();

        assertThatThrownBy(() -> clone.fit(Networks.batches(1).getFirst()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Attach.to(copy)")
                .hasMessageContaining("ParallelWrapper.setListeners(new LossListener())");

        Attach.to(clone);
        listening.setListeners(new LossListener());
        Networks.batches(3).forEach(network::fit);
        Networks.batches(3).forEach(clone::fit);
        Networks.batches(3).forEach(listening::fit);
        assertThat(Networks.values(clone.params())).isEqualTo(Networks.values(network.params()));
        assertThat(Networks.values(listening.params())).isEqualTo(Networks.values(network.params()));
    }

    /** As ParallelWrapper makes them: from JSON, on threads of their own, with listeners. */
    @Test
    void replicasOnOtherThreadsSeeTheLossByTheListener() {
        MultiLayerNetwork network = celo();
        LossListener listener = new LossListener();
        List<INDArray> replicas = Stream.of(1, 2)
                .map(i -> CompletableFuture.supplyAsync(() -> {
                    MultiLayerNetwork replica = new MultiLayerNetwork(
                            MultiLayerConfiguration.fromJson(network.getLayerWiseConfigurations().toJson()));
                    replica.init();
                    replica.setParams(network.params().dup());
                    replica.setListeners(listener);
                    Networks.batches(3).forEach(replica::fit);
                    assertThat(LossListener.current()).isEmpty();
                    return replica.params();
                }))
                .map(CompletableFuture::join)
                .toList();

        Networks.batches(3).forEach(network::fit);

        assertThat(replicas).allSatisfy(
                params -> assertThat(Networks.values(params)).isEqualTo(Networks.values(network.params())));
    }

    @Test
    @Timeout(120)
    void replicasThatDoNotSeeTheLossSaySo() {
        assertThatThrownBy(() -> Networks.parallel(celo(), 8, 1)).hasStackTraceContaining("new LossListener()");
    }

    @Test
    void aLearningRateCannotBeSetAfterwards() {
        for (RuleUpdater updater : List.of(new HandDesignedUpdater("adam", 0.01), new LearnedUpdater(Networks.smallFc()))) {
            MultiLayerNetwork network = Attach.to(new MultiLayerNetwork(Networks.mlp(Networks.builder(updater))));

            assertThatThrownBy(() -> network.setLearningRate(0.1))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("Attach.rate(network, multiplier)")
                    .hasMessageContaining("Attach.to(network)");
        }
    }

    @Test
    void hyperparametersMayFollowANameAsOnTheCommandLine() {
        assertThat(LearnedUpdater.load("evolo-celo2:rate=0.5").learned().hyperparameters()).containsEntry("rate", 0.5);
        assertThat(new HandDesignedUpdater("adamw:beta2=0.95,weight_decay=0.1", 1e-3))
                .isEqualTo(new HandDesignedUpdater("adamw", 1e-3, Map.of("beta2", 0.95, "weight_decay", 0.1)));
    }

    @Test
    void aMisspeltPackageOrHyperparameterIsSuggested() {
        assertThatThrownBy(() -> LearnedUpdater.load("evolo-defualt"))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("did you mean 'evolo-default'?");
        assertThatThrownBy(() -> LearnedUpdater.load("evolo-celo2:rte=0.5"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("evolo-celo2:rte=0.5: ");
        assertThatThrownBy(() -> new HandDesignedUpdater("adamw:beta2", 1e-3)).hasMessageContaining("expected NAME=NUMBER");
    }
}
