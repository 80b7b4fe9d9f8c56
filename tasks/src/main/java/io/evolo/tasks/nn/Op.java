package io.evolo.tasks.nn;

import io.evolo.tasks.Shape;
import io.evolo.tasks.kernels.Activation;
import java.util.List;

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
}
