package io.evolo.optimizers.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.learning.regularization.L1Regularization;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.Regularization.ApplyStep;
import org.nd4j.linalg.learning.regularization.WeightDecay;

/**
 * What this module takes for granted of DL4J 1.0.0-M2.1, said without a class of this module: where another release differs, the test
 * here that fails says what has to be ported first. Decision 24 has what relies on each.
 */
class Dl4jContractTest {

    private static MultiLayerNetwork network(IUpdater updater) {
        MultiLayerNetwork network = new MultiLayerNetwork(Networks.mlp(Networks.builder(updater)));
        network.init();
        return network;
    }

    private static List<UpdaterBlock> blocks(MultiLayerNetwork network) {
        return ((BaseMultiLayerUpdater<?>) network.getUpdater()).getUpdaterBlocks();
    }

    @Test
    void aNetworksParametersAreOneArrayAndItsTensorsViewsOfIt() {
        MultiLayerNetwork network = network(new Sgd(0.1));
        long end = network.params().offset();
        for (INDArray tensor : network.paramTable().values()) {
            assertThat(tensor.offset()).isEqualTo(end);
            assertThat(tensor.ordering()).isEqualTo('f');
            end += tensor.length();
        }

        assertThat(end).isEqualTo(network.params().length());
        assertThat(network.getGradientsViewArray()).isNull(); // made by the first fit
        network.fit(Networks.batches(1).getFirst());
        assertThat(network.getGradientsViewArray().length()).isEqualTo(end);
    }

    @Test
    void neighboursWithEqualUpdatersAreOneBlockAndOthersAreNot() {
        MultiLayerNetwork one = network(new Adam(1e-3));
        assertThat(blocks(one)).singleElement().satisfies(block -> {
            assertThat(block.getParamOffsetStart()).isZero();
            assertThat((long) block.getParamOffsetEnd()).isEqualTo(one.numParams());
        });
        MultiLayerNetwork two = new MultiLayerNetwork(Networks.builder(new Adam(1e-3)).list()
                .layer(new DenseLayer.Builder().nIn(3).nOut(4).build())
                .layer(new DenseLayer.Builder().nIn(4).nOut(5).updater(new Adam(1e-2)).build())
                .build());
        two.init();
        assertThat(blocks(two)).hasSize(2);
        assertThat(blocks(two).get(1).getParamOffsetStart()).isEqualTo(blocks(two).get(0).getParamOffsetEnd());
    }

    @Test
    void aBlocksStateIsAViewOfTheNetworksWhoseSizeTheConfigurationSays() {
        MultiLayerNetwork network = network(new Adam(1e-3));
        INDArray state = network.getUpdater().getStateViewArray();

        assertThat(state.length()).isEqualTo(new Adam(1e-3).stateSize(network.numParams())).isEqualTo(2 * network.numParams());
        assertThat(blocks(network).getFirst().getUpdaterView().length()).isEqualTo(state.length());
    }

    @Test
    void whatAnUpdaterLeavesIsSubtracted() {
        MultiLayerNetwork network = network(new Sgd(1));
        INDArray before = network.params().dup();
        network.fit(Networks.batches(1).getFirst());

        assertThat(Networks.values(before.sub(network.getGradientsViewArray()))).isEqualTo(Networks.values(network.params()));
    }

    @Test
    void penaltiesAreInTheGradientThatUpdatersSeeAndWeightDecayIsNot() {
        assertThat(new L1Regularization(0.1).applyStep()).isEqualTo(ApplyStep.BEFORE_UPDATER);
        assertThat(new L2Regularization(0.1).applyStep()).isEqualTo(ApplyStep.BEFORE_UPDATER);
        assertThat(new WeightDecay(0.1, true).applyStep()).isEqualTo(ApplyStep.POST_UPDATER);
    }

    @Test
    void theLossOfTheBatchIsThereBeforeTheUpdate() {
        MultiLayerNetwork network = network(new Sgd(0.1));
        List<Double> scores = new ArrayList<>();
        network.setListeners(new BaseTrainingListener() {
            @Override
            public void onGradientCalculation(Model model) {
                scores.add(model.score());
            }
        });
        double expected = network.score(Networks.batches(1).getFirst(), true);
        network.fit(Networks.batches(1).getFirst());

        assertThat(scores.getFirst()).isCloseTo(expected, within(1e-5));
    }

    @Test
    void aLayerThatLetsGradientsPassHidesTheFrozenOneInItsConfiguration() {
        MultiLayerNetwork network = new MultiLayerNetwork(Networks.builder(new Adam(1e-3)).list()
                .layer(new FrozenLayerWithBackprop(new DenseLayer.Builder().nIn(3).nOut(4).build()))
                .layer(new DenseLayer.Builder().nIn(4).nOut(5).build())
                .build());
        network.init();

        assertThat(network.getLayer(0).conf().getLayer()).isInstanceOf(DenseLayer.class);
    }

    @Test
    void updatersImplementTheseMethods() {
        List<String> asked = Arrays.stream(GradientUpdater.class.getMethods())
                .filter(method -> Modifier.isAbstract(method.getModifiers()))
                .map(Method::getName)
                .sorted()
                .toList();

        assertThat(asked).containsExactly("applyUpdater", "getConfig", "getState", "setState", "setStateViewArray");
    }
}
