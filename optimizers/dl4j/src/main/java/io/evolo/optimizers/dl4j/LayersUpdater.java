package io.evolo.optimizers.dl4j;

import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.MultiLayerUpdater;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The updater of an attached network: has its blocks write the rule's state when it is asked for, by {@code clone()}, saving, averaging
 * or a user, not at every step. DL4J asks by these methods alone, and expects this class's parent; so there is nothing to wrap.
 */
final class LayersUpdater extends MultiLayerUpdater {
    private static final long serialVersionUID = 1;

    /** @param state null for a fresh one, as DL4J has it */
    LayersUpdater(MultiLayerNetwork network, INDArray state) {
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
