package io.evolo.meta.cuda;

import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Shape;
import io.evolo.tasks.nn.Network;
import io.evolo.tasks.kernels.Pooling;
import io.evolo.tasks.nn.Op;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The kernels of the layers beside affine ones and activations: those of {@code layers.cu}. */
final class Layers {
    private static final int NOWHERE = -1;

    private final Network network;
    private final int batch;
    private final LaneMemory memory;
    private final Tensors tensors;
    private final int[] values;
    private final int[] gradients;
    private final List<Call> calls;
    private final Map<Integer, Kept> kept = new HashMap<>();

    /** Where the parameters and their gradient lie. */
    record Tensors(int weights, int gradient) {}

    /**
     * An operation that another one reads.
     *
     * @param wanted whether its gradient is needed
     * @param adds 1 if a part of its gradient stands there already, else 0
     */
    record Operand(int x, boolean wanted, int adds) {}

    /** What a layer's backward pass needs of its forward pass: the normalised values and roots, the shares and their slopes, or origins. */
    private record Kept(int first, int second) {}

    /**
     * @param values where operations' values lie
     * @param gradients where their gradients lie
     * @param calls gets the kernels
     */
    Layers(Network network, int batch, LaneMemory memory, Tensors tensors, int[] values, int[] gradients, List<Call> calls) {
        this.network = network;
        this.batch = batch;
        this.memory = memory;
        this.tensors = tensors;
        this.values = values;
        this.gradients = gradients;
        this.calls = calls;
    }

    /** Whether the operation is one of these. */
    static boolean has(Op op) {
        return switch (op) {
            case Op.Add _, Op.Scale _, Op.Dropout _, Op.LayerNorm _, Op.BatchNorm _, Op.Embedding _, Op.Positions _, Op.Attention _, Op.Convolution _,
                    Op.Pool _, Op.GlobalAverage _ -> true;
            default -> false;
        };
    }

    void forward(int i) {
        int y = values[i];
        switch (op(i)) {
            case Op.Add(int a, int b, Shape _) -> items("add", size(i), values[a], values[b], y, size(i));
            case Op.Scale(int x, float factor, Shape _) -> items("scale", size(i), values[x], y, size(i), factor, 0);
            case Op.Dropout dropout -> drop(i, dropout, values[dropout.x()], y, 0);
            case Op.LayerNorm norm -> {
                int features = features(i);
                Kept own = keep(i, size(i), size(i) / features);
                items("layer_norm", size(i) / features, values[norm.x()], weight(norm.gain()), weight(norm.bias()), y, own.first,
                        own.second, size(i) / features, features);
            }
            case Op.BatchNorm norm -> {
                int features = features(i);
                Kept own = keep(i, size(i), features);
                items("batch_norm", features, values[norm.x()], weight(norm.gain()), weight(norm.bias()), y, own.first, own.second,
                        size(i) / features, features);
            }
            case Op.Embedding(int x, int table, Shape _) ->
                items("embedding", size(i), values[x], weight(table), y, size(i) / features(i), features(i));
            case Op.Positions(int x, int table, Shape shape) ->
                items("positions", size(i), values[x], weight(table), y, batch, shape.size());
            case Op.Attention a -> {
                int scores = Math.multiplyExact(batch * a.heads(), length(i) * length(i));
                Kept own = keep(i, scores, scores);
                items("attention", (long) batch * a.heads() * length(i), heads(i, a), values[a.queries()], values[a.keys()],
                        values[a.values()], own.first, y);
            }
            case Op.Convolution c -> items("convolution", size(i), geometry(i, c), values[c.x()], weight(c.weight()),
                    c.bias().isPresent() ? weight(c.bias().getAsInt()) : NOWHERE, y);
            case Op.Pool pool -> {
                Kept own = keep(i, pool.kind() == Pooling.Kind.MAX ? size(i) : 0, 0);
                items("pool", size(i), geometry(i, pool), values[pool.x()], y, own.first);
            }
            case Op.GlobalAverage(int x, Shape _) ->
                items("global_average", size(i), values[x], y, batch, size(x) / size(i), features(i));
            default -> throw new AssertionError("no kernel for " + op(i));
        }
    }

    /** @param operands in the operation's order */
    void backward(int i, List<Operand> operands) {
        int dy = gradients[i];
        Operand first = operands.getFirst();
        switch (op(i)) {
            case Op.Add _ -> operands.forEach(operand -> handOn(i, operand, 1));
            case Op.Scale scale -> handOn(i, first, scale.factor());
            case Op.Dropout dropout -> drop(i, dropout, dy, gradients[first.x], first.adds);
            case Op.LayerNorm norm -> {
                int features = features(i);
                Kept own = kept.get(i);
                items("norm_weights", features, dy, own.first, slope(norm.gain()), slope(norm.bias()), size(i) / features, features);
                if (first.wanted) {
                    items("layer_norm_input", size(i) / features, weight(norm.gain()), own.first, own.second, dy, gradients[first.x],
                            size(i) / features, features, first.adds);
                }
            }
            case Op.BatchNorm norm -> {
                int features = features(i);
                Kept own = kept.get(i);
                items("norm_weights", features, dy, own.first, slope(norm.gain()), slope(norm.bias()), size(i) / features, features);
                if (first.wanted) {
                    items("batch_norm_input", size(i), weight(norm.gain()), own.first, own.second, slope(norm.gain()),
                            slope(norm.bias()), dy, gradients[first.x], size(i) / features, features, first.adds);
                }
            }
            case Op.Embedding(int x, int table, Shape _) -> {
                int vocabulary = layout().spec(table).shape().axis(0);
                items("embedding_weights", (long) vocabulary * features(i), values[x], dy, slope(table), size(i) / features(i),
                        vocabulary, features(i));
            }
            case Op.Positions positions -> {
                items("sum_examples", positions.shape().size(), dy, slope(positions.table()), batch, positions.shape().size());
                handOn(i, first, 1);
            }
            case Op.Attention a -> backward(i, a, operands);
            case Op.Convolution c -> {
                byte[] g = geometry(i, c);
                items("convolution_weights", layout().spec(c.weight()).shape().size(), g, values[c.x()], dy, slope(c.weight()));
                c.bias().ifPresent(bias ->
                        items("sum_examples", features(i), dy, slope(bias), size(i) / features(i), features(i)));
                if (first.wanted) {
                    items("convolution_input", size(first.x), g, weight(c.weight()), dy, gradients[first.x], first.adds);
                }
            }
            case Op.Pool pool -> {
                if (first.wanted) {
                    items("pool_input", size(first.x), geometry(i, pool), dy, gradients[first.x], kept.get(i).first, first.adds);
                }
            }
            case Op.GlobalAverage average -> {
                if (first.wanted) {
                    items("global_average_input", size(first.x), dy, gradients[first.x], batch, size(first.x) / size(i),
                            average.shape().size(), first.adds);
                }
            }
            default -> throw new AssertionError("no kernel for " + op(i));
        }
    }

    /** Queries come first: their kernel leaves the slopes that the keys' gradient is made of. */
    private void backward(int i, Op.Attention a, List<Operand> operands) {
        byte[] heads = heads(i, a);
        Kept own = kept.get(i);
        Operand queries = operands.get(0);
        Operand keys = operands.get(1);
        Operand seen = operands.get(2);
        items("attention_queries", (long) batch * a.heads() * length(i), heads, values[keys.x], values[seen.x], own.first, own.second,
                gradients[i], gradients[queries.x], queries.adds);
        items("attention_keys", size(i), heads, own.second, values[queries.x], gradients[keys.x], keys.adds);
        items("attention_keys", size(i), heads, own.first, gradients[i], gradients[seen.x], seen.adds);
    }

    /** Values and gradients are dropped alike; the probability as {@link io.evolo.tasks.kernels.Dropout} makes a bound of it. */
    private void drop(int i, Op.Dropout dropout, int from, int to, int adds) {
        int bound = (int) (dropout.probability() * 0x1p31);
        items("dropout", size(i), from, to, size(i), 1 / (1 - dropout.probability()), bound, i, adds);
    }

    private void handOn(int i, Operand operand, float factor) {
        if (operand.wanted) {
            items("scale", size(i), gradients[i], gradients[operand.x], size(i), factor, operand.adds);
        }
    }

    private void items(String kernel, long items, Object... arguments) {
        calls.add(Call.items(kernel, items, arguments));
    }

    private Kept keep(int i, int first, int second) {
        Kept own = new Kept(memory.take(first), memory.take(second));
        kept.put(i, own);
        return own;
    }

    /** struct Heads of layers.cu. */
    private byte[] heads(int i, Op.Attention a) {
        return new Struct()
                .ints(batch, length(i), a.heads(), features(i) / a.heads(), a.causal() ? 1 : 0)
                .floats(a.factor())
                .toBytes();
    }

    /** struct Conv of layers.cu. */
    private byte[] geometry(int i, Op.Convolution c) {
        Shape image = op(c.x()).shape();
        Op.Kernel kernel = c.kernel();
        return new Struct()
                .ints(batch, image.axis(0), image.axis(1), image.axis(2), kernel.filters(), kernel.size(), kernel.stride(),
                        kernel.padding(), c.shape().axis(0), c.shape().axis(1))
                .toBytes();
    }

    /** struct Pool of layers.cu. */
    private byte[] geometry(int i, Op.Pool pool) {
        Shape image = op(pool.x()).shape();
        return new Struct()
                .ints(batch, image.axis(0), image.axis(1), image.axis(2), pool.size(), pool.stride(), op(i).shape().axis(0),
                        op(i).shape().axis(1), pool.kind() == Pooling.Kind.MAX ? 1 : 0)
                .toBytes();
    }

    private Op op(int i) {
        return network.ops().get(i);
    }

    private ParamLayout layout() {
        return network.layout();
    }

    private int weight(int tensor) {
        return tensors.weights + layout().offset(tensor);
    }

    private int slope(int tensor) {
        return tensors.gradient + layout().offset(tensor);
    }

    private int size(int i) {
        return Math.multiplyExact(batch, op(i).shape().size());
    }

    private int features(int i) {
        Shape shape = op(i).shape();
        return shape.axis(shape.rank() - 1);
    }

    /** Of a sequence. */
    private int length(int i) {
        return op(i).shape().axis(0);
    }
}
