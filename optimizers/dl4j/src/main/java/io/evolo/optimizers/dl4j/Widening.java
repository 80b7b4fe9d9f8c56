package io.evolo.optimizers.dl4j;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PoolHelperVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.StackVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.learning.config.IUpdater;

/** Makes configurations of networks with more hidden units. */
final class Widening {
    private static final UnaryOperator<IUpdater> DETACH =
            updater -> updater instanceof RuleUpdater ours ? ours.with(NetworkPlan.NONE) : updater;

    private final int factor;

    private Widening(int factor) {
        if (factor < 1) {
            throw new IllegalArgumentException("factor is " + factor + ", expected at least 1");
        }
        this.factor = factor;
    }

    /** A copy whose updaters of this project are not attached to any network. */
    static MultiLayerConfiguration detached(MultiLayerConfiguration configuration) {
        MultiLayerConfiguration copy = LayerConfigurations.copy(configuration);
        LayerConfigurations.detach(copy, DETACH);
        return copy;
    }

    /** As {@link #detached(MultiLayerConfiguration)}. */
    static ComputationGraphConfiguration detached(ComputationGraphConfiguration configuration) {
        ComputationGraphConfiguration copy = LayerConfigurations.copy(configuration);
        LayerConfigurations.detach(copy, DETACH);
        return copy;
    }

    /** A detached copy with {@code factor} times as many units in all layers with weights but the last. */
    static MultiLayerConfiguration of(MultiLayerNetwork network, int factor) {
        Widening widening = new Widening(factor);
        MultiLayerConfiguration wide = detached(network.getLayerWiseConfigurations());
        List<NetworkNode> nodes = NetworkNode.of(network);
        List<Layer> layers = LayerConfigurations.of(wide);
        boolean widened = false; // whether what enters the layer has become wider
        for (int i = 0; i < layers.size(); i++) {
            if (wide.getInputPreProcessors().containsKey(i)) {
                wide.getInputPreProcessors().put(i, widening.scaled(wide.getInputPreProcess(i), widened));
            }
            if (network.getLayer(i).numParams() > 0) {
                widened = widening.widen(layers.get(i), nodes.get(i), widened);
            }
        }
        return wide;
    }

    /** As {@link #of(MultiLayerNetwork, int)}, in all layers with weights that have weights after them. */
    static ComputationGraphConfiguration of(ComputationGraph network, int factor) {
        Widening widening = new Widening(factor);
        ComputationGraphConfiguration wide = detached(network.getConfiguration());
        Map<String, NetworkNode> nodes =
                NetworkNode.of(network).stream().collect(Collectors.toMap(NetworkNode::name, node -> node));
        Map<String, Boolean> widened = new HashMap<>(); // whether what leaves the vertex has become wider
        for (int index : network.topologicalSortOrder()) {
            String name = network.getVertices()[index].getVertexName();
            List<Boolean> inputs = wide.getVertexInputs().getOrDefault(name, List.of()).stream().map(widened::get).toList();
            if (inputs.isEmpty()) {
                widened.put(name, false);
            } else {
                widened.put(name, widening.widen(name, wide.getVertices().get(name), nodes, inputs));
            }
        }
        return wide;
    }

    private boolean widen(String name, GraphVertex vertex, Map<String, NetworkNode> nodes, List<Boolean> inputs) {
        boolean widened = inputs.getFirst();
        if (inputs.contains(!widened)) {
            throw cannot("vertex '" + name + "'", "some of its inputs grow with the width and some do not");
        }
        return switch (vertex) {
            case LayerVertex layer -> {
                layer.setPreProcessor(scaled(layer.getPreProcessor(), widened));
                yield nodes.containsKey(name)
                        ? widen(layer.getLayerConf().getLayer(), nodes.get(name), widened)
                        : widened;
            }
            case MergeVertex merge -> widened;
            case ElementWiseVertex sum -> widened;
            case ScaleVertex scale -> widened;
            case ShiftVertex shift -> widened;
            case L2NormalizeVertex norm -> widened;
            case StackVertex stack -> widened;
            case UnstackVertex unstack -> widened;
            case PoolHelperVertex crop -> widened;
            default -> throw cannot("vertex '" + name + "' (" + vertex.getClass().getSimpleName() + ")",
                    "it is of a kind that is not known here");
        };
    }

    /**
     * Widens a layer with weights, in place.
     *
     * @param inputs whether what enters it has become wider
     * @return whether what leaves it has
     */
    private boolean widen(Layer layer, NetworkNode node, boolean inputs) {
        return switch (layer) {
            case FrozenLayer frozen -> throw cannot(node, "it is frozen");
            case FrozenLayerWithBackprop frozen -> throw cannot(node, "it is frozen");
            case BaseWrapperLayer wrapper -> widen(wrapper.getUnderlying(), node, inputs);
            case Bidirectional both -> {
                widen(both.getBwd(), node, inputs);
                yield widen(both.getFwd(), node, inputs);
            }
            case BatchNormalization norm -> {
                norm.setNIn(norm.getNIn() * (inputs ? factor : 1));
                norm.setNOut(norm.getNOut() * (inputs ? factor : 1));
                yield inputs;
            }
            case DepthwiseConvolution2D depthwise -> throw cannot(node, "its depth multiplier ties inputs to outputs");
            case SeparableConvolution2D separable -> throw cannot(node, "its depth multiplier ties inputs to outputs");
            case FeedForwardLayer feedForward -> {
                boolean last = node.place() == NetworkNode.Place.LAST;
                feedForward.setNIn(feedForward.getNIn() * (inputs ? factor : 1));
                feedForward.setNOut(feedForward.getNOut() * (last ? 1 : factor));
                yield !last;
            }
            default -> throw cannot(node, "it is of a kind that is not known here");
        };
    }

    /** Images become wider by their channels; DL4J has null for no preprocessor. */
    private InputPreProcessor scaled(InputPreProcessor processor, boolean inputs) {
        int times = inputs ? factor : 1;
        return switch (processor) {
            case CnnToFeedForwardPreProcessor flat ->
                new CnnToFeedForwardPreProcessor(flat.getInputHeight(), flat.getInputWidth(), flat.getNumChannels() * times);
            case FeedForwardToCnnPreProcessor image ->
                new FeedForwardToCnnPreProcessor(image.getInputHeight(), image.getInputWidth(), image.getNumChannels() * times);
            case null -> null;
            default -> processor;
        };
    }

    private static IllegalArgumentException cannot(NetworkNode node, String why) {
        return cannot("layer '" + node.name() + "' (" + node.kind() + ")", why);
    }

    private static IllegalArgumentException cannot(String what, String why) {
        return new IllegalArgumentException(what + " cannot be widened: " + why
                + "; write the wider configuration by hand and see MupAdvisor.explain for its initial values");
    }
}
