package io.evolo.optimizers.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

class AttachTest {

    @Test
    void sgdOfThisProjectMovesAnMlpAsDl4jsDoes() {
        sameAsDl4js(new HandDesignedUpdater("sgd", 0.1), new Sgd(0.1), 1e-6f);
    }

    @Test
    void adamOfThisProjectMovesAnMlpAsDl4jsDoes() {
        // DL4J adds epsilon before the bias correction, which tells where gradients are near zero; the parameters move by 0.1.
        sameAsDl4js(new HandDesignedUpdater("adam", 0.01), new Adam(0.01), 1e-3f);
    }

    private static void sameAsDl4js(RuleUpdater ours, IUpdater theirs, float tolerance) {
        MultiLayerNetwork a = Attach.to(new MultiLayerNetwork(Networks.mlp(Networks.builder(ours).l2(1e-3))));
        MultiLayerNetwork b = new MultiLayerNetwork(Networks.mlp(Networks.builder(theirs).l2(1e-3)));
        b.init();
        for (DataSet batch : Networks.batches(10)) {
            a.fit(batch);
            b.fit(batch);
        }
        assertThat(distance(a.params(), b.params())).isLessThan(tolerance);
    }

    @Test
    void convolutionsWithBatchNormAndRecurrentNetworksMoveAsWithDl4jsSgd() {
        RuleUpdater ours = new HandDesignedUpdater("sgd", 0.1);
        check(Networks.convolutional(Networks.builder(ours)), Networks.convolutional(Networks.builder(new Sgd(0.1))),
                Networks.batches(5, Networks.SIDE * Networks.SIDE));
        check(Networks.recurrent(Networks.builder(ours)), Networks.recurrent(Networks.builder(new Sgd(0.1))),
                Networks.sequences(5));
    }

    private static void check(MultiLayerConfiguration ours, MultiLayerConfiguration theirs, List<DataSet> data) {
        MultiLayerNetwork a = Attach.to(new MultiLayerNetwork(ours));
        MultiLayerNetwork b = new MultiLayerNetwork(theirs);
        b.init();
        for (DataSet batch : data) {
            a.fit(batch);
            b.fit(batch);
        }
        assertThat(distance(a.params(), b.params())).isLessThan(2e-6f);
    }

    @Test
    void aGraphMovesAsWithDl4jsSgd() {
        ComputationGraph a = Attach.to(new ComputationGraph(Networks.graph(Networks.builder(new HandDesignedUpdater("sgd", 0.1)))));
        ComputationGraph b = new ComputationGraph(Networks.graph(Networks.builder(new Sgd(0.1))));
        b.init();
        for (DataSet batch : Networks.batches(5)) {
            a.fit(batch);
            b.fit(batch);
        }
        assertThat(distance(a.params(), b.params())).isLessThan(1e-6f);
    }

    @Test
    void withoutAttachTheFirstFitSaysWhatToCall() {
        MultiLayerNetwork network = new MultiLayerNetwork(Networks.mlp(Networks.builder(new LearnedUpdater(Networks.smallFc()))));
        network.init();

        assertThatThrownBy(() -> network.fit(Networks.batches(1).getFirst()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Attach.to(network)");
    }

    @Test
    void aLearnedPackageMovesAllTensors() {
        MultiLayerNetwork network =
                Attach.to(new MultiLayerNetwork(Networks.mlp(Networks.builder(new LearnedUpdater(Networks.smallFc())))));
        INDArray before = network.params().dup();

        Networks.batches(3).forEach(network::fit);

        assertThat(network.params().sub(before).eq(0).castTo(before.dataType()).sumNumber().intValue()).isZero();
    }

    static float distance(INDArray a, INDArray b) {
        return a.sub(b).amaxNumber().floatValue();
    }
}
