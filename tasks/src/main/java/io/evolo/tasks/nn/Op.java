package io.evolo.tasks.nn;

import io.evolo.tasks.Shape;
import io.evolo.tasks.kernels.Activation;
import io.evolo.tasks.kernels.EvidenceBound;
import io.evolo.tasks.kernels.Pooling;
import io.evolo.tasks.kernels.RecurrentCell;
import java.util.List;
import java.util.OptionalInt;

/**
 * One operation of a {@link Network}. Operands are named by their position in the network, tensors by their position in its layout.
 * What an operation computes for one example has the static {@link #shape()}; where it has several axes, those before the last are
 * independent rows.
 */
public sealed interface Op {

    /** Of the value of one example; no axes for a loss. */
    Shape shape();

    /** Positions of the operations whose values this one reads, all different. */
    List<Integer> operands();

    /** Positions in the layout of the tensors that this one reads. The first one's name tells the layer. */
    default List<Integer> tensors() {
        return List.of();
    }

    /** The input of the network. */
    record Input(Shape shape) implements Op {
        @Override
        public List<Integer> operands() {
            return List.of();
        }
    }

    /**
     * factor·(x·w + b) along the last axis.
     *
     * @param weight tensor [in, out]
     * @param bias tensor [out]
     * @param factor the parametrization's forward multiplier; it acts on the bias too, as in muLO
     */
    record Affine(int x, int weight, int bias, float factor, Shape shape) implements Op {
        @Override
        public List<Integer> operands() {
            return List.of(x);
        }

        @Override
        public List<Integer> tensors() {
            return List.of(weight, bias);
        }
    }

    /** An activation function, on every value. */
    record Activate(int x, Activation activation, Shape shape) implements Op {
        @Override
        public List<Integer> operands() {
            return List.of(x);
        }
    }

    /** Layer normalisation along the last axis; gain and bias are tensors of its size. */
    record LayerNorm(int x, int gain, int bias, Shape shape) implements Op {
        @Override
        public List<Integer> operands() {
            return List.of(x);
        }

        @Override
        public List<Integer> tensors() {
            return List.of(gain, bias);
        }
    }

    /** factor·x. */
    record Scale(int x, float factor, Shape shape) implements Op {
        @Override
        public List<Integer> operands() {
            return List.of(x);
        }
    }

    /** The same values with other axes: a view, nothing is moved. */
    record Reshape(int x, Shape shape) implements Op {
        @Override
        public List<Integer> operands() {
            return List.of(x);
        }
    }

    /** x + y, two different values of one shape: a residual connection. */
    record Add(int x, int y, Shape shape) implements Op {

        @Override
        public List<Integer> operands() {
            return List.of(x, y);
        }
    }

    /** The input of a network that reads tokens: ids in [0, vocabulary), one per position. */
    record Tokens(int vocabulary, Shape shape) implements Op {
        @Override
        public List<Integer> operands() {
            return List.of();
        }
    }

    /**
     * The rows of a table that tokens name.
     *
     * @param x the tokens [positions]
     * @param table tensor [vocabulary, features]
     */
    record Embedding(int x, int table, Shape shape) implements Op {
        @Override
        public List<Integer> operands() {
            return List.of(x);
        }

        @Override
        public List<Integer> tensors() {
            return List.of(table);
        }
    }

    /** x + a tensor of x's shape: learned positions. */
    record Positions(int x, int table, Shape shape) implements Op {
        @Override
        public List<Integer> operands() {
            return List.of(x);
        }

        @Override
        public List<Integer> tensors() {
            return List.of(table);
        }
    }

    /**
     * What a convolution slides over an image.
     *
     * @param filters values of a pixel of the result
     * @param size height and width in pixels
     * @param stride pixels from one position to the next
     * @param padding zeros on every side of the image
     */
    record Kernel(int filters, int size, int stride, int padding) {

        /** With as many zeros on every side that stride 1 keeps the image's size; the size must be odd. */
        public static Kernel same(int filters, int size, int stride) {
            if (size % 2 == 0) {
                throw new IllegalArgumentException("kernel size is " + size + ", expected an odd one, which has a middle");
            }
            return new Kernel(filters, size, stride, size / 2);
        }

        /** Side by side, without padding: an image in patches. */
        public static Kernel patches(int filters, int size) {
            return new Kernel(filters, size, size, 0);
        }
    }

    /**
     * A convolution of an image [height, width, channels].
     *
     * @param weight tensor [size, size, channels, filters]
     * @param bias tensor [filters], or none
     */
    record Convolution(int x, int weight, OptionalInt bias, Kernel kernel, Shape shape) implements Op {
        @Override
        public List<Integer> operands() {
            return List.of(x);
        }

        @Override
        public List<Integer> tensors() {
            return bias.isPresent() ? List.of(weight, bias.getAsInt()) : List.of(weight);
        }
    }

    /** Pooling of windows of an image [height, width, channels]. */
    record Pool(int x, Pooling.Kind kind, int size, int stride, Shape shape) implements Op {
        @Override
        public List<Integer> operands() {
            return List.of(x);
        }
    }

    /** The mean over all axes but the last. */
    record GlobalAverage(int x, Shape shape) implements Op {
        @Override
        public List<Integer> operands() {
            return List.of(x);
        }
    }

    /** Batch normalisation along the last axis; gain and bias are tensors of its size. */
    record BatchNorm(int x, int gain, int bias, Shape shape) implements Op {
        @Override
        public List<Integer> operands() {
            return List.of(x);
        }

        @Override
        public List<Integer> tensors() {
            return List.of(gain, bias);
        }
    }

    /** Values become 0 with a probability in training, and the others 1/(1 − probability) as large. */
    record Dropout(int x, float probability, Shape shape) implements Op {
        @Override
        public List<Integer> operands() {
            return List.of(x);
        }
    }

    /**
     * Multi-head attention of a sequence to itself; queries, keys and values are [positions, heads · size].
     *
     * @param causal whether a position sees only itself and those before it
     * @param factor on the products of queries and keys
     */
    record Attention(int queries, int keys, int values, int heads, boolean causal, float factor, Shape shape) implements Op {
        @Override
        public List<Integer> operands() {
            return List.of(queries, keys, values);
        }
    }

    /**
     * A recurrent layer over a sequence; its value is the states [positions, units].
     *
     * @param x what the inputs contribute to the gates, [positions, gates · units]
     * @param weight tensor [units, gates · units]: what the last state contributes
     * @param bias the cell's own tensor [units], or none
     */
    record Recurrent(int x, RecurrentCell cell, int weight, OptionalInt bias, Shape shape) implements Op {
        @Override
        public List<Integer> operands() {
            return List.of(x);
        }

        @Override
        public List<Integer> tensors() {
            return bias.isPresent() ? List.of(weight, bias.getAsInt()) : List.of(weight);
        }
    }

    /** mean + e^(½ logVariance)·noise, the noise standard normal: a draw that gradients pass through. */
    record Sample(int mean, int logVariance, Shape shape) implements Op {
        @Override
        public List<Integer> operands() {
            return List.of(mean, logVariance);
        }
    }

    /** A loss: cross-entropy of the softmax of the logits' rows with their labels, in nats, averaged over rows and batch. */
    record SoftmaxCrossEntropy(int logits) implements Op {
        @Override
        public Shape shape() {
            return Shape.of();
        }

        @Override
        public List<Integer> operands() {
            return List.of(logits);
        }
    }

    /** A loss: squared differences, averaged over values and batch. */
    record MeanSquaredError(int prediction, Target target) implements Op {
        @Override
        public Shape shape() {
            return Shape.of();
        }

        @Override
        public List<Integer> operands() {
            return List.of(prediction);
        }
    }

    /** A loss: the negative evidence lower bound of a variational autoencoder, in nats per value of the input. */
    record Elbo(int prediction, int mean, int logVariance, EvidenceBound.Likelihood likelihood) implements Op {
        @Override
        public Shape shape() {
            return Shape.of();
        }

        @Override
        public List<Integer> operands() {
            return List.of(prediction, mean, logVariance);
        }
    }
}
