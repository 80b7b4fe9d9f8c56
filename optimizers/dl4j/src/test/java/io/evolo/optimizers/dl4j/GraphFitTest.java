package io.evolo.optimizers.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evolo.optimizers.learned.LearnedOptimizers;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingGraphTrainer;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** What {@link FitTest} holds networks of layers to, of graphs. */
class GraphFitTest {
    private static final int EPOCH = 6;

    private static ComputationGraph graph(IUpdater updater) {
        ComputationGraph graph = new ComputationGraph(Networks.graph(Networks.builder(updater)));
        graph.init();
        return updater instanceof RuleUpdater ? Attach.to(graph) : graph;
    }

    private static ComputationGraph learned() {
        return graph(new LearnedUpdater(Networks.smallFc()));
    }

    @ParameterizedTest
    @EnumSource
    void additionsAreMadeAsByDl4j(Addition addition) {
        ComputationGraph ours = Attach.to(new ComputationGraph(
                Networks.graph(addition.to(Networks.builder(new HandDesignedUpdater("sgd", 0.5))))));
        ComputationGraph theirs = new ComputationGraph(Networks.graph(addition.to(Networks.builder(new Sgd(0.5)))));
        ComputationGraph without = graph(new Sgd(0.5));
        theirs.init();
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
        ComputationGraph network = learned();
        network.setListeners(seen);

        network.fit(Networks.iterator(EPOCH), 2);

        assertThat(seen.iterations).isEqualTo(2 * EPOCH);
        assertThat(seen.gradients).isEqualTo(2 * EPOCH);
    }

    @Test
    void aTrainedGraphIsEvaluatedByDl4j() {
        ComputationGraph network = graph(new HandDesignedUpdater("adam", 0.02));

        network.fit(Networks.iterator(40), 8);

        // Five classes, so 0.2 by chance; seen examples.
        assertThat(network.evaluate(Networks.iterator(40)).accuracy()).isGreaterThan(0.8);
    }

    @Test
    void earlyStoppingKeepsTheBestModelWhichTrainsOn() {
        EarlyStoppingConfiguration<ComputationGraph> config = new EarlyStoppingConfiguration.Builder<ComputationGraph>()
                .epochTerminationConditions(new MaxEpochsTerminationCondition(3))
                .scoreCalculator(new DataSetLossCalculator(Networks.iterator(2), true))
                .modelSaver(new InMemoryModelSaver<>())
                .build();

        EarlyStoppingResult<ComputationGraph> result =
                new EarlyStoppingGraphTrainer(config, learned(), Networks.iterator(EPOCH)).fit();

        assertThat(result.getTotalEpochs()).isEqualTo(3);
        ComputationGraph best = result.getBestModel();
        INDArray before = best.params().dup();
        best.fit(Networks.batches(1).getFirst());
        assertThat(Networks.values(best.params())).isNotEqualTo(Networks.values(before));
    }

    @Test
    void frozenLayersStayAsTheyAre() {
        RuleUpdater updater = new LearnedUpdater(Networks.smallFc());
        ComputationGraph frozen = new TransferLearning.GraphBuilder(learned())
                .fineTuneConfiguration(new FineTuneConfiguration.Builder().updater(updater).build())
                .setFeatureExtractor("left")
                .build();
        Attach.to(frozen);
        INDArray left = frozen.getLayer("left").params().dup();
        INDArray right = frozen.getLayer("right").params().dup();

        Networks.batches(4).forEach(frozen::fit);

        assertThat(Networks.values(frozen.getLayer("left").params())).isEqualTo(Networks.values(left));
        assertThat(Networks.values(frozen.getLayer("right").params())).isNotEqualTo(Networks.values(right));
    }

    @ParameterizedTest
    @ValueSource(strings = {"small_fc", "celo"})
    void aSavedAndLoadedGraphTrainsOnWithTheSameBits(String rule, @TempDir Path folder) throws IOException {
        File file = folder.resolve("graph.zip").toFile();
        ComputationGraph network = graph(new LearnedUpdater(Networks.pack(rule, LearnedOptimizers.of(rule, Map.of()))).horizon(8));
        List<DataSet> data = Networks.batches(8);
        data.subList(0, 4).forEach(network::fit);
        network.save(file, true);
        ComputationGraph loaded = Attach.to(ComputationGraph.load(file, true));

        data.subList(4, 8).forEach(network::fit);
        data.subList(4, 8).forEach(loaded::fit);

        assertThat(Networks.values(loaded.params())).isEqualTo(Networks.values(network.params()));
    }

    @Test
    void replicasOfAParallelWrapperTrainAndTheGraphTrainsOn() {
        ComputationGraph network = graph(new HandDesignedUpdater("adam", 0.02));
        DataSet seen = DataSet.merge(Networks.batches(20));
        double before = network.score(seen);
        Networks.parallel(network, 20, 3);

        double after = network.score(seen);
        assertThat(after).isLessThan(0.9 * before);
        network.fit(Networks.iterator(20), 3);
        assertThat(network.score(seen)).isLessThan(0.9 * after);
    }

    /** A vertex with parameters that is no layer. */
    @Test
    void anAttentionVertexIsTrainedSavedAndRead(@TempDir Path folder) {
        ComputationGraph network = Attach.to(new ComputationGraph(Networks.builder(new LearnedUpdater(Networks.smallFc()))
                .graphBuilder()
                .addInputs("in")
                .addVertex("attention", new AttentionVertex.Builder().nInKeys(Networks.INPUTS).nInQueries(Networks.INPUTS)
                        .nInValues(Networks.INPUTS).nOut(8).nHeads(2).headSize(4).projectInput(true).build(), "in", "in", "in")
                .addLayer("out", new RnnOutputLayer.Builder(LossFunction.MCXENT).dataFormat(RNNFormat.NCW)
                        .activation(Activation.SOFTMAX).nIn(8).nOut(Networks.CLASSES).build(), "attention")
                .setOutputs("out")
                .build()));
        INDArray before = network.getVertex("attention").params().dup();
        List<DataSet> data = Networks.sequences(4);
        data.subList(0, 2).forEach(network::fit);
        Path file = folder.resolve("graph.zip");
        NetworkFile.write(network, file);
        ComputationGraph read = NetworkFile.readGraph(file);

        data.subList(2, 4).forEach(network::fit);
        data.subList(2, 4).forEach(read::fit);

        assertThat(Networks.values(network.getVertex("attention").params())).isNotEqualTo(Networks.values(before));
        assertThat(Networks.values(read.params())).isEqualTo(Networks.values(network.params()));
        assertThat(Attach.detach(network).getConfiguration().toJson()).doesNotContain("io.evolo");
    }
}
