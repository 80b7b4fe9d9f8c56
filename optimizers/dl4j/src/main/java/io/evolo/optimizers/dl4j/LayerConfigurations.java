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
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffVertex;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.learning.regularization.Regularization;

/** Changes updaters and regularizations in networks' configurations, in place, inside wrappers and in vertices too. */
final class LayerConfigurations {
    private LayerConfigurations() {}

    static List<Layer> of(MultiLayerConfiguration network) {
        return network.getConfs().stream().map(NeuralNetConfiguration::getLayer).toList();
    }

    private static List<Layer> of(ComputationGraphConfiguration network) {
        return network.getVertices().values().stream()
                .filter(LayerVertex.class::isInstance)
                .map(vertex -> ((LayerVertex) vertex).getLayerConf().getLayer())
                .toList();
    }

    private static List<SameDiffVertex> vertices(ComputationGraphConfiguration network) {
        return network.getVertices().values().stream()
                .filter(SameDiffVertex.class::isInstance)
                .map(SameDiffVertex.class::cast)
                .toList();
    }

    /** A copy that shares nothing: that of DL4J's {@code clone()} shares the layers inside wrappers, and forgets vertices' updaters. */
    static MultiLayerConfiguration copy(MultiLayerConfiguration network) {
        return MultiLayerConfiguration.fromJson(network.toJson());
    }

    /** As {@link #copy(MultiLayerConfiguration)}. */
    static ComputationGraphConfiguration copy(ComputationGraphConfiguration network) {
        return ComputationGraphConfiguration.fromJson(network.toJson());
    }

    /**
     * Gives a network that has been made layers' configurations of its own. Networks made by DL4J from others, or from the same layers,
     * share some of them, and what is changed in one would be changed in the other.
     */
    static void own(MultiLayerNetwork network) {
        for (int i = 0; i < network.getnLayers(); i++) {
            own(network.getLayerWiseConfigurations().getConf(i), network.getLayer(i));
        }
    }

    /** As {@link #own(MultiLayerNetwork)}. */
    static void own(ComputationGraph network) {
        network.getConfiguration().getVertices().forEach((name, vertex) -> {
            if (vertex instanceof LayerVertex layer) {
                own(layer.getLayerConf(), network.getLayer(name));
            }
        });
    }

    /** A running wrapper has the configuration of the layer inside it. */
    private static void own(NeuralNetConfiguration configuration, org.deeplearning4j.nn.api.Layer running) {
        Layer own = deepened(configuration.getLayer().clone());
        configuration.setLayer(own);
        running.conf().setLayer(inside(own));
    }

    private static Layer deepened(Layer layer) {
        switch (layer) {
            case BaseWrapperLayer wrapper -> wrapper.setUnderlying(deepened(wrapper.getUnderlying().clone()));
            case Bidirectional both -> {
                both.setFwd(deepened(both.getFwd().clone()));
                both.setBwd(deepened(both.getBwd().clone()));
            }
            default -> {} // DL4J clones the layer inside a FrozenLayer itself, and others have none
        }
        return layer;
    }

    private static Layer inside(Layer layer) {
        return switch (layer) {
            case BaseWrapperLayer wrapper -> inside(wrapper.getUnderlying());
            case FrozenLayer frozen -> inside(frozen.getLayer());
            default -> layer;
        };
    }

    /**
     * Replaces updaters and adds the {@link Tap}. A FrozenLayer is left alone, for DL4J does not ask for its updater. What is in a
     * FrozenLayerWithBackprop gets {@code Sgd(0)} and no regularization: DL4J freezes it by gradients of zero, on which other rules move.
     *
     * @param updater what takes the place of an updater
     */
    static void attach(MultiLayerConfiguration network, UnaryOperator<IUpdater> updater) {
        of(network).forEach(layer -> attach(layer, updater));
    }

    /** As {@link #attach(MultiLayerConfiguration, UnaryOperator)}. */
    static void attach(ComputationGraphConfiguration network, UnaryOperator<IUpdater> updater) {
        of(network).forEach(layer -> attach(layer, updater));
        vertices(network).forEach(vertex -> change(vertex, updater, 1));
    }

    private static void attach(Layer layer, UnaryOperator<IUpdater> updater) {
        switch (layer) {
            case FrozenLayer frozen -> {}
            case FrozenLayerWithBackprop frozen -> freeze(frozen.getUnderlying());
            case BaseWrapperLayer wrapper -> attach(wrapper.getUnderlying(), updater);
            case Bidirectional both -> {
                attach(both.getFwd(), updater);
                attach(both.getBwd(), updater);
            }
            default -> change(layer, updater, 1);
        }
    }

    private static void freeze(Layer layer) {
        switch (layer) {
            case FrozenLayer frozen -> {}
            case BaseWrapperLayer wrapper -> freeze(wrapper.getUnderlying());
            case Bidirectional both -> {
                freeze(both.getFwd());
                freeze(both.getBwd());
            }
            case BaseLayer base -> {
                change(base, updater -> new Sgd(0), 0);
                base.setRegularization(List.of());
                base.setRegularizationBias(List.of());
            }
            case AbstractSameDiffLayer base -> {
                change(base, updater -> new Sgd(0), 0);
                base.setRegularization(List.of());
                base.setRegularizationBias(List.of());
            }
            default -> {}
        }
    }

    /**
     * Replaces updaters and removes the {@link Tap}, in frozen layers too.
     *
     * @param updater what takes the place of an updater
     */
    static void detach(MultiLayerConfiguration network, UnaryOperator<IUpdater> updater) {
        of(network).forEach(layer -> detach(layer, updater));
    }

    /** As {@link #detach(MultiLayerConfiguration, UnaryOperator)}. */
    static void detach(ComputationGraphConfiguration network, UnaryOperator<IUpdater> updater) {
        of(network).forEach(layer -> detach(layer, updater));
        vertices(network).forEach(vertex -> change(vertex, updater, 0));
    }

    private static void detach(Layer layer, UnaryOperator<IUpdater> updater) {
        switch (layer) {
            case FrozenLayer frozen -> detach(frozen.getLayer(), updater);
            case BaseWrapperLayer wrapper -> detach(wrapper.getUnderlying(), updater);
            case Bidirectional both -> {
                detach(both.getFwd(), updater);
                detach(both.getBwd(), updater);
            }
            default -> change(layer, updater, 0);
        }
    }

    private static void change(Layer layer, UnaryOperator<IUpdater> updater, int taps) {
        switch (layer) {
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

    private static void change(SameDiffVertex vertex, UnaryOperator<IUpdater> updater, int taps) {
        vertex.setUpdater(changed(vertex.getUpdater(), updater));
        vertex.setBiasUpdater(changed(vertex.getBiasUpdater(), updater));
        vertex.setRegularization(withTaps(vertex.getRegularization(), taps));
        vertex.setRegularizationBias(withTaps(vertex.getRegularizationBias(), taps));
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
