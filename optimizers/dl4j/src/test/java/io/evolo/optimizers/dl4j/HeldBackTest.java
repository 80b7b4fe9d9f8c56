package io.evolo.optimizers.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.optimizers.guard.Rails;
import io.evolo.optimizers.learned.SmallFc;
import io.evolo.tasks.Rng;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.slf4j.event.Level;

/** Targets that nobody has scaled, and rails and guard for what goes wrong with them. */
class HeldBackTest {
    private static final Rails GOING_BACK = new Rails(Double.POSITIVE_INFINITY, true, Double.POSITIVE_INFINITY, 1, 3, 0, 1);

    /** Prices of houses, in the hundreds of thousands, of their sizes in square feet and the like. */
    private static List<DataSet> houses(int batches) {
        Rng rng = Rng.of(9, "houses");
        List<DataSet> data = new ArrayList<>();
        for (int batch = 0; batch < batches; batch++) {
            INDArray x = Nd4j.create(16, 4);
            INDArray y = Nd4j.create(16, 1);
            for (int i = 0; i < 16; i++) {
                double area = 800 + 3000 * rng.nextDouble();
                x.putRow(i, Nd4j.createFromArray((float) area, (float) (5000 * rng.nextDouble()), rng.nextInt(6), 1900 + rng.nextInt(120)));
                y.putScalar(i, 0, 50_000 + 200 * area);
            }
            data.add(new DataSet(x, y));
        }
        return data;
    }

    private static MultiLayerNetwork regression(LearnedUpdater updater) {
        return Attach.to(new MultiLayerNetwork(Networks.builder(updater).activation(Activation.RELU).list()
                .layer(new DenseLayer.Builder().nIn(4).nOut(16).build())
                .layer(new OutputLayer.Builder(LossFunction.MSE).activation(Activation.IDENTITY).nIn(16).nOut(1).build())
                .build()));
    }

    private static DataSet spoiled(DataSet good) {
        DataSet bad = good.copy();
        bad.getLabels().putScalar(0, 0, Float.NaN);
        return bad;
    }

    @ParameterizedTest
    @ValueSource(strings = {"evolo-adafactor", "evolo-mulo", "evolo-default"})
    void unscaledPricesLeaveTheNetworkFinite(String name) {
        MultiLayerNetwork network = regression(LearnedUpdater.load(name).horizon(60));
        for (DataSet batch : houses(60)) {
            network.fit(batch);
        }

        assertThat(Networks.values(network.params())).doesNotContain(Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);
    }

    @Test
    void aFreshSmallFcStaysFiniteOnThemToo() {
        MultiLayerNetwork network = regression(new LearnedUpdater(Networks.smallFc()));
        for (DataSet batch : houses(30)) {
            batch.getLabels().muli(1e6f);
            network.fit(batch);
        }

        assertThat(Networks.values(network.params())).doesNotContain(Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);
    }

    @Test
    void aBadLossTakesTheNetworkBackAndIsSaidOnce() {
        List<DataSet> data = houses(4);
        MultiLayerNetwork network = regression(new LearnedUpdater(Networks.smallFc()).rails(GOING_BACK).rate(0.5));
        INDArray older = network.params().dup(); // the older of two copies, made before each step
        network.fit(data.get(0));
        network.fit(data.get(1));
        assertThat(AttachTest.distance(network.params(), older)).isPositive();
        RecordedLog.clear();

        network.fit(spoiled(data.get(2)));
        INDArray back = network.params().dup();
        network.fit(spoiled(data.get(3)));

        assertThat(AttachTest.distance(back, older)).isLessThan(1e-6f); // before less the way back is rounded
        assertThat(RecordedLog.lines(Level.WARN)).singleElement().asString().contains("held back by its rails", "1 not finite");
        network.fit(data.get(3));
        assertThat(Networks.values(network.params())).doesNotContain(Float.NaN);
    }

    @Test
    void withoutRailsTheSameLossIsTheNetworksEnd() {
        MultiLayerNetwork network = regression(new LearnedUpdater(Networks.smallFc()));
        network.fit(spoiled(houses(1).getFirst()));

        assertThat(Networks.values(network.params())).contains(Float.NaN);
    }

    @Test
    void railsThatDoNotActChangeNoBit() {
        Rails rails = new Rails(100, true, Double.POSITIVE_INFINITY, 2, 3, 0, 1);
        List<MultiLayerNetwork> networks = Stream.of(new LearnedUpdater(Networks.smallFc()), new LearnedUpdater(Networks.smallFc()).rails(rails))
                .map(updater -> Attach.to(new MultiLayerNetwork(Networks.mlp(Networks.builder(updater)))))
                .toList();
        for (DataSet batch : Networks.batches(6)) {
            networks.forEach(network -> network.fit(batch));
        }

        assertThat(Networks.values(networks.get(1).params())).isEqualTo(Networks.values(networks.get(0).params()));
    }

    @Test
    void copiesAndFilesHaveThem(@TempDir Path folder) {
        MultiLayerNetwork network = regression(new LearnedUpdater(Networks.smallFc()).rails(GOING_BACK));
        List<DataSet> data = houses(4);
        network.fit(data.get(0));
        network.fit(data.get(1));
        NetworkFile.write(network, folder.resolve("network.zip"));
        MultiLayerNetwork read = NetworkFile.readLayers(folder.resolve("network.zip"));
        DataSet bad = spoiled(data.get(2));

        network.fit(bad);
        read.fit(bad);

        assertThat(Networks.values(read.params())).isEqualTo(Networks.values(network.params())).doesNotContain(Float.NaN);
    }

    @Test
    void theGuardSaysOnceATensorWhatTheRuleNeverSaw() {
        LearnedOptimizerPackage packed = Networks.pack("guarded", SmallFc.of(4));
        Map<String, float[]> seen = LearnedUpdater.load("evolo-default").learned().featureStatistics();
        LearnedUpdater updater = new LearnedUpdater(packed.withFeatureStatistics(seen)).guard();
        MultiLayerNetwork network = regression(updater);
        RecordedLog.clear();
        houses(25).forEach(network::fit);

        List<String> lines = RecordedLog.lines(Level.WARN);
        assertThat(lines).isNotEmpty().hasSizeLessThanOrEqualTo(4).doesNotHaveDuplicates();
    }

    @Test
    void aGuardWithoutStatisticsIsRefusedAtOnce() {
        LearnedUpdater updater = new LearnedUpdater(Networks.smallFc());

        assertThatThrownBy(updater::guard).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("no feature statistics");
    }
}
