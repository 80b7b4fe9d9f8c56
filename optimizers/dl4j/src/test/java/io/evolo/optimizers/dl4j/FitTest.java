package io.evolo.optimizers.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;

/** Everything that hangs on DL4J's own fit. */
class FitTest {
    private static final int EPOCH = 6;

    private static MultiLayerNetwork learned() {
        return Attach.to(new MultiLayerNetwork(Networks.mlp(Networks.builder(new LearnedUpdater(Networks.smallFc())))));
    }

    @Test
    void aPackageThatShipsInsideTrainsByItsName() {
        LearnedUpdater updater = LearnedUpdater.load("evolo-default").horizon(60).mup(8);
        MultiLayerNetwork network = Attach.to(new MultiLayerNetwork(Networks.mlp(Networks.builder(updater))));
        DataSet data = DataSet.merge(Networks.batches(EPOCH));
        double before = network.score(data);
        network.fit(Networks.iterator(EPOCH), 10);
        assertThat(network.score(data)).isLessThan(0.8 * before);
    }

    @ParameterizedTest
    @EnumSource
    void additionsAreMadeAsByDl4j(Addition addition) {
        RuleUpdater sgd = new HandDesignedUpdater("sgd", 0.5);
        MultiLayerNetwork ours = Attach.to(new MultiLayerNetwork(Networks.mlp(addition.to(Networks.builder(sgd)))));
        MultiLayerNetwork theirs = new MultiLayerNetwork(Networks.mlp(addition.to(Networks.builder(new Sgd(0.5)))));
        MultiLayerNetwork without = new MultiLayerNetwork(Networks.mlp(Networks.builder(new Sgd(0.5))));
        theirs.init();
        without.init();
        for (DataSet batch : Networks.batches(8)) {
            ours.fit(batch);
            theirs.fit(batch);
            without.fit(batch);
        }
        assertThat(AttachTest.distance(theirs.params(), without.params())).isGreaterThan(1e-4f);
        assertThat(AttachTest.distance(ours.params(), theirs.params())).isLessThan(2e-6f);
        assertThat(ours.score()).isCloseTo(theirs.score(), within(1e-5));
    }

    @Test
    void listenersSeeEveryIteration() {
        CountingListener seen = new CountingListener();
        MultiLayerNetwork network = learned();
        network.setListeners(seen);

        network.fit(Networks.iterator(EPOCH), 2);

        assertThat(seen.iterations).isEqualTo(2 * EPOCH);
        assertThat(seen.gradients).isEqualTo(2 * EPOCH);
    }

    @Test
    void aTrainedNetworkIsEvaluatedByDl4j() {
        MultiLayerNetwork network =
                Attach.to(new MultiLayerNetwork(Networks.mlp(Networks.builder(new HandDesignedUpdater("adam", 0.02)))));

        network.fit(Networks.iterator(40), 8);

        // Five classes, so 0.2 by chance; seen examples.
        assertThat(network.evaluate(Networks.iterator(40)).accuracy()).isGreaterThan(0.9);
    }

    @Test
    void earlyStoppingKeepsTheBestModelWhichTrainsOn() {
        EarlyStoppingConfiguration<MultiLayerNetwork> config = new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
                .epochTerminationConditions(new MaxEpochsTerminationCondition(3))
                .scoreCalculator(new DataSetLossCalculator(Networks.iterator(2), true))
                .modelSaver(new InMemoryModelSaver<>())
                .build();

        EarlyStoppingResult<MultiLayerNetwork> result =
                new EarlyStoppingTrainer(config, learned(), Networks.iterator(EPOCH)).fit();

        assertThat(result.getTotalEpochs()).isEqualTo(3);
        MultiLayerNetwork best = result.getBestModel();
        INDArray before = best.params().dup();
        best.fit(Networks.batches(1).getFirst());
        assertThat(Networks.values(best.params())).isNotEqualTo(Networks.values(before));
    }

    @Test
    void frozenLayersStayAsTheyAre() {
        RuleUpdater updater = new LearnedUpdater(Networks.smallFc());
        MultiLayerNetwork frozen = new TransferLearning.Builder(learned())
                .fineTuneConfiguration(new FineTuneConfiguration.Builder().updater(updater).build())
                .setFeatureExtractor(0)
                .build();
        Attach.to(frozen);
        INDArray first = frozen.getLayer(0).params().dup();
        INDArray second = frozen.getLayer(1).params().dup();

        Networks.batches(4).forEach(frozen::fit);

        assertThat(Networks.values(frozen.getLayer(0).params())).isEqualTo(Networks.values(first));
        assertThat(Networks.values(frozen.getLayer(1).params())).isNotEqualTo(Networks.values(second));
    }

    @Test
    void aCloneTrainsOnWithTheSameBits() {
        MultiLayerNetwork network = learned();
        Networks.batches(5).forEach(network::fit);
        MultiLayerNetwork clone = network.clone();

        Networks.batches(5).forEach(network::fit);
        Networks.batches(5).forEach(clone::fit);

        assertThat(Networks.values(clone.params())).isEqualTo(Networks.values(network.params()));
        assertThat(clone.getUpdater().getStateViewArray().length()).isPositive();
    }

    @Test
    void aCloneMadeBeforeTheFirstStepStartsFresh() {
        MultiLayerNetwork network = learned();
        MultiLayerNetwork clone = network.clone();

        Networks.batches(3).forEach(network::fit);
        Networks.batches(3).forEach(clone::fit);

        assertThat(Networks.values(clone.params())).isEqualTo(Networks.values(network.params()));
    }

    @Test
    void aCloneOfAGraphTrainsOnWithTheSameBits() {
        ComputationGraph network =
                Attach.to(new ComputationGraph(Networks.graph(Networks.builder(new LearnedUpdater(Networks.smallFc())))));
        Networks.batches(5).forEach(network::fit);
        ComputationGraph clone = network.clone();

        Networks.batches(5).forEach(network::fit);
        Networks.batches(5).forEach(clone::fit);

        assertThat(Networks.values(clone.params())).isEqualTo(Networks.values(network.params()));
    }

    @Test
    void aSavedAndLoadedNetworkTrainsOnWithTheSameBits(@TempDir Path folder) throws IOException {
        File file = folder.resolve("network.zip").toFile();
        MultiLayerNetwork network = Attach.to(new MultiLayerNetwork(
                Networks.convolutional(Networks.builder(new LearnedUpdater(Networks.celo2()).threads(2)).l2(1e-4))));
        List<DataSet> data = Networks.batches(10, Networks.SIDE * Networks.SIDE);
        data.subList(0, 5).forEach(network::fit);
        network.save(file, true);
        MultiLayerNetwork loaded = MultiLayerNetwork.load(file, true);

        data.subList(5, 10).forEach(network::fit);
        data.subList(5, 10).forEach(loaded::fit);

        assertThat(Networks.values(loaded.params())).isEqualTo(Networks.values(network.params()));
    }

    /** DL4J's wrapper itself does not give the same parameters twice, so nothing more exact can be asked. */
    @Test
    void replicasOfAParallelWrapperTrainAndTheNetworkTrainsOn() {
        MultiLayerNetwork network =
                Attach.to(new MultiLayerNetwork(Networks.mlp(Networks.builder(new HandDesignedUpdater("adam", 0.02)))));

        Networks.parallel(network, 40, 2); // 0.9 of the examples, 0.98 after six more epochs; near its end it also falls

        double accuracy = network.evaluate(Networks.iterator(40)).accuracy();
        assertThat(accuracy).isGreaterThan(0.6);
        network.fit(Networks.iterator(40), 6);
        assertThat(network.evaluate(Networks.iterator(40)).accuracy()).isGreaterThan(accuracy);
    }

    @Test
    void aLearnedPackageMovesReplicasOfAParallelWrapper() {
        MultiLayerNetwork network = learned();
        INDArray before = network.params().dup();

        Networks.parallel(network, 8, 1);

        assertThat(Networks.values(network.params())).isNotEqualTo(Networks.values(before));
        assertThat(network.params().isNaN().any()).isFalse();
    }

    @Test
    void theNumberOfThreadsChangesNoBit() {
        INDArray one = trained(1);

        assertThat(Networks.values(trained(3))).isEqualTo(Networks.values(one));
    }

    private static INDArray trained(int threads) {
        MultiLayerNetwork network = Attach.to(
                new MultiLayerNetwork(Networks.mlp(Networks.builder(new LearnedUpdater(Networks.celo2()).threads(threads)))));
        Networks.batches(6).forEach(network::fit);
        return network.params();
    }
}
