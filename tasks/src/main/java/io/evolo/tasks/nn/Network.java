package io.evolo.tasks.nn;

import io.evolo.tasks.DenseLayer;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Role;
import io.evolo.tasks.Scaling;
import io.evolo.tasks.Shape;
import io.evolo.tasks.kernels.Activation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An optimizee's computation: operations in the order of evaluation, from the input to the loss. A value: equal if it computes the
 * same from equal tensors. Executors walk {@link #ops()}; the batch is theirs, shapes here are those of one example.
 *
 * <pre>{@code
 * var b = Network.builder(Parametrization.mup(1));
 * var hidden = b.relu(b.affine("dense1", b.input(64), 32, Role.INPUT));
 * Network network = b.crossEntropy(b.affine("logits", hidden, 10, Role.OUTPUT));
 * }</pre>
 *
 * @param ops the input first, the one loss last; operands precede the operations that read them
 * @param layout the tensors that the operations name
 */
public record Network(List<Op> ops, ParamLayout layout) {

    public Network {
        ops = List.copyOf(ops);
        if (ops.size() < 2 || !(ops.getFirst() instanceof Op.Input) || !isLoss(ops.getLast())) {
            throw new IllegalArgumentException("a network begins with its input and ends with its loss, got " + ops);
        }
        for (int i = 1; i < ops.size(); i++) {
            check(ops.get(i), i, i == ops.size() - 1);
        }
        checkAllAreRead(ops);
    }

    private static void checkAllAreRead(List<Op> ops) {
        Set<Integer> read = new HashSet<>();
        ops.forEach(op -> read.addAll(op.operands()));
        for (int i = 0; i < ops.size() - 1; i++) {
            if (!read.contains(i)) {
                throw new IllegalArgumentException("nothing reads operation " + i + " (" + ops.get(i) + "); leave it out");
            }
        }
    }

    private static void check(Op op, int position, boolean last) {
        if (op instanceof Op.Input || isLoss(op) != last) {
            throw new IllegalArgumentException(
                    "operation " + position + " is " + op + "; a network has one input, its first, and one loss, its last");
        }
        if (new HashSet<>(op.operands()).size() < op.operands().size()) {
            throw new IllegalArgumentException("operation " + position + " (" + op + ") reads a value twice");
        }
        for (int operand : op.operands()) {
            if (operand < 0 || operand >= position) {
                throw new IllegalArgumentException(
                        "operation " + position + " (" + op + ") reads operation " + operand + ", expected an earlier one");
            }
        }
    }

    private static boolean isLoss(Op op) {
        return op instanceof Op.SoftmaxCrossEntropy || op instanceof Op.MeanSquaredError;
    }

    public static Builder builder(Parametrization parametrization) {
        return new Builder(parametrization);
    }

    /** The shape of one example's input. */
    public Shape input() {
        return ops.getFirst().shape();
    }

    /** The position of the operation that the loss judges: logits or prediction. */
    public int output() {
        return ops.getLast().operands().getFirst();
    }

    /** The shape of one example's logits or prediction. */
    public Shape outputShape() {
        return ops.get(output()).shape();
    }

    /** The rows of one example's output, each with a label of its own: 1, or the positions of a sequence. */
    public int outputRows() {
        Shape shape = outputShape();
        return shape.size() / shape.axis(shape.rank() - 1);
    }

    /** The name of the layer that an operation is: that of its first tensor before the last {@code /}. None without tensors. */
    public Optional<String> layer(Op op) {
        return op.tensors().stream().findFirst().map(tensor -> {
            String name = layout.spec(tensor).name();
            return name.substring(0, Math.max(0, name.lastIndexOf('/')));
        });
    }

    /** The names of all layers, in the order of evaluation. */
    public List<String> layers() {
        return ops.stream().flatMap(op -> layer(op).stream()).toList();
    }

    /**
     * A value of the network being built.
     *
     * @param position of the operation that computes it
     * @param shape of one example's value
     */
    public record Value(int position, Shape shape) {

        int lastAxis() {
            return shape.axis(shape.rank() - 1);
        }
    }

    /** Collects operations and tensors. The loss ends it and gives the network. */
    public static final class Builder {
        private final Parametrization parametrization;
        private final List<Op> ops = new ArrayList<>();
        private final List<ParamSpec> specs = new ArrayList<>();
        private final List<DenseLayer> dense = new ArrayList<>();

        private Builder(Parametrization parametrization) {
            this.parametrization = parametrization;
        }

        /** The input: {@code axes} are those of one example. The first call of every network. */
        public Value input(int... axes) {
            return add(new Op.Input(Shape.of(axes)));
        }

        /**
         * x·w + b along the last axis, times the forward multiplier of the role. Adds tensors {@code name/w} [in, units] and
         * {@code name/b} [units].
         *
         * @param role INPUT, HIDDEN or OUTPUT; the bias of an OUTPUT does not grow with the width
         */
        public Value affine(String name, Value x, int units, Role role) {
            int in = x.lastAxis();
            int growing = switch (role) {
                case INPUT -> units;
                case HIDDEN, OUTPUT -> in;
                case VECTOR -> throw new IllegalArgumentException(
                        "layer '" + name + "': role VECTOR is for biases and gains, expected INPUT, HIDDEN or OUTPUT");
            };
            Scaling scaling = parametrization.scaling(role, in, growing);
            int weight = tensor(new ParamSpec(name + "/w", Shape.of(in, units), role, in, 0, scaling));
            int bias = vector(name + "/b", units, role == Role.OUTPUT ? 0 : units, 0);
            dense.add(new DenseLayer(weight, bias));
            return add(new Op.Affine(x.position(), weight, bias, (float) scaling.forward(), withLastAxis(x.shape(), units)));
        }

        public Value activate(Activation activation, Value x) {
            return add(new Op.Activate(x.position(), activation, x.shape()));
        }

        public Value relu(Value x) {
            return activate(Activation.RELU, x);
        }

        /** Layer normalisation along the last axis. Adds tensors {@code name/gain}, initially 1, and {@code name/bias}. */
        public Value layerNorm(String name, Value x) {
            int features = x.lastAxis();
            int gain = vector(name + "/gain", features, features, 1);
            int bias = vector(name + "/bias", features, features, 0);
            return add(new Op.LayerNorm(x.position(), gain, bias, x.shape()));
        }

        public Value scale(float factor, Value x) {
            return add(new Op.Scale(x.position(), factor, x.shape()));
        }

        /** The same values with other axes. */
        public Value reshape(Value x, int... axes) {
            Shape shape = Shape.of(axes);
            if (shape.size() != x.shape().size()) {
                throw new IllegalArgumentException("a value of shape " + x.shape() + " cannot be reshaped to " + shape);
            }
            return add(new Op.Reshape(x.position(), shape));
        }

        /** All values on one axis. */
        public Value flatten(Value x) {
            return x.shape().rank() == 1 ? x : reshape(x, x.shape().size());
        }

        /** x + y, two different values of one shape. */
        public Value add(Value x, Value y) {
            if (!x.shape().equals(y.shape())) {
                throw new IllegalArgumentException("a sum of values of shapes " + x.shape() + " and " + y.shape() + ", expected equal ones");
            }
            if (x.position() == y.position()) {
                throw new IllegalArgumentException("a sum of operation " + x.position() + " and itself; scale it by 2 instead");
            }
            return add(new Op.Add(x.position(), y.position(), x.shape()));
        }

        /** Ends the network with the cross-entropy of {@code logits}, whose last axis is the classes. */
        public Network crossEntropy(Value logits) {
            return end(new Op.SoftmaxCrossEntropy(logits.position()));
        }

        /** Ends the network with the mean squared error of {@code prediction}. */
        public Network squaredError(Value prediction, Target target) {
            return end(new Op.MeanSquaredError(prediction.position(), target));
        }

        private Network end(Op loss) {
            ops.add(loss);
            return new Network(ops, new ParamLayout(specs, dense));
        }

        private Value add(Op op) {
            ops.add(op);
            return new Value(ops.size() - 1, op.shape());
        }

        private int vector(String name, int size, int growing, double initialMean) {
            Scaling scaling = parametrization.scaling(Role.VECTOR, 1, growing);
            return tensor(new ParamSpec(name, Shape.of(size), Role.VECTOR, 1, initialMean, scaling));
        }

        private int tensor(ParamSpec spec) {
            specs.add(spec);
            return specs.size() - 1;
        }

        private static Shape withLastAxis(Shape shape, int size) {
            List<Integer> axes = new ArrayList<>(shape.axes());
            axes.set(axes.size() - 1, size);
            return new Shape(axes);
        }
    }
}
