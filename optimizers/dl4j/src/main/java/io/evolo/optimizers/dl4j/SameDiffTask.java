package io.evolo.optimizers.dl4j;

import io.evolo.tasks.BatchKey;
import io.evolo.tasks.LossNormalizer;
import io.evolo.tasks.Optimizee;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.Shape;
import io.evolo.tasks.Task;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Training a SameDiff graph on a data set, as a task for meta-training and evaluation, under the standard parametrization: a graph
 * does not say which variables grow with its width. Weights (rank 2 and above, the last two axes (in, out)) start as
 * N_trunc(1/√fan-in), vectors as they are in the graph. Tensors are in the order of their names.
 *
 * <p>Steps allocate: SameDiff makes arrays of its own. One optimizee per thread.
 */
public final class SameDiffTask implements Task {
    private final String name;
    private final byte[] graph;
    private final String input;
    private final String label;
    private final Dl4jData data;
    private final int batch;
    private final ParamLayout layout;
    private final float[] vectors;

    /**
     * @param name for reports
     * @param graph with one loss variable, the mean over the batch; copied
     * @param input name of the placeholder for inputs
     * @param label name of the placeholder for labels
     * @param data where the batches come from
     * @param batch examples in a batch, at least 1
     */
    public SameDiffTask(String name, SameDiff graph, String input, String label, Dl4jData data, int batch) {
        if (batch < 1) {
            throw new IllegalArgumentException("task '" + name + "': batch size is " + batch + ", expected at least 1");
        }
        if (graph.getLossVariables().size() != 1) {
            throw new IllegalArgumentException("task '" + name + "': the graph has the loss variables " + graph.getLossVariables()
                    + ", expected one; call setLossVariables(name)");
        }
        for (String placeholder : List.of(input, label)) {
            if (!graph.hasVariable(placeholder)) {
                throw new IllegalArgumentException("task '" + name + "': the graph has no placeholder '" + placeholder + "', only "
                        + graph.inputs());
            }
        }
        this.name = name;
        this.graph = bytes(graph);
        this.input = input;
        this.label = label;
        this.data = data;
        this.batch = batch;
        this.layout = new ParamLayout(variables(graph).stream().map(SameDiffTask::spec).toList());
        this.vectors = new float[layout.size()];
        for (int i = 0; i < layout.tensors(); i++) {
            float[] values = graph.getVariable(layout.spec(i).name()).getArr().dup('c').data().asFloat();
            System.arraycopy(values, 0, vectors, layout.offset(i), values.length);
        }
    }

    private static byte[] bytes(SameDiff graph) {
        ByteBuffer buffer = graph.asFlatBuffers(false);
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static List<SDVariable> variables(SameDiff graph) {
        return graph.variables().stream()
                .filter(v -> v.getVariableType() == VariableType.VARIABLE)
                .sorted(Comparator.comparing(SDVariable::name))
                .toList();
    }

    private static ParamSpec spec(SDVariable variable) {
        if (variable.dataType() != DataType.FLOAT) {
            throw new IllegalArgumentException("variable '" + variable.name() + "' is of type " + variable.dataType()
                    + ", expected FLOAT; make the graph's variables floats");
        }
        Shape shape = new Shape(Arrays.stream(variable.getShape()).mapToObj(Math::toIntExact).toList());
        boolean weight = shape.rank() >= 2 && shape.axis(0) > 1;
        int fanIn = weight ? shape.size() / shape.axis(shape.rank() - 1) : 1;
        Role role = weight ? Role.HIDDEN : Role.VECTOR;
        return new ParamSpec(variable.name(), shape, role, fanIn, 0, Parametrization.standard().scaling(role, fanIn, 0));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ParamLayout layout() {
        return layout;
    }

    @Override
    public LossNormalizer normalizer() {
        return LossNormalizer.IDENTITY;
    }

    @Override
    public Optimizee open() {
        try {
            return new Graph(SameDiff.fromFlatBuffers(ByteBuffer.wrap(graph)));
        } catch (IOException e) {
            throw new UncheckedIOException("task '" + name + "': its graph cannot be read back", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SameDiffTask that
                && name.equals(that.name)
                && Arrays.equals(graph, that.graph)
                && data.equals(that.data)
                && batch == that.batch;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(graph) + 31 * batch;
    }

    /** The graph on one thread. */
    private final class Graph implements Optimizee {
        private final SameDiff running;
        private final String loss;
        private final List<String> names;
        private final List<INDArray> arrays = new ArrayList<>();

        Graph(SameDiff running) {
            this.running = running;
            this.loss = running.getLossVariables().getFirst();
            this.names = layout.specs().stream().map(ParamSpec::name).toList(); // a graph read back may have them in another order
            names.forEach(variable -> arrays.add(running.getVariable(variable).getArr()));
        }

        @Override
        public void init(Rng rng, float[] w) {
            layout.init(rng, w);
            for (int i = 0; i < layout.tensors(); i++) {
                if (layout.spec(i).role() == Role.VECTOR) {
                    int at = layout.offset(i);
                    System.arraycopy(vectors, at, w, at, layout.offset(i + 1) - at);
                }
            }
        }

        @Override
        public float lossAndGradient(float[] w, BatchKey key, int step, float[] gradient) {
            write(w);
            var result = running.calculateGradientsAndOutputs(placeholders(key, step), List.of(loss), names);
            for (int i = 0; i < names.size(); i++) {
                float[] values = result.getGradients().get(names.get(i)).dup('c').data().asFloat();
                System.arraycopy(values, 0, gradient, layout.offset(i), values.length);
            }
            return result.getOutputs().get(loss).getFloat(0);
        }

        @Override
        public float loss(float[] w, BatchKey key, int step) {
            write(w);
            return running.output(placeholders(key, step), loss).get(loss).getFloat(0);
        }

        private Map<String, INDArray> placeholders(BatchKey key, int step) {
            int count = data.examples(key.split());
            int[] examples = IntStream.range(0, batch).map(i -> key.example(step, i, count)).toArray();
            Map<String, INDArray> placeholders = new HashMap<>();
            placeholders.put(input, data.inputs(key.split(), examples));
            placeholders.put(label, data.labels(key.split(), examples));
            return placeholders;
        }

        private void write(float[] w) {
            for (int i = 0; i < arrays.size(); i++) {
                float[] values = Arrays.copyOfRange(w, layout.offset(i), layout.offset(i + 1));
                arrays.get(i).assign(Nd4j.createFromArray(values).reshape('c', arrays.get(i).shape()));
            }
        }
    }
}
