package io.evolo.meta.cuda;

import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.nn.Network;
import io.evolo.tasks.nn.Op;
import io.evolo.tasks.nn.Target;
import io.evolo.tasks.kernels.Activation;
import java.util.ArrayList;
import java.util.List;

/**
 * A network as the kernels of one inner step: batch, forward pass, loss, backward pass, for all lanes at once. A rectified activation is
 * computed by the product before it, and the derivative of one whose value tells it by the product behind it.
 */
final class NetworkPlan {
    private final Network network;
    private final int batch;
    private final int weights;
    private final int gradient;
    private final int[] readers;
    private final int[] lastReader;
    private final boolean[] wanted;
    private final int[] values;
    private final int[] gradients;
    private final int labels;
    private final Layers layers;
    private final List<Call> calls = new ArrayList<>();

    /**
     * @param weights where the parameters lie that the network computes with
     * @param gradient where their gradient goes
     * @param bound of the loss, above which a lane is frozen
     * @throws IllegalArgumentException if an operation has no kernel; see {@link #missing}
     */
    NetworkPlan(Network network, int batch, LaneMemory memory, int weights, int gradient, float bound) {
        List<String> missing = missing(network);
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException("no kernel for " + missing);
        }
        int n = network.ops().size();
        this.network = network;
        this.batch = batch;
        this.weights = weights;
        this.gradient = gradient;
        this.readers = new int[n];
        this.lastReader = new int[n];
        this.wanted = new boolean[n];
        this.values = new int[n];
        this.gradients = new int[n];
        countReaders();
        this.labels = memory.take((long) batch * network.outputRows());
        for (int i = 0; i < n - 1; i++) {
            if (!isView(i) && !(readers[i] == 1 && fusedForward(lastReader[i]))) {
                values[i] = memory.take(size(i));
            }
        }
        for (int i = 0; i < n - 1; i++) {
            if (isView(i)) {
                values[i] = values[operand(i)];
            } else if (fusedForward(i)) {
                values[operand(i)] = values[i]; // the product writes the activation's value at once
            }
        }
        for (int i = n - 2; i > 0; i--) {
            if (wanted[i]) {
                boolean handedOn = readers[i] == 1 && (isView(lastReader[i]) || op(lastReader[i]) instanceof Op.Activate);
                gradients[i] = handedOn ? gradients[lastReader[i]] : memory.take(size(i));
            }
        }
        this.layers = new Layers(network, batch, memory, new Layers.Tensors(weights, gradient), values, gradients, calls);
        plan(bound);
    }

    /** What of a network has no kernel, in words; empty if all has one. */
    static List<String> missing(Network network) {
        List<String> missing = new ArrayList<>();
        for (Op op : network.ops()) {
            boolean known = switch (op) {
                case Op.Input _, Op.Tokens _, Op.Affine _, Op.Activate _, Op.Reshape _, Op.SoftmaxCrossEntropy _ -> true;
                case Op.MeanSquaredError(int _, Target target) -> target != Target.GIVEN;
                default -> Layers.has(op);
            };
            String layer = network.layer(op).map(name -> " '" + name + "'").orElse("");
            if (!known && !missing.contains(op.getClass().getSimpleName() + layer)) {
                missing.add(op.getClass().getSimpleName() + layer);
            }
        }
        return missing;
    }

    /** The kernels of an inner step but the rule's. */
    List<Call> calls() {
        return calls;
    }

    private void countReaders() {
        for (int i = 0; i < network.ops().size(); i++) {
            wanted[i] = !op(i).tensors().isEmpty();
            for (int operand : op(i).operands()) {
                readers[operand]++;
                lastReader[operand] = i;
                wanted[i] |= wanted[operand];
            }
        }
    }

    private Op op(int i) {
        return network.ops().get(i);
    }

    private int operand(int i) {
        return op(i).operands().isEmpty() ? i : op(i).operands().getFirst();
    }

    private int size(int i) {
        return Math.multiplyExact(batch, op(i).shape().size());
    }

    private boolean isView(int i) {
        return op(i) instanceof Op.Reshape;
    }

    /** Whether the product before an activation computes it: one that is no more than a comparison. */
    private boolean fusedForward(int i) {
        return op(i) instanceof Op.Activate activate
                && (activate.activation() == Activation.RELU || activate.activation() == Activation.LEAKY_RELU)
                && op(operand(i)) instanceof Op.Affine
                && readers[operand(i)] == 1;
    }

    /** Whether the product behind an activation computes its derivative: one that the value tells. */
    private boolean fusedBackward(int i) {
        return op(i) instanceof Op.Activate activate
                && activate.activation().slopeFromValue()
                && readers[i] == 1
                && op(lastReader[i]) instanceof Op.Affine
                && readers[operand(i)] == 1;
    }

    /** Whether operation i's part of an operand's gradient is to be added: backward has met a later reader first. */
    private int adds(int i, int operand) {
        return lastReader[operand] == i ? 0 : 1;
    }

    private void plan(float bound) {
        String gather = op(0) instanceof Op.Tokens ? "gather_tokens" : "gather";
        calls.add(Call.blocks(gather, 1, Call.Place.SEGMENTS, Call.Place.MOST, Call.Place.CLOCK, values[0], labels, batch,
                op(0).shape().size()));
        for (int i = 1; i < network.ops().size() - 1; i++) {
            forward(i);
        }
        loss(bound);
        for (int i = network.ops().size() - 2; i > 0; i--) {
            backward(i);
        }
    }

    private void loss(float bound) {
        int output = network.output();
        int rows = batch * network.outputRows();
        switch (network.ops().getLast()) {
            case Op.SoftmaxCrossEntropy _ -> calls.add(Call.blocks("cross_entropy", 1, values[output], labels, gradients[output], rows,
                    size(output) / rows, Call.Place.CLOCK, bound, Call.Place.LOSSES));
            case Op.MeanSquaredError(int _, Target target) -> calls.add(Call.blocks("squared_error", 1, values[output], labels, values[0],
                    target == Target.ONE_HOT ? 1 : 0, gradients[output], batch, size(output) / batch, Call.Place.CLOCK, bound,
                    Call.Place.LOSSES));
            case Op other -> throw new AssertionError("checked before: " + other);
        }
    }

    private void forward(int i) {
        switch (op(i)) {
            case Op.Affine affine -> {
                Sizes s = new Sizes(affine);
                boolean fused = readers[i] == 1 && fusedForward(lastReader[i]);
                Activation activation = fused ? ((Op.Activate) op(lastReader[i])).activation() : Activation.IDENTITY;
                calls.add(Call.items("affine", s.tiles(s.rows, s.units), values[affine.x()], weights + offset(affine.weight()),
                        weights + offset(affine.bias()), values[i], s.rows, s.in, s.units, affine.factor(), activation.ordinal()));
            }
            case Op.Activate activate -> {
                if (!fusedForward(i)) {
                    calls.add(Call.items("activate", size(i), values[activate.x()], values[i], size(i),
                            activate.activation().ordinal()));
                }
            }
            case Op.Reshape _ -> { } // the same values
            default -> layers.forward(i);
        }
    }

    private void backward(int i) {
        switch (op(i)) {
            case Op.Affine affine -> {
                Sizes s = new Sizes(affine);
                int x = affine.x();
                calls.add(Call.items("affine_weights", s.tiles(s.in, s.units), values[x], gradients[i],
                        gradient + offset(affine.weight()), gradient + offset(affine.bias()), s.rows, s.in, s.units, affine.factor()));
                if (wanted[x]) {
                    Activation activation = fusedBackward(x) ? ((Op.Activate) op(x)).activation() : Activation.IDENTITY;
                    calls.add(Call.items("affine_input", s.tiles(s.rows, s.in), values[x], weights + offset(affine.weight()),
                            gradients[i], gradients[x], s.rows, s.in, s.units, affine.factor(), activation.ordinal(), adds(i, x)));
                }
            }
            case Op.Activate activate -> {
                if (wanted[i] && !fusedBackward(i)) {
                    elementwise(i, activate.x(), activate.activation());
                }
            }
            case Op.Reshape reshape -> {
                if (wanted[i] && gradients[i] != gradients[reshape.x()]) {
                    elementwise(i, reshape.x(), Activation.IDENTITY);
                }
            }
            default -> {
                if (wanted[i]) {
                    layers.backward(i, op(i).operands().stream().map(x -> new Layers.Operand(x, wanted[x], adds(i, x))).toList());
                }
            }
        }
    }

    /** The gradient of operand x of the elementwise operation i. */
    private void elementwise(int i, int x, Activation activation) {
        calls.add(Call.items("activate_input", size(i), values[x], values[i], gradients[i], gradients[x], size(i), activation.ordinal(),
                adds(i, x)));
    }

    private int offset(int tensor) {
        return network.layout().offset(tensor);
    }

    /** The sizes of an affine operation's product. */
    private final class Sizes {
        private static final int TILE = 4;

        private final int in;
        private final int units;
        private final int rows;

        Sizes(Op.Affine affine) {
            ParamLayout layout = network.layout();
            this.in = layout.spec(affine.weight()).shape().axis(0);
            this.units = layout.spec(affine.weight()).shape().axis(1);
            this.rows = batch * affine.shape().size() / units;
        }

        long tiles(int m, int n) {
            return (long) ((m + TILE - 1) / TILE) * ((n + TILE - 1) / TILE);
        }
    }
}
