package io.evolo.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.evolo.tasks.data.DataSpec;
import io.evolo.tasks.data.Dataset;
import io.evolo.tasks.families.Mlp;
import io.evolo.tasks.families.NetworkFamily;
import io.evolo.tasks.kernels.Twin;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NetworkTaskTest {
    private static final Dataset BLOBS = Blobs.draw(1);
    private static final BatchKey KEY = BatchKey.of(Split.TRAIN, 1, "batches");

    @Test
    void equalDescriptionsAreEqual() {
        assertThat(task(16, 8)).isEqualTo(task(16, 8)).hasSameHashCodeAs(task(16, 8));
        assertThat(task(16, 8)).isNotEqualTo(task(16, 9)).isNotEqualTo(task(17, 8));
    }

    @Test
    void aBatchHoldsTheExamplesThatItsKeyNames() {
        NetworkTask one = task(16, 1);
        NetworkTask three = task(16, 3);
        float[] w = initial(one);
        NetworkOptimizee single = one.open();
        double mean = 0;
        for (int position = 0; position < 3; position++) {
            int wanted = KEY.example(5, position, BLOBS.examples(Split.TRAIN));
            mean += single.loss(w, keyOf(wanted), 0) / 3;
        }

        assertThat((double) three.open().loss(w, KEY, 5)).isCloseTo(mean, within(1e-6));
    }

    @Test
    void gradientDescentLearnsTheBlobs() {
        NetworkTask task = task(16, 20);
        NetworkOptimizee optimizee = task.open();
        float[] w = initial(task);
        float[] gradient = new float[w.length];
        Evaluation before = optimizee.evaluate(w, Split.TEST, 1000);
        for (int step = 0; step < 200; step++) {
            optimizee.lossAndGradient(w, KEY, step, gradient);
            for (int i = 0; i < w.length; i++) {
                w[i] -= 0.5f * gradient[i];
            }
        }
        Evaluation after = optimizee.evaluate(w, Split.TEST, 1000);

        assertThat(before.examples()).isEqualTo(BLOBS.examples(Split.TEST));
        assertThat(after.accuracy()).isGreaterThan(0.9).isGreaterThan(before.accuracy());
        assertThat(after.loss()).isLessThan(0.4);
    }

    @Test
    void evaluationDoesNotDependOnTheBatchSize() {
        float[] w = initial(task(16, 8));
        Evaluation small = task(16, 7).open().evaluate(w, Split.INNER_VALID, 33);
        Evaluation large = task(16, 64).open().evaluate(w, Split.INNER_VALID, 33);

        assertThat(small.examples()).isEqualTo(33);
        assertThat(small.accuracy()).isEqualTo(large.accuracy());
        assertThat(small.loss()).isCloseTo(large.loss(), within(1e-9));
    }

    @Test
    void twinsTrainAlike() {
        NetworkTask task = task(16, 8);
        float[] w = initial(task);
        float[] plain = new float[w.length];
        float[] vector = new float[w.length];

        float plainLoss = task.open(Twin.PLAIN).lossAndGradient(w, KEY, 0, plain);
        float vectorLoss = task.open(Twin.VECTOR).lossAndGradient(w, KEY, 0, vector);

        assertThat(vectorLoss).isEqualTo(plainLoss);
        assertThat(vector).isEqualTo(plain);
    }

    @Test
    void theOutputIsZeroAtTheStartUnderMup() {
        NetworkTask task = NetworkFamily.of(Mlp.of(2), 16, 8, Parametrization.mup(1), BLOBS).sample(Rng.of(1, "task"));

        assertThat(task.open().loss(initial(task), KEY, 0)).isCloseTo((float) Math.log(Blobs.CLASSES), within(1e-6f));
    }

    @Test
    void stepsAllocateNothing() {
        NetworkTask task = task(16, 64);
        Optimizee optimizee = new Reparametrized(task, Reparametrized.Level.ELEMENT, 0.1, 10, 1).open();
        float[] w = initial(task);
        float[] gradient = new float[w.length];
        AtomicInteger batch = new AtomicInteger();

        long allocated = Allocation.least(1000, () -> optimizee.lossAndGradient(w, KEY, batch.getAndIncrement(), gradient));

        assertThat(allocated).as("bytes in 1000 steps").isLessThanOrEqualTo(1000);
    }

    @Test
    void aNetworkOfAnotherInputSizeIsRefused() {
        NetworkTask task = task(16, 8);
        Dataset other = DataSpec.strokes(8).load();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new NetworkTask("odd", task.network(), new ImageExamples(other), 8, LossNormalizer.IDENTITY))
                .withMessageContaining("takes 9 values");
    }

    private static BatchKey keyOf(int example) {
        for (long stream = 0; ; stream++) {
            BatchKey key = new BatchKey(Split.TRAIN, stream);
            if (key.example(0, 0, BLOBS.examples(Split.TRAIN)) == example) {
                return key;
            }
        }
    }

    private static NetworkTask task(int width, int batch) {
        return NetworkFamily.of(Mlp.of(1), width, batch, Parametrization.standard(), BLOBS).sample(Rng.of(1, "task"));
    }

    private static float[] initial(NetworkTask task) {
        float[] w = new float[task.layout().size()];
        task.open().init(Rng.of(2, "init"), w);
        return w;
    }
}
