package io.evolo.optimizers.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** A learned rule's updates can be multiplied. */
class RateTest {
    private static final List<DataSet> DATA = Networks.batches(6);

    private static LearnedUpdater learned() {
        return new LearnedUpdater(Networks.celo2());
    }

    private static MultiLayerNetwork network(LearnedUpdater updater) {
        return Attach.to(new MultiLayerNetwork(Networks.mlp(Networks.builder(updater))));
    }

    /** What the first step changes. */
    private static INDArray change(MultiLayerNetwork network) {
        INDArray before = network.params().dup();
        network.fit(DATA.getFirst());
        return network.params().sub(before);
    }

    @Test
    void aStepIsMultiplied() {
        INDArray usual = change(network(learned()));
        INDArray quarter = change(network(learned().rate(0.25)));

        assertThat(usual.norm2Number().floatValue()).isPositive();
        assertThat(AttachTest.distance(usual.mul(0.25), quarter)).isLessThan(1e-7f); // the parameters are below 1
    }

    @Test
    void aScheduleOfDl4jsIsFollowedByCopiesAndFilesToo(@TempDir Path folder) {
        LearnedUpdater updater = learned().rate(new MapSchedule(ScheduleType.ITERATION, Map.of(0, 1.0, 2, 0.125)));
        MultiLayerNetwork network = network(updater);
        MultiLayerNetwork usual = network(learned());
        DATA.subList(0, 2).forEach(network::fit);
        DATA.subList(0, 2).forEach(usual::fit);
        assertThat(Networks.values(network.params())).isEqualTo(Networks.values(usual.params()));
        Path file = folder.resolve("network.zip");
        NetworkFile.write(network, file);
        MultiLayerNetwork read = NetworkFile.readLayers(file);
        MultiLayerNetwork clone = network.clone();
        INDArray before = network.params().dup();

        network.fit(DATA.get(2));
        usual.fit(DATA.get(2));
        read.fit(DATA.get(2));
        clone.fit(DATA.get(2));

        assertThat(AttachTest.distance(usual.params().sub(before).mul(0.125), network.params().sub(before))).isLessThan(1e-7f);
        assertThat(Networks.values(read.params())).isEqualTo(Networks.values(network.params()));
        assertThat(Networks.values(clone.params())).isEqualTo(Networks.values(network.params()));
    }

    @Test
    void aRateIsChangedInTheMidstAndTheStateStays() {
        MultiLayerNetwork network = network(learned());
        MultiLayerNetwork usual = network(learned());
        DATA.subList(0, 3).forEach(network::fit);
        DATA.subList(0, 3).forEach(usual::fit);
        INDArray before = network.params().dup();

        Attach.rate(network, 0.5);
        network.fit(DATA.get(3));
        usual.fit(DATA.get(3));

        assertThat(network.getLearningRate(0)).isEqualTo(0.5);
        assertThat(AttachTest.distance(usual.params().sub(before).mul(0.5), network.params().sub(before))).isLessThan(1e-7f);
        assertThatThrownBy(() -> Attach.rate(network, 0)).hasMessageContaining("expected a positive number");
    }

    @Test
    void aGraphsRateIsChangedToo() {
        ComputationGraph network = Attach.to(new ComputationGraph(Networks.graph(Networks.builder(learned()))));
        ComputationGraph usual = network.clone();

        Attach.rate(network, 0.5);
        INDArray before = network.params().dup();
        network.fit(DATA.getFirst());
        usual.fit(DATA.getFirst());

        assertThat(AttachTest.distance(usual.params().sub(before).mul(0.5), network.params().sub(before))).isLessThan(1e-7f);
    }
}
