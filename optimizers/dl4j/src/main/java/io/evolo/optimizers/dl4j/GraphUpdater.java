package io.evolo.optimizers.dl4j;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.updater.graph.ComputationGraphUpdater;
import org.nd4j.linalg.api.ndarray.INDArray;

/** As {@link LayersUpdater}, of a graph. */
final class GraphUpdater extends ComputationGraphUpdater {
    private static final long serialVersionUID = 1;

    /** @param state null for a fresh one, as DL4J has it */
    GraphUpdater(ComputationGraph network, INDArray state) {
        super(network, state);
    }

    @Override
    public INDArray getStateViewArray() {
        BlockUpdater.writeStates(getUpdaterBlocks());
        return super.getStateViewArray();
    }

    @Override
    public INDArray getUpdaterStateViewArray() {
        return getStateViewArray();
    }

    @Override
    public synchronized INDArray getStateViewArrayCopy() {
        BlockUpdater.writeStates(getUpdaterBlocks());
        return super.getStateViewArrayCopy();
    }
}
