package io.evolo.optimizers.dl4j;

import io.evolo.tasks.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Reads the tensors of a network: where they lie, how rules should see them, what they are to the width. */
final class LayerTensors {
    private static final String EMBEDDING = "embedding";

    private LayerTensors() {}

    /** All tensors of a network, frozen ones and running statistics too, in the order of its flattened parameters. */
    static List<LayerTensor> of(Model network) {
        INDArray params = network.params();
        List<LayerTensor> tensors = new ArrayList<>();
        for (NetworkNode node : NetworkNode.of(network)) {
            for (Map.Entry<String, INDArray> entry : node.owner().paramTable(false).entrySet()) {
                int offset = Math.toIntExact(entry.getValue().offset() - params.offset());
                tensors.add(tensor(node, entry.getKey(), entry.getValue(), offset));
            }
        }
        return tensors;
    }

    /** A SameDiff variable: axes as they are, without a role; a scalar is a vector of one. */
    static Variable ofSameDiff(String name, INDArray array) {
        boolean vector = array.rank() == 0 || array.rank() == 2 && array.size(0) == 1;
        Axes axes = vector ? Axes.of(array).flat() : Axes.of(array);
        return new Variable(name.replaceAll("[;|]", "_"), 0, axes.sizes(), axes.strides(), Role.VECTOR, 1, 0, 0, Variable.NO_LOOKUP);
    }

    private static LayerTensor tensor(NetworkNode node, String parameter, INDArray array, int offset) {
        String plain = node.plainName(parameter);
        Classification c = classify(node, plain, Axes.of(array));
        Variable variable = new Variable(node.name() + "_" + parameter, offset, c.axes().sizes(), c.axes().strides(), c.role(),
                c.fanIn(), c.growing(), c.mean(), c.kind().equals(EMBEDDING) ? 0 : Variable.NO_LOOKUP);
        return new LayerTensor(variable, c.kind(), c.reason(), node.owner(), parameter);
    }

    /** What a tensor is. */
    private record Classification(
            String kind, Axes axes, Role role, int fanIn, int growing, double mean, String reason) {}

    private static Classification classify(NetworkNode node, String parameter, Axes axes) {
        if (node.is(BatchNormalization.class)) {
            boolean gain = parameter.equals("gamma");
            return vector(gain ? "normalisation gain" : "normalisation", axes, gain ? 1 : 0);
        }
        if (node.isVector(parameter) || axes.rank() < 2) {
            boolean gain = parameter.equals(DefaultParamInitializer.GAIN_KEY);
            return vector(gain ? "normalisation gain" : "bias", axes, gain ? 1 : 0);
        }
        if (node.is(DepthwiseConvolution2D.class) || node.is(SeparableConvolution2D.class) && parameter.equals("W")) {
            return depthwise(axes, node.is(DepthwiseConvolution2D.class));
        }
        if (node.is(ConvolutionLayer.class) && axes.rank() >= 3) {
            boolean reversed = node.is(Deconvolution2D.class, Deconvolution3D.class);
            return matrix(node, "convolution weight", reversed ? axes.channelsFirst(0, 1) : axes.channelsFirst(1, 0));
        }
        if (node.is(EmbeddingLayer.class, EmbeddingSequenceLayer.class)) {
            return new Classification(EMBEDDING, axes, Role.INPUT, 1, axes.last(), 0,
                    "a row is looked up, not summed over; the number of rows does not grow with the width");
        }
        if (node.isAttention()) {
            return attention(node, parameter, axes);
        }
        if (parameter.startsWith("RW")) {
            return new Classification("recurrent weight", axes, Role.HIDDEN, axes.sizes().getFirst(), axes.sizes().getFirst(), 0,
                    "from the layer's units to the same units: both axes grow with the width");
        }
        return matrix(node, node.is(BaseRecurrentLayer.class) ? "recurrent input weight" : node.kind() + " weight", axes);
    }

    private static Classification vector(String kind, Axes axes, double mean) {
        return new Classification(kind, axes.flat(), Role.VECTOR, 1, axes.size(), mean, "one value per unit: no sum runs over it");
    }

    private static Classification depthwise(Axes axes, boolean channelsLast) {
        Axes ordered = channelsLast ? axes : axes.channelsFirst(1, 0);
        int rank = ordered.rank();
        int window = ordered.sizes().subList(0, rank - 2).stream().reduce(1, Math::multiplyExact);
        return new Classification("depthwise convolution", ordered, Role.INPUT, window, ordered.size() / window, 0,
                "each output sums over its window only, which does not grow with the width");
    }

    private static Classification attention(NetworkNode node, String parameter, Axes axes) {
        if (axes.rank() == 3) {
            Axes projection = axes.headsAsMatrix();
            return matrix(node, "attention projection", projection);
        }
        return parameter.equals("Q")
                ? new Classification("attention queries", axes, Role.INPUT, 1, axes.sizes().getFirst(), 0,
                        "learned inputs: their number does not grow with the width")
                : matrix(node, "attention output weight", axes);
    }

    /** A weight whose last two axes are (in, out). */
    private static Classification matrix(NetworkNode node, String kind, Axes axes) {
        int out = axes.last();
        int in = axes.sizes().get(axes.rank() - 2);
        int fanIn = axes.size() / out;
        return switch (node.place()) {
            case FIRST -> new Classification(kind, axes, Role.INPUT, fanIn, out, 0,
                    "no weights before it: its inputs are the data's and do not grow with the width");
            case LAST -> new Classification(kind, axes, Role.OUTPUT, fanIn, in, 0,
                    "no weights after it: its outputs are the task's and do not grow with the width");
            case BETWEEN -> new Classification(kind, axes, Role.HIDDEN, fanIn, in, 0,
                    "weights before and after it: both axes grow with the width");
        };
    }

    /** Axes with strides, in some order. */
    private record Axes(List<Integer> sizes, List<Integer> strides) {

        static Axes of(INDArray array) {
            List<Integer> sizes = new ArrayList<>();
            List<Integer> strides = new ArrayList<>();
            for (int i = 0; i < array.rank(); i++) {
                sizes.add(Math.toIntExact(array.size(i)));
                strides.add(Math.toIntExact(array.stride(i)));
            }
            return new Axes(sizes, strides);
        }

        int rank() {
            return sizes.size();
        }

        int last() {
            return sizes.getLast();
        }

        int size() {
            return sizes.stream().reduce(1, Math::multiplyExact);
        }

        Axes flat() {
            return new Axes(List.of(size()), List.of(1));
        }

        /** With the axes of channels, in and out, behind the axes of the window. */
        Axes channelsFirst(int in, int out) {
            List<Integer> order = new ArrayList<>();
            for (int i = 2; i < rank(); i++) {
                order.add(i);
            }
            order.addAll(Arrays.asList(in, out));
            return new Axes(order.stream().map(sizes::get).toList(), order.stream().map(strides::get).toList());
        }

        /** [heads, size, in] as the matrix (in, heads·size); the order of the columns is DL4J's. */
        Axes headsAsMatrix() {
            int columns = sizes.get(0) * sizes.get(1);
            return new Axes(List.of(sizes.get(2), columns), List.of(strides.get(2), Math.min(strides.get(0), strides.get(1))));
        }
    }
}
