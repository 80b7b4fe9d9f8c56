package io.evolo.optimizers.dl4j;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.BaseListener;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Hands the loss of a SameDiff graph to the updaters of its variables, which run after it on the same thread. SameDiff itself comes to
 * the loss only after the first variables have been updated, so this computes it by a forward pass of its own, before the iteration.
 */
final class GraphLoss extends BaseListener {
    private static final ThreadLocal<Optional<Float>> LOSS = ThreadLocal.withInitial(Optional::empty);

    /** Has a graph's updaters see its loss from now on. */
    static void listen(SameDiff graph) {
        if (graph.getListeners().stream().noneMatch(GraphLoss.class::isInstance)) {
            graph.addListeners(new GraphLoss());
        }
    }

    static void leave(SameDiff graph) {
        graph.setListeners(graph.getListeners().stream().filter(listener -> !(listener instanceof GraphLoss)).toList());
    }

    /** The loss of the iteration that runs on this thread; empty if nobody listens. */
    static Optional<Float> current() {
        return LOSS.get();
    }

    @Override
    public boolean isActive(Operation operation) {
        return operation == Operation.TRAINING;
    }

    @Override
    public void iterationStart(SameDiff graph, At at, MultiDataSet data, long etlMillis) {
        TrainingConfig config = graph.getTrainingConfig();
        Map<String, INDArray> inputs = new HashMap<>();
        put(inputs, config.getDataSetFeatureMapping(), data.getFeatures());
        put(inputs, config.getDataSetLabelMapping(), data.getLabels());
        put(inputs, config.getDataSetFeatureMaskMapping(), data.getFeaturesMaskArrays());
        put(inputs, config.getDataSetLabelMaskMapping(), data.getLabelsMaskArrays());
        Map<String, INDArray> losses = graph.output(inputs, graph.getLossVariables());
        LOSS.set(losses.values().stream().map(loss -> loss.sumNumber().floatValue()).reduce(Float::sum));
    }

    /** ND4J has null for no mapping, no arrays and no array. */
    private static void put(Map<String, INDArray> inputs, List<String> names, INDArray[] arrays) {
        for (int i = 0; names != null && arrays != null && i < names.size(); i++) {
            if (names.get(i) != null && arrays[i] != null) {
                inputs.put(names.get(i), arrays[i]);
            }
        }
    }

    @Override
    public void operationEnd(SameDiff graph, Operation operation) {
        LOSS.remove();
    }
}
