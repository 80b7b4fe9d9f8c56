package io.evolo.tasks;

import io.evolo.tasks.nn.CpuNetwork;
import io.evolo.tasks.nn.LayerListener;
import java.util.List;

/** A {@link NetworkTask} on one thread. */
public final class NetworkOptimizee implements Optimizee {
    /** Their statistics are what an evaluation normalises by. */
    private static final int STATISTICS_BATCHES = 16;

    private final ExampleSource examples;
    private final ParamLayout layout;
    private final CpuNetwork network;

    NetworkOptimizee(NetworkTask task, CpuNetwork network) {
        this.examples = task.examples();
        this.layout = task.layout();
        this.network = network;
    }

    @Override
    public void init(Rng rng, float[] w) {
        layout.init(rng, w);
    }

    @Override
    public float lossAndGradient(float[] w, BatchKey key, int step, float[] gradient) {
        float loss = loss(w, key, step);
        network.backward(w, gradient);
        return loss;
    }

    @Override
    public float loss(float[] w, BatchKey key, int step) {
        load(key, step);
        return network.forward(w);
    }

    /** As {@link #loss(float[], BatchKey, int)}; the listener hears what every layer computes. Allocates as the listener does. */
    public float loss(float[] w, BatchKey key, int step, LayerListener listener) {
        load(key, step);
        return network.forward(w, listener);
    }

    @Override
    public List<DenseSignals> denseSignals() {
        return network.denseSignals();
    }

    /**
     * Loss and accuracy over the first {@code maxExamples} examples of the split, or all where it has fewer. Of a running text these
     * are windows side by side, and the accuracy is over all their tokens. Dropout is off, and batch normalisation uses the
     * statistics of 16 fixed batches of the training part: the result is a function of {@code w}. A network that does not classify
     * has accuracy NaN.
     */
    @Override
    public Evaluation evaluate(float[] w, Split split, int maxExamples) {
        int count = Math.min(maxExamples, 1 + (examples.examples(split) - 1) / examples.stride());
        if (count < 1) {
            throw new IllegalArgumentException("evaluation on " + maxExamples + " examples, expected at least 1");
        }
        collectStatistics(w);
        int rows = network.network().outputRows();
        double loss = 0;
        int correct = 0;
        for (int begin = 0; begin < count; begin += network.batch()) {
            int size = Math.min(network.batch(), count - begin);
            forward(w, split, begin, size);
            for (int i = 0; i < size; i++) {
                loss += network.loss(i);
            }
            for (int row = 0; row < size * rows; row++) {
                correct += network.predicted(row) == network.labels()[row] ? 1 : 0;
            }
        }
        double accuracy = network.network().classifies() ? (double) correct / count / rows : Double.NaN;
        return new Evaluation(loss / count, accuracy, count);
    }

    /** For networks that use statistics of the batch: those of some fixed batches of the training part, at these parameters. */
    private void collectStatistics(float[] w) {
        if (network.network().usesBatchStatistics()) {
            BatchKey batches = new BatchKey(Split.TRAIN, 0);
            for (int step = 0; step < STATISTICS_BATCHES; step++) {
                load(batches, step);
                network.collect(w, step);
            }
        }
    }

    /** The last batch may be short: what is left of it repeats its last example, and is not counted. */
    private void forward(float[] w, Split split, int begin, int size) {
        for (int i = 0; i < network.batch(); i++) {
            examples.load(split, examples.stride() * (begin + Math.min(i, size - 1)), network, i);
        }
        network.evaluate(w);
    }

    private void load(BatchKey key, int step) {
        int count = examples.examples(key.split());
        network.noise(key.bits(step, -1));
        for (int i = 0; i < network.batch(); i++) {
            examples.load(key.split(), key.example(step, i, count), network, i);
        }
    }
}
