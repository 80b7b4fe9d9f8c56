package io.evolo.tasks.nn;

import io.evolo.tasks.DenseLayer;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Parametrization.HeadGrowth;
import io.evolo.tasks.Role;
import io.evolo.tasks.Scaling;
import io.evolo.tasks.Shape;
import io.evolo.tasks.Work;
import io.evolo.tasks.kernels.Activation;
import io.evolo.tasks.kernels.Convolution;
import io.evolo.tasks.kernels.EvidenceBound;
import io.evolo.tasks.kernels.Pooling;
import io.evolo.tasks.kernels.RecurrentCell;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
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
        if (ops.size() < 2 || !isInput(ops.getFirst()) || !isLoss(ops.getLast())) {
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
        if (isInput(op) || isLoss(op) != last) {
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
        return op instanceof Op.SoftmaxCrossEntropy || op instanceof Op.MeanSquaredError || op instanceof Op.Elbo;
    }

    private static boolean isInput(Op op) {
        return op instanceof Op.Input || op instanceof Op.Tokens;
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

    /** Whether the largest value of an output row is a guess at its label. */
    public boolean classifies() {
        return switch (ops.getLast()) {
            case Op.SoftmaxCrossEntropy _ -> true;
            case Op.MeanSquaredError(int _, Target target) -> target == Target.ONE_HOT;
            default -> false;
        };
    }

    /** Whether an operation uses statistics of the batch, which evaluation must collect before. */
    public boolean usesBatchStatistics() {
        return ops.stream().anyMatch(op -> op instanceof Op.BatchNorm);
    }

    /** Floating-point operations of all products for one example, forward and backward: three times those of forward. */
    public double flops() {
        return 3 * ops.stream().mapToDouble(this::forwardFlops).sum();
    }

    private double forwardFlops(Op op) {
        return switch (op) {
            case Op.Affine affine -> 2.0 * op.shape().size() * layout.spec(affine.weight()).shape().axis(0);
            case Op.Convolution convolution ->
                2.0 * op.shape().size() * layout.spec(convolution.weight()).shape().size() / convolution.kernel().filters();
            case Op.Attention _ -> 4.0 * op.shape().size() * op.shape().axis(0);
            case Op.Recurrent recurrent -> 2.0 * op.shape().axis(0) * layout.spec(recurrent.weight()).shape().size();
            default -> 0;
        };
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

    /**
     * What one example costs in a loss with its gradient: three products of every matrix with every row that it is applied to, and
     * three times the values of all operations. Attention's products of positions count as values.
     */
    public Work work() {
        double multiplies = 0;
        double values = 0;
        for (Op op : ops) {
            Shape shape = op.shape();
            values += 3.0 * shape.size();
            if (shape.rank() > 0 && !(op instanceof Op.Embedding) && !(op instanceof Op.Positions)) {
                double rows = (double) shape.size() / shape.axis(shape.rank() - 1);
                multiplies += op.tensors().stream()
                        .map(layout::spec)
                        .filter(spec -> spec.shape().rank() > 1)
                        .mapToDouble(spec -> 3 * rows * spec.shape().size())
                        .sum();
            }
        }
        return new Work(multiplies, values);
    }

    /** The names of all layers, in the order of evaluation. */
    public List<String> layers() {
        return ops.stream().flatMap(op -> layer(op).stream()).toList();
    }

    /** The sizes of a convolution of an image [height, width, channels]. */
    static Convolution.Geometry geometry(Shape image, Op.Kernel kernel) {
        return new Convolution.Geometry(
                image.axis(0), image.axis(1), image.axis(2), kernel.filters(), kernel.size(), kernel.stride(), kernel.padding());
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
            Scaling weight = parametrization.scaling(role, in, growing);
            Scaling bias = role == Role.OUTPUT
                    ? parametrization.outputBias(in)
                    : parametrization.scaling(Role.VECTOR, 1, units);
            return affine(name, x, role, weight, bias, units);
        }

        private Value affine(String name, Value x, Role role, Scaling scaling, Scaling biasScaling, int units) {
            int in = x.lastAxis();
            int weight = tensor(new ParamSpec(name + "/w", Shape.of(in, units), role, in, 0, scaling));
            int bias = tensor(new ParamSpec(name + "/b", Shape.of(units), Role.VECTOR, 1, 0, biasScaling));
            dense.add(new DenseLayer(weight, bias));
            return add(new Op.Affine(x.position(), weight, bias, (float) scaling.forward(), withLastAxis(x.shape(), units)));
        }

        /** The input of a network that reads tokens: so many positions. The first call of every such network. */
        public Value tokens(int vocabulary, int positions) {
            if (vocabulary < 2) {
                throw new IllegalArgumentException("a vocabulary of " + vocabulary + " tokens, expected at least 2");
            }
            return add(new Op.Tokens(vocabulary, Shape.of(positions)));
        }

        /** Rows of a table by tokens. Adds tensor {@code name/table} [vocabulary, features], of role INPUT and fan-in 1. */
        public Value embedding(String name, Value tokens, int features) {
            if (!(ops.get(tokens.position()) instanceof Op.Tokens(int vocabulary, var _))) {
                throw new IllegalArgumentException("embedding '" + name + "' reads a value of shape " + tokens.shape() + ", expected tokens");
            }
            int table = table(name, vocabulary, features);
            return add(new Op.Embedding(tokens.position(), table, Shape.of(tokens.shape().axis(0), features)));
        }

        /** x plus a learned row per position. Adds tensor {@code name/table} [positions, features], of role INPUT and fan-in 1. */
        public Value positions(String name, Value x) {
            requireRank("positions '" + name + "'", x, 2, "[positions, features]");
            int table = table(name, x.shape().axis(0), x.lastAxis());
            return add(new Op.Positions(x.position(), table, x.shape()));
        }

        private int table(String name, int rows, int features) {
            Scaling scaling = parametrization.scaling(Role.INPUT, 1, features);
            return tensor(new ParamSpec(name + "/table", Shape.of(rows, features), Role.INPUT, 1, 0, scaling));
        }

        /**
         * A convolution of an image [height, width, channels]. Adds tensors {@code name/w} [size, size, channels, filters] and
         * {@code name/b} [filters].
         *
         * @param role INPUT or HIDDEN
         */
        public Value convolution(String name, Value x, Op.Kernel kernel, Role role) {
            return convolution(name, x, kernel, role, OptionalInt.of(specs.size() + 1));
        }

        /** As {@link #convolution}, without a bias: for a normalisation behind it, which would take the bias out again. */
        public Value bareConvolution(String name, Value x, Op.Kernel kernel, Role role) {
            return convolution(name, x, kernel, role, OptionalInt.empty());
        }

        private Value convolution(String name, Value x, Op.Kernel kernel, Role role, OptionalInt bias) {
            requireRank("convolution '" + name + "'", x, 3, "[height, width, channels]");
            if (role != Role.INPUT && role != Role.HIDDEN) {
                throw new IllegalArgumentException("convolution '" + name + "': role " + role + ", expected INPUT or HIDDEN");
            }
            int channels = x.lastAxis();
            Shape weight = Shape.of(kernel.size(), kernel.size(), channels, kernel.filters());
            Shape shape;
            try {
                var g = geometry(x.shape(), kernel);
                shape = Shape.of(g.outHeight(), g.outWidth(), kernel.filters());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "convolution '" + name + "' of a value " + x.shape() + " by a tensor " + weight + ": " + e.getMessage(), e);
            }
            int fanIn = kernel.size() * kernel.size() * channels;
            Scaling scaling = parametrization.scaling(role, fanIn, role == Role.INPUT ? kernel.filters() : channels);
            int tensor = tensor(new ParamSpec(name + "/w", weight, role, fanIn, 0, scaling));
            if (bias.isPresent()) {
                vector(name + "/b", kernel.filters(), kernel.filters(), 0);
            }
            return add(new Op.Convolution(x.position(), tensor, bias, kernel, shape));
        }

        /** Pooling of an image [height, width, channels]. */
        public Value pool(Pooling.Kind kind, Value x, int size, int stride) {
            requireRank("pooling", x, 3, "[height, width, channels]");
            var g = new Pooling.Geometry(x.shape().axis(0), x.shape().axis(1), x.lastAxis(), size, stride);
            return add(new Op.Pool(x.position(), kind, size, stride, Shape.of(g.outHeight(), g.outWidth(), x.lastAxis())));
        }

        /** The mean over all axes but the last. */
        public Value globalAverage(Value x) {
            return add(new Op.GlobalAverage(x.position(), Shape.of(x.lastAxis())));
        }

        /** Batch normalisation along the last axis. Adds tensors {@code name/gain}, initially 1, and {@code name/bias}. */
        public Value batchNorm(String name, Value x) {
            int features = x.lastAxis();
            int gain = vector(name + "/gain", features, features, 1);
            int bias = vector(name + "/bias", features, features, 0);
            return add(new Op.BatchNorm(x.position(), gain, bias, x.shape()));
        }

        /** Values become 0 with that probability in training. */
        public Value dropout(double probability, Value x) {
            if (!(probability >= 0 && probability < 1)) {
                throw new IllegalArgumentException("dropout probability is " + probability + ", expected one of [0, 1)");
            }
            return probability == 0 ? x : add(new Op.Dropout(x.position(), (float) probability, x.shape()));
        }

        /** As {@link #attention(String, Value, int, HeadGrowth, boolean)}, of as many heads at every width. */
        public Value attention(String name, Value x, int heads, boolean causal) {
            return attention(name, x, heads, HeadGrowth.SIZE, causal);
        }

        /**
         * Multi-head attention of a sequence to itself: x [positions, features] is mapped to queries, keys and values by layers
         * {@code name/q}, {@code name/k}, {@code name/v}, and what the heads see back by {@code name/out}; all are of role HIDDEN.
         *
         * @param heads divides the features
         * @param growth whether wider networks of this kind have larger heads or more of them
         */
        public Value attention(String name, Value x, int heads, HeadGrowth growth, boolean causal) {
            requireRank("attention '" + name + "'", x, 2, "[positions, features]");
            int features = x.lastAxis();
            if (heads < 1 || features % heads != 0) {
                throw new IllegalArgumentException("attention '" + name + "' splits the last axis of " + x.shape() + " into " + heads
                        + " heads, expected a number that divides it");
            }
            Value queries = affine(
                    name + "/q",
                    x,
                    Role.HIDDEN,
                    parametrization.queries(features),
                    parametrization.scaling(Role.VECTOR, 1, features),
                    features);
            Value keys = affine(name + "/k", x, features, Role.HIDDEN);
            Value values = affine(name + "/v", x, features, Role.HIDDEN);
            float factor = (float) parametrization.attention(features / heads, heads, growth);
            Value seen = add(new Op.Attention(
                    queries.position(), keys.position(), values.position(), heads, causal, factor, x.shape()));
            return affine(name + "/out", seen, features, Role.HIDDEN);
        }

        /**
         * A recurrent layer over a sequence x [positions, features], from a state of zeros. Adds the tensors of the layer
         * {@code name/in}, which maps the inputs to the gates, and {@code name/w} [units, gates · units] of role HIDDEN; for a cell
         * with a bias of its own {@code name/b} [units].
         */
        public Value recurrent(String name, RecurrentCell cell, Value x, int units) {
            requireRank("recurrent layer '" + name + "'", x, 2, "[positions, features]");
            Value contribution = affine(name + "/in", x, cell.gates() * units, Role.HIDDEN);
            Shape shape = Shape.of(units, cell.gates() * units);
            Scaling scaling = parametrization.scaling(Role.HIDDEN, units, units);
            int weight = tensor(new ParamSpec(name + "/w", shape, Role.HIDDEN, units, 0, scaling));
            OptionalInt bias = cell.hasBias() ? OptionalInt.of(vector(name + "/b", units, units, 0)) : OptionalInt.empty();
            return add(new Op.Recurrent(contribution.position(), cell, weight, bias, Shape.of(x.shape().axis(0), units)));
        }

        /** mean + e^(½ logVariance)·noise. */
        public Value sample(Value mean, Value logVariance) {
            requireEqualShapes("a draw", mean, logVariance);
            return add(new Op.Sample(mean.position(), logVariance.position(), mean.shape()));
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
            requireEqualShapes("a sum", x, y);
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

        /** Ends the network with the negative evidence lower bound: the prediction is of the input, mean and logVariance of a draw. */
        public Network elbo(Value prediction, Value mean, Value logVariance, EvidenceBound.Likelihood likelihood) {
            requireEqualShapes("an evidence bound", mean, logVariance);
            if (prediction.shape().size() != ops.getFirst().shape().size()) {
                throw new IllegalArgumentException("an evidence bound with a prediction " + prediction.shape() + " of an input "
                        + ops.getFirst().shape() + ", expected equal sizes");
            }
            return end(new Op.Elbo(prediction.position(), mean.position(), logVariance.position(), likelihood));
        }

        private static void requireEqualShapes(String operation, Value x, Value y) {
            if (!x.shape().equals(y.shape())) {
                throw new IllegalArgumentException(
                        operation + " of values of shapes " + x.shape() + " and " + y.shape() + ", expected equal ones");
            }
        }

        private static void requireRank(String operation, Value x, int rank, String expected) {
            if (x.shape().rank() != rank) {
                throw new IllegalArgumentException(operation + " reads a value of shape " + x.shape() + ", expected " + expected);
            }
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
