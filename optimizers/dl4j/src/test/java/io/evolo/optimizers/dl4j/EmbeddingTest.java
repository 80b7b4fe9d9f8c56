package io.evolo.optimizers.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.tasks.Rng;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Rows of an embedding that were never looked up have a gradient of zero, on which learned rules move. */
class EmbeddingTest {
    private static final int ROWS = 12;
    private static final int KNOWN = 6;

    private static MultiLayerNetwork network(RuleUpdater updater) {
        return Attach.to(new MultiLayerNetwork(Networks.builder(updater)
                .list()
                .layer(new EmbeddingLayer.Builder().nIn(ROWS).nOut(8).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).nIn(8).nOut(3).build())
                .build()));
    }

    /** Batches of 10 that look up the rows from {@code first} to before {@code end}. */
    private static List<DataSet> batches(int first, int end) {
        Rng rng = Rng.of(5, "dl4j-embedding");
        List<DataSet> batches = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            INDArray x = Nd4j.zeros(10, 1);
            INDArray y = Nd4j.zeros(10, 3);
            for (int j = 0; j < 10; j++) {
                x.putScalar(j, 0, first + (j < end - first ? j : rng.nextInt(end - first)));
                y.putScalar(j, rng.nextInt(3), 1);
            }
            batches.add(new DataSet(x, y));
        }
        return batches;
    }

    private static float[] row(MultiLayerNetwork network, int row) {
        return Networks.values(network.getLayer(0).getParam("W").getRow(row));
    }

    static Stream<LearnedOptimizerPackage> packages() {
        return Stream.of(Networks.smallFc(), Networks.celo2());
    }

    @ParameterizedTest
    @MethodSource("packages")
    void rowsStayUntilTheyAreLookedUp(LearnedOptimizerPackage learned) {
        MultiLayerNetwork network = network(new LearnedUpdater(learned).threads(2));
        MultiLayerNetwork before = network.clone();

        batches(0, KNOWN).forEach(network::fit);

        for (int row = 0; row < ROWS; row++) {
            if (row < KNOWN) {
                assertThat(row(network, row)).as("row " + row).isNotEqualTo(row(before, row));
            } else {
                assertThat(row(network, row)).as("row " + row).isEqualTo(row(before, row));
            }
        }
        batches(KNOWN, ROWS).forEach(network::fit);
        assertThat(row(network, ROWS - 1)).isNotEqualTo(row(before, ROWS - 1));
    }

    /** What has been looked up once goes on with its momentum, as in meta-training. */
    @Test
    void whatHasBeenLookedUpIsRememberedByCopiesAndFiles(@TempDir Path folder) throws IOException {
        MultiLayerNetwork network = network(new LearnedUpdater(Networks.smallFc()));
        batches(0, KNOWN).forEach(network::fit);
        float[] known = row(network, 0);
        float[] unknown = row(network, ROWS - 1);
        Path file = folder.resolve("network.zip");
        NetworkFile.write(network, file);
        MultiLayerNetwork read = NetworkFile.readLayers(file);
        MultiLayerNetwork clone = network.clone();

        List<DataSet> others = batches(KNOWN, ROWS - 1);
        others.forEach(network::fit);
        others.forEach(read::fit);
        others.forEach(clone::fit);

        assertThat(row(network, 0)).isNotEqualTo(known);
        assertThat(row(network, ROWS - 1)).isEqualTo(unknown);
        assertThat(Networks.values(read.params())).isEqualTo(Networks.values(network.params()));
        assertThat(Networks.values(clone.params())).isEqualTo(Networks.values(network.params()));
    }

    @Test
    void theyMoveWhereThatIsAskedFor() {
        MultiLayerNetwork network = network(new LearnedUpdater(Networks.smallFc()).moveUnseenRows());
        float[] unknown = row(network, ROWS - 1);

        batches(0, KNOWN).forEach(network::fit);

        assertThat(row(network, ROWS - 1)).isNotEqualTo(unknown);
    }

    /** A tensor that an earlier release wrote has no place for lookups. */
    @Test
    void aTensorOfAnEarlierReleaseIsRead() {
        Variable variable = Variable.parse("layer0_W;0;12,8;1,12;INPUT;1;8;0.0");

        assertThat(variable.rows()).isZero();
        assertThat(Variable.parse(variable.encode())).isEqualTo(variable);
    }
}
