package io.evolo.optimizers.dl4j;

import io.evolo.tasks.Rng;
import io.evolo.tasks.Split;
import io.evolo.tasks.data.DataSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * The held-out losses of docs/benchmarks/dl4j.md; no test by its name, so that builds leave it alone. Adam's rate and schedule are
 * chosen by the held-out loss itself, in favour of Adam.
 */
@EnabledIfSystemProperty(named = "evolo.heldout", matches = "true")
class HeldOutTables {
    private static final int BATCH = 32;
    private static final int[] EPOCHS = {1, 3, 10, 50};
    private static final double[] RATES = {3e-4, 1e-3, 3e-3, 1e-2, 3e-2};

    private record Subject(
            String name, Function<NeuralNetConfiguration.Builder, MultiLayerConfiguration> network, List<DataSet> train, DataSet test) {}

    /** A rate that falls to 0 by half a cosine. */
    private record Cosine(double rate, int steps) implements ISchedule {
        @Override
        public double valueAt(int iteration, int epoch) {
            return rate * (1 + StrictMath.cos(Math.PI * Math.min(1, iteration / (double) steps))) / 2;
        }

        @Override
        public ISchedule clone() {
            return this;
        }
    }

    @Test
    void print() {
        for (Subject subject : List.of(mlp(), classification(), regression(), lenet())) {
            for (int epochs : EPOCHS) {
                int steps = epochs * ((subject.train().size() + BATCH - 1) / BATCH);
                double best = Double.POSITIVE_INFINITY;
                String which = "";
                for (double rate : RATES) {
                    for (Map.Entry<String, ISchedule> schedule :
                            Map.of("constant", new FixedSchedule(rate), "cosine", new Cosine(rate, steps)).entrySet()) {
                        double loss = heldOut(subject, new Adam(schedule.getValue()), epochs);
                        which = loss < best ? schedule.getKey() + " " + rate : which;
                        best = Math.min(best, loss);
                    }
                }
                System.out.printf(Locale.ROOT, "| %s | %d | %.4f | %.4f (%s) | %.4f | %.4f |%n", subject.name(), epochs,
                        heldOut(subject, new Adam(1e-3), epochs), best, which,
                        heldOut(subject, LearnedUpdater.load("evolo-default").horizon(steps), epochs),
                        heldOut(subject, LearnedUpdater.load("evolo-adafactor").horizon(steps), epochs));
            }
        }
    }

    private static double heldOut(Subject subject, IUpdater updater, int epochs) {
        NeuralNetConfiguration.Builder builder = Networks.builder(updater).activation(Activation.RELU);
        MultiLayerNetwork network = new MultiLayerNetwork(subject.network().apply(builder));
        network.init();
        if (updater instanceof RuleUpdater) {
            Attach.to(network);
        }
        network.fit(new ListDataSetIterator<>(subject.train(), BATCH), epochs);
        return network.score(subject.test(), false);
    }

    private static Subject mlp() {
        DataSet[] digits = digits();
        return new Subject("digits, 256-64-64-10", builder -> builder.list()
                .layer(new DenseLayer.Builder().nIn(256).nOut(64).build())
                .layer(new DenseLayer.Builder().nIn(64).nOut(64).build())
                .layer(softmax(64))
                .build(), digits[0].asList(), digits[1]);
    }

    private static Subject lenet() {
        DataSet[] digits = digits();
        return new Subject("digits, LeNet of 6 and 12 channels", builder -> builder.list()
                .layer(new ConvolutionLayer.Builder(3, 3).nOut(6).build())
                .layer(new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX).kernelSize(2, 2).stride(2, 2).build())
                .layer(new ConvolutionLayer.Builder(3, 3).nOut(12).build())
                .layer(new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX).kernelSize(2, 2).stride(2, 2).build())
                .layer(new DenseLayer.Builder().nOut(32).build())
                .layer(softmax(32))
                .setInputType(InputType.convolutionalFlat(16, 16, 1))
                .build(), digits[0].asList(), digits[1]);
    }

    private static Subject classification() {
        return new Subject("table of 20 columns, 5 classes, 20-64-64-5", builder -> builder.list()
                .layer(new DenseLayer.Builder().nIn(Networks.INPUTS).nOut(64).build())
                .layer(new DenseLayer.Builder().nIn(64).nOut(64).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).nIn(64).nOut(Networks.CLASSES).build())
                .build(), table(0, 67), DataSet.merge(table(67, 109)));
    }

    private static List<DataSet> table(int from, int to) {
        return new ArrayList<>(DataSet.merge(Networks.batches(to).subList(from, to)).asList());
    }

    /** y = sin(2 x0) + x1·x2 − |x3| + noise of .1, of 8 columns. */
    private static Subject regression() {
        Rng rng = Rng.of(11, "regression");
        List<DataSet> rows = new ArrayList<>();
        for (int i = 0; i < 1300; i++) {
            float[] x = new float[8];
            rng.fillGaussian(x, 1);
            double y = StrictMath.sin(2 * x[0]) + x[1] * x[2] - Math.abs(x[3]) + 0.1 * rng.gaussian();
            INDArray target = Nd4j.createFromArray((float) y).reshape(1, 1);
            rows.add(new DataSet(Nd4j.createFromArray(x).reshape(1, 8), target));
        }
        return new Subject("table of 8 columns, regression, 8-64-64-1", builder -> builder.list()
                .layer(new DenseLayer.Builder().nIn(8).nOut(64).build())
                .layer(new DenseLayer.Builder().nIn(64).nOut(64).build())
                .layer(new OutputLayer.Builder(LossFunction.MSE).activation(Activation.IDENTITY).nIn(64).nOut(1).build())
                .build(), rows.subList(0, 800), DataSet.merge(rows.subList(800, 1300)));
    }

    private static DataSet[] digits() {
        Dl4jData data = Dl4jData.of(DataSpec.strokes(16).load());
        List<DataSet> train = data.dataSet(Split.TRAIN).asList();
        List<DataSet> test = data.dataSet(Split.TEST).asList();
        return new DataSet[] {DataSet.merge(train.subList(0, Math.min(800, train.size()))), DataSet.merge(test.subList(0, Math.min(500, test.size())))};
    }

    private static OutputLayer softmax(int inputs) {
        return new OutputLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).nIn(inputs).nOut(10).build();
    }
}
