package io.evolo.optimizers.dl4j;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.optimizers.learned.Celo2;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.Packages;
import io.evolo.optimizers.learned.SmallFc;
import io.evolo.tasks.Rng;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Small networks, data and packages for the tests. */
final class Networks {
    static final int INPUTS = 20;
    static final int CLASSES = 5;
    static final int SIDE = 8;

    private Networks() {}

    /** A fresh small_fc of little steps: it need not train well to be told apart. */
    static LearnedOptimizerPackage smallFc() {
        return pack("small", SmallFc.of(4));
    }

    static LearnedOptimizerPackage celo2() {
        return pack("celo2", Celo2.published());
    }

    static LearnedOptimizerPackage pack(String name, LearnedOptimizer rule) {
        return Packages.pack(name, rule, rule.initTheta(Rng.of(1, "dl4j-test")), new TreeMap<>(), "Apache-2.0");
    }

    /** An array's values, to be compared bit by bit: ND4J's own equals allows for 1e-5. */
    static float[] values(INDArray array) {
        return array.dup('c').data().asFloat();
    }

    static NeuralNetConfiguration.Builder builder(IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .seed(7)
                .weightInit(WeightInit.XAVIER)
                .activation(Activation.TANH)
                .updater(updater);
    }

    /** 20-16-16-5. */
    static MultiLayerConfiguration mlp(NeuralNetConfiguration.Builder builder) {
        return builder.list()
                .layer(new DenseLayer.Builder().nIn(INPUTS).nOut(16).build())
                .layer(new DenseLayer.Builder().nIn(16).nOut(16).build())
                .layer(output(16))
                .build();
    }

    /** A convolution, batch norm, pooling, and two dense layers on 8×8 images. */
    static MultiLayerConfiguration convolutional(NeuralNetConfiguration.Builder builder) {
        return builder.list()
                .layer(new ConvolutionLayer.Builder(3, 3).nOut(6).build())
                .layer(new BatchNormalization())
                .layer(new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX).kernelSize(2, 2).stride(2, 2).build())
                .layer(new DenseLayer.Builder().nOut(10).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).nOut(CLASSES).build())
                .setInputType(InputType.convolutionalFlat(SIDE, SIDE, 1))
                .build();
    }

    static MultiLayerConfiguration recurrent(NeuralNetConfiguration.Builder builder) {
        return builder.list()
                .layer(new LSTM.Builder().nIn(INPUTS).nOut(8).build())
                .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).nIn(8).nOut(CLASSES).build())
                .build();
    }

    static ComputationGraphConfiguration graph(NeuralNetConfiguration.Builder builder) {
        return builder.graphBuilder()
                .addInputs("in")
                .addLayer("left", new DenseLayer.Builder().nIn(INPUTS).nOut(8).build(), "in")
                .addLayer("right", new DenseLayer.Builder().nIn(INPUTS).nOut(6).build(), "in")
                .addLayer("out", output(14), "left", "right")
                .setOutputs("out")
                .build();
    }

    private static OutputLayer output(int inputs) {
        return new OutputLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).nIn(inputs).nOut(CLASSES).build();
    }

    /** Batches of 12 of a learnable problem: the class is the largest of the first five inputs. */
    static List<DataSet> batches(int count) {
        return batches(count, INPUTS);
    }

    static List<DataSet> batches(int count, int inputs) {
        Rng rng = Rng.of(3, "dl4j-data");
        List<DataSet> batches = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            float[] values = new float[12 * inputs];
            rng.fillGaussian(values, 1);
            INDArray x = Nd4j.createFromArray(values).reshape(12, inputs);
            INDArray y = Nd4j.zeros(12, CLASSES);
            for (int j = 0; j < 12; j++) {
                int best = 0;
                for (int k = 1; k < CLASSES; k++) {
                    best = values[j * inputs + k] > values[j * inputs + best] ? k : best;
                }
                y.putScalar(j, best, 1);
            }
            batches.add(new DataSet(x, y));
        }
        return batches;
    }

    /** Batches of 12 examples, of {@link #batches(int)}. */
    static DataSetIterator iterator(int batches) {
        return new ListDataSetIterator<>(List.of(DataSet.merge(batches(batches)).asList().toArray(DataSet[]::new)), 12);
    }

    /** Trains two replicas, whose parameters and states are averaged after every step. */
    static <T extends Model> void parallel(T network, int batches, int epochs) {
        ParallelWrapper wrapper = new ParallelWrapper.Builder<>(network)
                .workers(2)
                .averagingFrequency(1)
                .averageUpdaters(true)
                .prefetchBuffer(0)
                .build();
        for (int epoch = 0; epoch < epochs; epoch++) {
            wrapper.fit(iterator(batches));
        }
        wrapper.shutdown();
    }

    /** Batches of 4 sequences of length 6. */
    static List<DataSet> sequences(int count) {
        Rng rng = Rng.of(4, "dl4j-sequences");
        List<DataSet> batches = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            float[] values = new float[4 * INPUTS * 6];
            rng.fillGaussian(values, 1);
            INDArray y = Nd4j.zeros(4, CLASSES, 6);
            for (int j = 0; j < 24; j++) {
                y.putScalar(j / 6, rng.nextInt(CLASSES), j % 6, 1);
            }
            batches.add(new DataSet(Nd4j.createFromArray(values).reshape(4, INPUTS, 6), y));
        }
        return batches;
    }
}
