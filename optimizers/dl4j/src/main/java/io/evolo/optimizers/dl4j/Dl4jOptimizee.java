package io.evolo.optimizers.dl4j;

import io.evolo.tasks.BatchKey;
import io.evolo.tasks.Evaluation;
import io.evolo.tasks.Optimizee;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Split;
import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A {@link Dl4jTask} on one thread. */
final class Dl4jOptimizee implements Optimizee {
    private final Dl4jTask task;
    private final MultiLayerNetwork network;
    private final List<Variable> variables;
    private final List<Strided> places;
    private final ParamLayout layout;

    Dl4jOptimizee(Dl4jTask task, MultiLayerNetwork network) {
        this.task = task;
        this.network = network;
        network.initGradientsView();
        this.variables = Dl4jTask.variables(network);
        this.places = variables.stream().map(v -> new Strided(v.axes(), v.strides())).toList();
        this.layout = new NetworkPlan(variables).layout(task.parametrization());
    }

    @Override
    public void init(Rng rng, float[] w) {
        layout.init(rng, w);
    }

    @Override
    public float lossAndGradient(float[] w, BatchKey key, int step, float[] gradient) {
        float loss = forwardAndBackward(w, key.split(), batch(key, step));
        Memory memory = Memory.of(network.getGradientsViewArray());
        for (int i = 0; i < places.size(); i++) {
            places.get(i).read(memory, variables.get(i).offset(), gradient, layout.offset(i));
        }
        float each = 1f / task.batch(); // DL4J sums over the batch
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] *= each;
        }
        return loss;
    }

    /** By a backward pass too: DL4J's own score without one would use batch norm's running statistics. */
    @Override
    public float loss(float[] w, BatchKey key, int step) {
        return forwardAndBackward(w, key.split(), batch(key, step));
    }

    private int[] batch(BatchKey key, int step) {
        int count = task.data().examples(key.split());
        return IntStream.range(0, task.batch()).map(i -> key.example(step, i, count)).toArray();
    }

    private float forwardAndBackward(float[] w, Split split, int[] examples) {
        write(w);
        network.setInput(task.data().inputs(split, examples));
        network.setLabels(task.data().labels(split, examples));
        network.computeGradientAndScore(LayerWorkspaceMgr.noWorkspaces());
        return (float) network.score();
    }

    private void write(float[] w) {
        Memory memory = Memory.of(network.params());
        for (int i = 0; i < places.size(); i++) {
            places.get(i).write(w, layout.offset(i), memory, variables.get(i).offset());
        }
        memory.flush();
    }

    /** In batches of the task's size, the last one short; of sequences, every step counts for the accuracy. */
    @Override
    public Evaluation evaluate(float[] w, Split split, int maxExamples) {
        int count = Math.min(maxExamples, task.data().examples(split));
        if (count < 1) {
            throw new IllegalArgumentException("evaluation on " + maxExamples + " examples, expected at least 1");
        }
        double loss = 0;
        double correct = 0;
        for (int begin = 0; begin < count; begin += task.batch()) {
            int[] examples = IntStream.range(begin, Math.min(begin + task.batch(), count)).toArray();
            loss += forwardAndBackward(w, split, examples) * (double) examples.length;
            INDArray outputs = network.output(task.data().inputs(split, examples), true);
            INDArray labels = task.data().labels(split, examples);
            INDArray right = outputs.argMax(1).eq(labels.argMax(1));
            correct += right.castTo(outputs.dataType()).meanNumber().doubleValue() * examples.length;
        }
        return new Evaluation(loss / count, correct / count, count);
    }
}
