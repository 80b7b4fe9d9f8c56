package io.evolo.optimizers.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.samediff.AbstractSameDiffLayer;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.regularization.Regularization;

/** Changes updaters and regularizations in layers' configurations, in place, inside wrappers too; those of frozen layers stay. */
final class LayerConfigurations {
    private LayerConfigurations() {}

    static List<Layer> of(MultiLayerConfiguration network) {
        return network.getConfs().stream().map(NeuralNetConfiguration::getLayer).toList();
    }

    static List<Layer> of(ComputationGraphConfiguration network) {
        List<Layer> layers = new ArrayList<>();
        network.getVertices().values().forEach(vertex -> {
            if (vertex instanceof LayerVertex layer) {
                layers.add(layer.getLayerConf().getLayer());
            }
        });
        return layers;
    }

    /**
     * Replaces updaters, and adds or removes the {@link Tap}.
     *
     * @param updater what takes the place of an updater
     * @param taps 1 or 0
     */
    static void change(Layer layer, UnaryOperator<IUpdater> updater, int taps) {
        switch (layer) {
            case FrozenLayer frozen -> {}
            case FrozenLayerWithBackprop frozen -> {}
            case BaseWrapperLayer wrapper -> change(wrapper.getUnderlying(), updater, taps);
            case Bidirectional both -> {
                change(both.getFwd(), updater, taps);
                change(both.getBwd(), updater, taps);
            }
            case BaseLayer base -> {
                base.setIUpdater(changed(base.getIUpdater(), updater));
                base.setBiasUpdater(changed(base.getBiasUpdater(), updater));
                base.setRegularization(withTaps(base.getRegularization(), taps));
                base.setRegularizationBias(withTaps(base.getRegularizationBias(), taps));
            }
            case AbstractSameDiffLayer base -> {
                base.setUpdater(changed(base.getUpdater(), updater));
                base.setBiasUpdater(changed(base.getBiasUpdater(), updater));
                base.setRegularization(withTaps(base.getRegularization(), taps));
                base.setRegularizationBias(withTaps(base.getRegularizationBias(), taps));
            }
            default -> {}
        }
    }

    /** DL4J has null for "as the weights' updater". */
    private static IUpdater changed(IUpdater updater, UnaryOperator<IUpdater> change) {
        return updater == null ? null : change.apply(updater);
    }

    static List<Regularization> withTaps(List<Regularization> regularizations, int taps) {
        List<Regularization> with = new ArrayList<>(Optional.ofNullable(regularizations).orElse(List.of()));
        with.removeIf(Tap.class::isInstance);
        for (int i = 0; i < taps; i++) {
            with.add(new Tap());
        }
        return with;
    }
}
