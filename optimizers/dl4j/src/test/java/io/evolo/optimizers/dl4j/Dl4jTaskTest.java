package io.evolo.optimizers.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evolo.meta.Trial;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.tasks.BatchKey;
import io.evolo.tasks.Evaluation;
import io.evolo.tasks.NetworkTask;
import io.evolo.tasks.Optimizee;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Split;
import io.evolo.tasks.Task;
import io.evolo.tasks.data.DataSpec;
import io.evolo.tasks.data.Dataset;
import io.evolo.tasks.families.Mlp;
import io.evolo.tasks.families.NetworkFamily;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

class Dl4jTaskTest {
    private static final Dataset DIGITS = DataSpec.strokes(8).load();
    private static final int WIDTH = 24;
    private static final int BATCH = 16;

    private static MultiLayerConfiguration mlp() {
        return new NeuralNetConfiguration.Builder()
                .updater(new Sgd(1))
                .activation(Activation.RELU)
                .list()
                .layer(new DenseLayer.Builder().nIn(DIGITS.features()).nOut(WIDTH).build())
                .layer(new DenseLayer.Builder().nIn(WIDTH).nOut(WIDTH).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nIn(WIDTH)
                        .nOut(DIGITS.classes())
                        .build())
                .build();
    }

    private static Task task() {
        return Dl4jTask.of("mlp", mlp(), Dl4jData.of(DIGITS), BATCH);
    }

    private static SameDiffTask sameDiff() {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, DIGITS.features());
        SDVariable y = graph.placeHolder("y", DataType.FLOAT, -1, DIGITS.classes());
        SDVariable h = x;
        int in = DIGITS.features();
        for (int layer = 0; layer < 2; layer++) {
            SDVariable w = graph.var("t" + 2 * layer, Nd4j.zeros(DataType.FLOAT, in, WIDTH));
            h = graph.nn.relu(h.mmul(w).add(graph.var("t" + (2 * layer + 1), Nd4j.zeros(DataType.FLOAT, WIDTH))), 0);
            in = WIDTH;
        }
        SDVariable w = graph.var("t4", Nd4j.zeros(DataType.FLOAT, WIDTH, DIGITS.classes()));
        SDVariable logits = h.mmul(w).add(graph.var("t5", Nd4j.zeros(DataType.FLOAT, DIGITS.classes())));
        graph.loss.softmaxCrossEntropy("loss", y, logits, null);
        graph.setLossVariables("loss");
        return new SameDiffTask("graph", graph, "x", "y", Dl4jData.of(DIGITS), BATCH);
    }

    @Test
    void gradientsOfDl4jSameDiffAndThisProjectsNetworkAgree() {
        NetworkTask own =
                NetworkFamily.of(Mlp.of(2), WIDTH, BATCH, Parametrization.standard(), DIGITS).sample(Rng.of(0, "unused"));

        assertAgrees(own, task());
        assertAgrees(own, sameDiff());
    }

    private static void assertAgrees(Task own, Task theirs) {
        assertThat(theirs.layout().size()).isEqualTo(own.layout().size());
        float[] w = new float[own.layout().size()];
        own.open().init(Rng.of(1, "weights"), w);
        Rng.of(2, "weights").fillGaussian(w, 0.15);
        float[] expected = new float[w.length];
        float[] got = new float[w.length];
        BatchKey key = BatchKey.of(Split.TRAIN, 5, "agree");

        for (int step = 0; step < 3; step++) {
            float loss = own.open().lossAndGradient(w, key, step, expected);
            Optimizee optimizee = theirs.open();
            assertThat(optimizee.lossAndGradient(w, key, step, got)).isCloseTo(loss, within(1e-4f));
            assertThat(optimizee.loss(w, key, step)).isCloseTo(loss, within(1e-4f));
            assertThat(got).containsExactly(expected, within(1e-4f));
        }
    }

    @Test
    void tasksAreEqualIfConfigurationAndDataAre() {
        assertThat(task()).isEqualTo(task()).hasSameHashCodeAs(task());
        assertThat(Dl4jTask.of("mlp", mlp(), Dl4jData.of(DIGITS), BATCH + 1)).isNotEqualTo(task());
    }

    @Test
    void aTrialOfThisProjectTrainsADl4jNetwork() {
        Trial trial = Trial.run(task(), HandDesigned.named("adam", Schedules.constant(0.01)), 150, 1, Trial.Purpose.JUDGING, 0, 500,
                (step, loss) -> {});

        assertThat(trial.diverged()).isFalse();
        assertThat(trial.trainLoss()).isLessThan(0.6 * trial.initialLoss());
        assertThat(trial.testAccuracy()).isGreaterThan(0.5);
    }

    @Test
    void aTrialOfThisProjectTrainsASameDiffGraph() {
        Trial trial = Trial.run(sameDiff(), HandDesigned.named("adam", Schedules.constant(0.01)), 100, 1, Trial.Purpose.JUDGING, 0,
                500, (step, loss) -> {});

        assertThat(trial.trainLoss()).isLessThan(0.8 * trial.initialLoss());
    }

    @Test
    void evaluationCountsTheLastShortBatchByItsExamples() {
        Optimizee optimizee = task().open();
        float[] w = new float[task().layout().size()];
        optimizee.init(Rng.of(1, "weights"), w);

        Evaluation all = optimizee.evaluate(w, Split.TEST, BATCH + 3);

        assertThat(all.examples()).isEqualTo(BATCH + 3);
        assertThat(all.loss()).isPositive();
        assertThat(all.accuracy() * (BATCH + 3)).isCloseTo(Math.rint(all.accuracy() * (BATCH + 3)), within(1e-3));
    }

    @Test
    void convolutionalNetworksWithBatchNormAreTasksWithoutRunningStatistics() {
        Task task = Dl4jTask.of("conv", Networks.convolutional(Networks.builder(new Sgd(1))), Dl4jData.of("noise",
                DataSet.merge(Networks.batches(4, 64)), DataSet.merge(Networks.batches(2, 64))), 8);
        Optimizee optimizee = task.open();
        float[] w = new float[task.layout().size()];
        float[] gradient = new float[w.length];
        optimizee.init(Rng.of(1, "weights"), w);
        BatchKey key = BatchKey.of(Split.TRAIN, 5, "conv");
        optimizee.lossAndGradient(w, key, 0, gradient);

        // conv 9·6 + 6, gain and shift 12, dense 54·10 + 10, output 55
        assertThat(task.layout().size()).isEqualTo(60 + 12 + 550 + 55);
        float slope = 0;
        float h = 1e-2f / norm(gradient);
        float[] ahead = w.clone();
        float[] behind = w.clone();
        for (int i = 0; i < w.length; i++) {
            slope += gradient[i] * gradient[i];
            ahead[i] += h * gradient[i];
            behind[i] -= h * gradient[i];
        }
        float measured = (optimizee.loss(ahead, key, 0) - optimizee.loss(behind, key, 0)) / (2 * h);
        assertThat(measured).isCloseTo(slope, within(0.02f * slope));
    }

    private static float norm(float[] x) {
        double sum = 0;
        for (float value : x) {
            sum += value * value;
        }
        return (float) Math.sqrt(sum);
    }

    @Test
    void masksRegularizationAndDropoutAreRefused() {
        DataSet masked = Networks.sequences(12).getFirst();
        masked.setLabelsMaskArray(Nd4j.ones(4, 6));
        DataSet train = DataSet.merge(Networks.batches(2));

        assertThatThrownBy(() -> Dl4jData.of("masked", train, masked)).hasMessageContaining("masks");
        assertThatThrownBy(() -> Dl4jTask.of("l2", Networks.mlp(Networks.builder(new Sgd(1)).l2(1e-3)), Dl4jData.of(DIGITS), 8))
                .hasMessageContaining("layer0")
                .hasMessageContaining("regularization");
        assertThatThrownBy(() ->
                        Dl4jTask.of("drop", Networks.mlp(Networks.builder(new Sgd(1)).dropOut(0.5)), Dl4jData.of(DIGITS), 8))
                .hasMessageContaining("dropout");
    }
}
