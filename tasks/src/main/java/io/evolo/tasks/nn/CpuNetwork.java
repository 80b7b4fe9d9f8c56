package io.evolo.tasks.nn;

import io.evolo.tasks.DenseLayer;
import io.evolo.tasks.DenseSignals;
import io.evolo.tasks.kernels.Activation;
import io.evolo.tasks.kernels.CrossEntropy;
import io.evolo.tasks.kernels.Gemm;
import io.evolo.tasks.kernels.LayerNormalization;
import io.evolo.tasks.kernels.SquaredError;
import io.evolo.tasks.kernels.Twin;
import io.evolo.tasks.nn.CpuStep.Place;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@link Network} made ready to run on one thread with batches of one size. The caller writes a batch to {@link #arena()} and
 * {@link #labels()}, calls {@link #forward}, and after it, where the gradient is wanted, {@link #backward}. Values, gradients and
 * targets lie in the one arena; a step allocates nothing and gives the same bits with either twin.
 *
 * <p>Not thread-safe.
 */
public final class CpuNetwork {
    private final Network network;
    private final int batch;
    private final Twin twin;
    private final float[] arena;
    private final int[] labels;
    private final List<Place> places;
    private final CpuStep[] steps;
    private final CpuStep.Loss loss;
    private final List<DenseSignals> dense;

    public CpuNetwork(Network network, int batch, Twin twin) {
        if (batch < 1) {
            throw new IllegalArgumentException("batch size is " + batch + ", expected at least 1");
        }
        this.network = network;
        this.batch = batch;
        this.twin = twin;
        ArenaPlan plan = new ArenaPlan(network, batch);
        this.places = plan.places();
        this.arena = new float[plan.size()];
        this.labels = new int[batch];
        List<CpuStep> running = new ArrayList<>();
        for (int i = 1; i < network.ops().size() - 1; i++) {
            running.add(step(plan, i));
        }
        this.loss = loss(plan);
        this.steps = running.toArray(CpuStep[]::new);
        this.dense = network.layout().dense().stream().map(this::signals).toList();
    }

    public Network network() {
        return network;
    }

    public int batch() {
        return batch;
    }

    /** The memory that holds the inputs of the batch; see {@link #inputAt}. The rest of it is the network's own. */
    public float[] arena() {
        return arena;
    }

    /** Where the input of one example begins in the arena. */
    public int inputAt(int example) {
        return places.getFirst().value() + example * network.input().size();
    }

    /** The classes of the examples, [batch]; to be written by the caller. */
    public int[] labels() {
        return labels;
    }

    /** The mean loss of the batch at parameters {@code w}. */
    public float forward(float[] w) {
        for (CpuStep step : steps) {
            step.forward(w);
        }
        loss.forward(w);
        return loss.mean();
    }

    /** Overwrites {@code gradient} with that of the last forward pass, which must have had the same {@code w}. */
    public void backward(float[] w, float[] gradient) {
        loss.backward(w, gradient);
        for (int i = steps.length - 1; i >= 0; i--) {
            if (places.get(i + 1).wanted()) {
                steps[i].backward(w, gradient);
            }
        }
    }

    /** What {@link #backward} leaves of the layout's dense layers, in its order: views of the arena, the same ones every time. */
    public List<DenseSignals> denseSignals() {
        return dense;
    }

    /** The loss of one example of the last forward pass. */
    public float loss(int example) {
        return loss.loss(example);
    }

    /** The class with the largest output for one example of the last forward pass; the first of several. */
    public int predicted(int example) {
        int classes = network.outputShape().size();
        int at = places.get(network.output()).value() + example * classes;
        int best = 0;
        for (int c = 1; c < classes; c++) {
            if (arena[at + c] > arena[at + best]) {
                best = c;
            }
        }
        return best;
    }

    private DenseSignals signals(DenseLayer layer) {
        for (int i = 0; i < network.ops().size(); i++) {
            if (network.ops().get(i) instanceof Op.Affine affine && affine.weight() == layer.weight()) {
                Place y = places.get(i);
                int units = network.layout().spec(layer.bias()).shape().size();
                return new DenseSignals(arena, places.get(affine.x()).value(), y.gradient(), y.size() / units);
            }
        }
        throw new AssertionError("no operation reads dense layer '" + network.layout().spec(layer.weight()).name() + "'");
    }

    private CpuStep step(ArenaPlan plan, int position) {
        Op op = network.ops().get(position);
        Place z = places.get(position);
        if (op instanceof Op.Add(int x, int y, var _)) {
            return new CpuStep.Add(arena, twin, addend(plan, position, x), addend(plan, position, y), z);
        }
        int operand = op.operands().getFirst();
        Place x = places.get(operand);
        if (!plan.adds(position, operand)) {
            return step(plan, op, x, z);
        }
        Place part = new Place(x.value(), plan.part(), x.size(), x.wanted());
        return new CpuStep.Adding(arena, twin, step(plan, op, part, z), plan.part(), x);
    }

    private CpuStep.Add.Addend addend(ArenaPlan plan, int position, int operand) {
        return new CpuStep.Add.Addend(places.get(operand), plan.adds(position, operand));
    }

    private CpuStep step(ArenaPlan plan, Op op, Place x, Place y) {
        return switch (op) {
            case Op.Affine affine -> affine(affine, x, y);
            case Op.Activate(int _, Activation activation, var _) -> new CpuStep.Activate(
                    arena, twin, x, y, activation, plan.copy());
            case Op.LayerNorm norm -> layerNorm(norm, x, y);
            case Op.Scale(int _, float factor, var _) -> new CpuStep.Scale(arena, twin, x, y, factor);
            case Op.Add _, Op.Input _, Op.SoftmaxCrossEntropy _, Op.MeanSquaredError _ ->
                throw new AssertionError("not an operation of one operand inside a network: " + op);
        };
    }

    private CpuStep affine(Op.Affine op, Place x, Place y) {
        int in = network.layout().spec(op.weight()).shape().axis(0);
        int units = network.layout().spec(op.weight()).shape().axis(1);
        int rows = y.size() / units;
        var at = new CpuStep.Affine.Tensors(
                network.layout().offset(op.weight()), network.layout().offset(op.bias()), units, op.factor());
        return new CpuStep.Affine(
                arena,
                twin,
                x,
                y,
                at,
                new Gemm(twin, Gemm.Form.NN, rows, units, in),
                new Gemm(twin, Gemm.Form.TN, in, units, rows),
                new Gemm(twin, Gemm.Form.NT, rows, in, units));
    }

    private CpuStep layerNorm(Op.LayerNorm op, Place x, Place y) {
        int features = network.layout().spec(op.gain()).shape().size();
        var kernel = new LayerNormalization(twin, y.size() / features, features);
        return new CpuStep.LayerNorm(
                arena, x, y, network.layout().offset(op.gain()), network.layout().offset(op.bias()), kernel);
    }

    private CpuStep.Loss loss(ArenaPlan plan) {
        Place output = places.get(network.output());
        int width = network.outputShape().size();
        return switch (network.ops().getLast()) {
            case Op.SoftmaxCrossEntropy _ ->
                new CpuStep.SoftmaxCrossEntropy(arena, output, labels, new CrossEntropy(twin, batch, width));
            case Op.MeanSquaredError(int _, Target target) -> {
                int at = target == Target.INPUT ? places.getFirst().value() : plan.target();
                var writer = new CpuStep.TargetWriter(target, at, labels, width);
                yield new CpuStep.MeanSquaredError(arena, output, writer, new SquaredError(twin, batch, width));
            }
            case Op other -> throw new AssertionError("a network ends with its loss, not with " + other);
        };
    }
}
