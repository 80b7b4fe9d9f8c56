package io.evolo.optimizers.dl4j;

import java.util.List;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** DL4J's layers around layers, each as the first of a small network. */
enum Wrapped {
    LAST_TIME_STEP(8, false) {
        @Override
        Layer layer() {
            return new LastTimeStep(lstm());
        }
    },
    LAST_OF_BIDIRECTIONAL(16, false) {
        @Override
        Layer layer() {
            return new LastTimeStep(new Bidirectional(Bidirectional.Mode.CONCAT, lstm()));
        }
    },
    MASK_ZERO(8, true) {
        @Override
        Layer layer() {
            return new MaskZeroLayer(lstm(), 0);
        }
    },
    TIME_DISTRIBUTED(8, true) {
        @Override
        Layer layer() {
            return new TimeDistributed(new DenseLayer.Builder().nIn(Networks.INPUTS).nOut(8).build(), RNNFormat.NCW);
        }
    },
    BIDIRECTIONAL(16, true) {
        @Override
        Layer layer() {
            return new Bidirectional(Bidirectional.Mode.CONCAT, lstm());
        }
    };

    private final int units;
    private final boolean sequences;

    Wrapped(int units, boolean sequences) {
        this.units = units;
        this.sequences = sequences;
    }

    /** A fresh one. */
    abstract Layer layer();

    private static LSTM lstm() {
        return new LSTM.Builder().nIn(Networks.INPUTS).nOut(8).build();
    }

    MultiLayerConfiguration network(IUpdater updater) {
        return network(updater, layer());
    }

    /** With this layer in place of a fresh one. */
    MultiLayerConfiguration network(IUpdater updater, Layer first) {
        NeuralNetConfiguration.ListBuilder layers = Networks.builder(updater).list().layer(first);
        return (sequences
                        ? layers.layer(new RnnOutputLayer.Builder(LossFunction.MCXENT).dataFormat(RNNFormat.NCW)
                                .activation(Activation.SOFTMAX).nIn(units).nOut(Networks.CLASSES).build())
                        : layers.layer(new OutputLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).nIn(units)
                                .nOut(Networks.CLASSES).build()))
                .build();
    }

    /** Four batches. */
    List<DataSet> data() {
        return sequences
                ? Networks.sequences(4)
                : Networks.sequences(4).stream()
                        .map(batch -> new DataSet(batch.getFeatures(),
                                batch.getLabels().get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.point(5)).dup()))
                        .toList();
    }
}
