package io.evolo.tasks;

import io.evolo.tasks.data.Dataset;
import io.evolo.tasks.nn.CpuNetwork;
import io.evolo.tasks.nn.LayerListener;
import java.util.List;

/** A {@link NetworkTask} on one thread. */
public final class NetworkOptimizee implements Optimizee {
    private final Dataset dataset;
    private final ParamLayout layout;
    private final CpuNetwork network;

    NetworkOptimizee(NetworkTask task, CpuNetwork network) {
        this.dataset = task.dataset();
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

    /** As {@link #loss(float[], BatchKey, int)}; the listener hears what every layer computes. */
    public float loss(float[] w, BatchKey key, int step, LayerListener listener) {
        load(key, step);
        return network.forward(w, listener);
    }

    private void load(BatchKey key, int step) {
        int count = dataset.examples(key.split());
        for (int i = 0; i < network.batch(); i++) {
            load(key.split(), key.example(step, i, count), i);
        }
    }

    @Override
    public List<DenseSignals> denseSignals() {
        return network.denseSignals();
    }

    /** Loss and accuracy over the first {@code maxExamples} examples of the split, or all where it has fewer. */
    public Evaluation evaluate(float[] w, Split split, int maxExamples) {
        int count = Math.min(maxExamples, dataset.examples(split));
        if (count < 1) {
            throw new IllegalArgumentException("evaluation on " + maxExamples + " examples, expected at least 1");
        }
        double loss = 0;
        int correct = 0;
        for (int begin = 0; begin < count; begin += network.batch()) {
            int size = Math.min(network.batch(), count - begin);
            forward(w, split, begin, size);
            for (int i = 0; i < size; i++) {
                loss += network.loss(i);
                correct += network.predicted(i) == network.labels()[i] ? 1 : 0;
            }
        }
        return new Evaluation(loss / count, (double) correct / count, count);
    }

    /** The last batch may be short: what is left of it repeats its last example, and is not counted. */
    private void forward(float[] w, Split split, int begin, int size) {
        for (int i = 0; i < network.batch(); i++) {
            load(split, begin + Math.min(i, size - 1), i);
        }
        network.forward(w);
    }

    private void load(Split split, int example, int position) {
        dataset.copyInput(split, example, network.arena(), network.inputAt(position));
        network.labels()[position] = dataset.label(split, example);
    }
}
