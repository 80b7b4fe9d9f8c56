package io.evolo.optimizers.dl4j;

import java.util.List;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** Makes configurations of networks with more hidden units. */
final class Widening {
    private Widening() {}

    /** A copy whose updaters of this project are not attached to any network. */
    static MultiLayerConfiguration detached(MultiLayerConfiguration configuration) {
        MultiLayerConfiguration copy = configuration.clone();
        LayerConfigurations.of(copy).forEach(layer -> LayerConfigurations.change(
                layer, updater -> updater instanceof RuleUpdater ours ? ours.with(NetworkPlan.NONE) : updater, 0));
        return copy;
    }

    /** A detached copy with {@code factor} times as many units in all layers with weights but the last. */
    static MultiLayerConfiguration of(MultiLayerNetwork network, int factor) {
        if (factor < 1) {
            throw new IllegalArgumentException("factor is " + factor + ", expected at least 1");
        }
        MultiLayerConfiguration wide = detached(network.getLayerWiseConfigurations());
        List<NetworkNode> nodes = NetworkNode.of(network);
        List<Layer> layers = LayerConfigurations.of(wide);
        boolean widened = false; // whether what enters the layer has become wider
        for (int i = 0; i < layers.size(); i++) {
            int inputs = widened ? factor : 1;
            scalePreprocessor(wide, i, inputs);
            Layer layer = NetworkNode.unwrapped(layers.get(i));
            if (layers.get(i) instanceof FrozenLayer) {
                throw cannot(nodes.get(i), "it is frozen");
            }
            if (layer instanceof BatchNormalization norm) {
                norm.setNIn(norm.getNIn() * inputs);
                norm.setNOut(norm.getNOut() * inputs);
            } else if (layer instanceof FeedForwardLayer feedForward && network.getLayer(i).numParams() > 0) {
                boolean last = nodes.get(i).place() == NetworkNode.Place.LAST;
                if (layer instanceof DepthwiseConvolution2D || layer instanceof SeparableConvolution2D) {
                    throw cannot(nodes.get(i), "its depth multiplier ties inputs to outputs");
                }
                feedForward.setNIn(feedForward.getNIn() * inputs);
                feedForward.setNOut(feedForward.getNOut() * (last ? 1 : factor));
                widened = !last;
            } else if (network.getLayer(i).numParams() > 0) {
                throw cannot(nodes.get(i), "it is of a kind that is not known here");
            }
        }
        return wide;
    }

    /** Images become wider by their channels. */
    private static void scalePreprocessor(MultiLayerConfiguration wide, int layer, int inputs) {
        switch (wide.getInputPreProcess(layer)) {
            case CnnToFeedForwardPreProcessor flat ->
                wide.getInputPreProcessors().put(layer, new CnnToFeedForwardPreProcessor(flat.getInputHeight(),
                        flat.getInputWidth(), flat.getNumChannels() * inputs));
            case FeedForwardToCnnPreProcessor image ->
                wide.getInputPreProcessors().put(layer, new FeedForwardToCnnPreProcessor(image.getInputHeight(),
                        image.getInputWidth(), image.getNumChannels() * inputs));
            case null, default -> {}
        }
    }

    private static IllegalArgumentException cannot(NetworkNode node, String why) {
        return new IllegalArgumentException("layer '" + node.name() + "' (" + node.kind() + ") cannot be widened: " + why
                + "; write the wider configuration by hand and see MupAdvisor.explain for its initial values");
    }
}
