package io.evolo.optimizers.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LearnedSelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.RecurrentAttentionLayer;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A layer, or a vertex with parameters, of a network.
 *
 * @param name unique
 * @param layer its configuration without wrappers; empty for a vertex that is no layer
 * @param bidirectional whether its parameters' names begin with the direction
 * @param owner what runs
 * @param place where it stands among the layers with weights
 */
record NetworkNode(String name, Optional<Layer> layer, boolean bidirectional, Trainable owner, Place place) {

    /** Where a layer stands among those with weights. */
    enum Place {
        /** None before it. */
        FIRST,
        BETWEEN,
        /** None after it. */
        LAST
    }

    static List<NetworkNode> of(Model network) {
        return switch (network) {
            case MultiLayerNetwork layers -> ofLayers(layers);
            case ComputationGraph graph -> ofGraph(graph);
            default -> throw new IllegalArgumentException("a " + network.getClass().getName()
                    + ", expected a MultiLayerNetwork or a ComputationGraph");
        };
    }

    private static List<NetworkNode> ofLayers(MultiLayerNetwork network) {
        List<Trainable> owners = List.of(network.getLayers());
        int first = -1;
        int last = -1;
        for (int i = 0; i < owners.size(); i++) {
            if (hasWeights(owners.get(i))) {
                first = first < 0 ? i : first;
                last = i;
            }
        }
        List<NetworkNode> nodes = new ArrayList<>();
        for (int i = 0; i < owners.size(); i++) {
            Place place = i == last ? Place.LAST : i == first ? Place.FIRST : Place.BETWEEN;
            nodes.add(node("layer" + i, Optional.of(network.getLayers()[i].conf().getLayer()), owners.get(i), place));
        }
        return nodes;
    }

    private static List<NetworkNode> ofGraph(ComputationGraph network) {
        Map<String, List<String>> inputs = network.getConfiguration().getVertexInputs();
        Map<String, Boolean> before = new HashMap<>(); // whether weights stand before a vertex
        Map<String, Boolean> after = new HashMap<>();
        List<GraphVertex> order = new ArrayList<>();
        for (int index : network.topologicalSortOrder()) {
            order.add(network.getVertices()[index]);
        }
        for (GraphVertex vertex : order) {
            for (String input : inputs.getOrDefault(vertex.getVertexName(), List.of())) {
                boolean weights = before.getOrDefault(input, false) || hasWeights(network.getVertex(input));
                before.merge(vertex.getVertexName(), weights, Boolean::logicalOr);
            }
        }
        for (GraphVertex vertex : order.reversed()) {
            boolean weights = after.getOrDefault(vertex.getVertexName(), false) || hasWeights(vertex);
            for (String input : inputs.getOrDefault(vertex.getVertexName(), List.of())) {
                after.merge(input, weights, Boolean::logicalOr);
            }
        }
        List<NetworkNode> nodes = new ArrayList<>();
        for (GraphVertex vertex : order) {
            String name = vertex.getVertexName();
            if (vertex.paramTable(false) != null && !vertex.paramTable(false).isEmpty()) {
                boolean first = !before.getOrDefault(name, false);
                boolean last = !after.getOrDefault(name, false);
                Trainable owner = vertex.hasLayer() ? vertex.getLayer() : vertex;
                Optional<Layer> layer = vertex.hasLayer() ? Optional.of(vertex.getLayer().conf().getLayer()) : Optional.empty();
                nodes.add(node(name, layer, owner, last ? Place.LAST : first ? Place.FIRST : Place.BETWEEN));
            }
        }
        return nodes;
    }

    private static NetworkNode node(String name, Optional<Layer> layer, Trainable owner, Place place) {
        boolean bidirectional = layer.map(NetworkNode::isBidirectional).orElse(false);
        return new NetworkNode(name, layer.map(NetworkNode::unwrapped), bidirectional, owner, place);
    }

    private static boolean hasWeights(Trainable owner) {
        Map<String, INDArray> table = Optional.ofNullable(owner.paramTable(false)).orElse(Map.of());
        return table.values().stream().anyMatch(array -> array.rank() >= 2);
    }

    /** The layer inside wrappers; of a bidirectional one, the forward layer. */
    static Layer unwrapped(Layer layer) {
        return switch (layer) {
            case BaseWrapperLayer wrapper -> unwrapped(wrapper.getUnderlying());
            case FrozenLayer frozen -> unwrapped(frozen.getLayer());
            case Bidirectional both -> unwrapped(both.getFwd());
            default -> layer;
        };
    }

    private static boolean isBidirectional(Layer layer) {
        return switch (layer) {
            case BaseWrapperLayer wrapper -> isBidirectional(wrapper.getUnderlying());
            case FrozenLayer frozen -> isBidirectional(frozen.getLayer());
            case Bidirectional both -> true;
            default -> false;
        };
    }

    /** A parameter's name without its direction. */
    String plainName(String parameter) {
        return bidirectional ? parameter.substring(1) : parameter;
    }

    /** Whether the layer is of one of these kinds. */
    boolean is(Class<?>... kinds) {
        return layer.isPresent() && Arrays.stream(kinds).anyMatch(kind -> kind.isInstance(layer.get()));
    }

    /** Whether the layer's parameter of that plain name has one value per unit, whatever its shape. */
    boolean isVector(String parameter) {
        return is(PReLULayer.class, ElementWiseMultiplicationLayer.class)
                || parameter.equals(DefaultParamInitializer.GAIN_KEY)
                || layer.map(l -> l.initializer().isBiasParam(l, parameter)).orElse(false);
    }

    boolean isAttention() {
        return is(SelfAttentionLayer.class, LearnedSelfAttentionLayer.class, RecurrentAttentionLayer.class)
                || owner instanceof GraphVertex vertex && !vertex.hasLayer() && vertex.paramTable(false).containsKey("Wq");
    }

    /** Its kind in a word or two, for people. */
    String kind() {
        if (is(BaseOutputLayer.class)) {
            return "output";
        }
        String type = layer.map(l -> l.getClass().getSimpleName()).orElse("Vertex");
        String words = type.replaceAll("Layer$", "").replaceAll("(?<=[a-z])(?=[A-Z])", " ");
        return words.toLowerCase(Locale.ROOT);
    }
}
