package io.evolo.tasks.nn;

import io.evolo.tasks.DenseLayer;
import io.evolo.tasks.DenseSignals;
import io.evolo.tasks.Shape;
import io.evolo.tasks.kernels.Twin;
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
    private final Frame frame;
    private final List<Place> places;
    private final CpuStep[] steps;
    private final CpuStep.Loss loss;
    private final List<DenseSignals> dense;
    private final int target;

    public CpuNetwork(Network network, int batch, Twin twin) {
        if (batch < 1) {
            throw new IllegalArgumentException("batch size is " + batch + ", expected at least 1");
        }
        ArenaPlan plan = new ArenaPlan(network, batch);
        int[] labels = new int[Math.multiplyExact(batch, network.outputRows())];
        this.network = network;
        int tokens = network.ops().getFirst() instanceof Op.Tokens ? batch * network.input().size() : 0;
        this.frame = new Frame(new float[plan.size()], new int[tokens], labels, twin, batch, network.layout(), new Pass());
        this.places = plan.places();
        this.target = plan.target();
        List<CpuStep> running = new ArrayList<>();
        for (int i = 1; i < network.ops().size() - 1; i++) {
            running.add(step(plan, i));
        }
        this.loss = loss(plan);
        this.steps = running.toArray(CpuStep[]::new);
        this.dense = network.layout().dense().stream().map(this::signals).toList();
    }

    /**
     * What the values between the layers take of a network at this batch size, bytes; the work of its operations comes on top.
     *
     * @throws IllegalArgumentException if no array holds them
     */
    public static long bytes(Network network, int batch) {
        return (long) Float.BYTES * new ArenaPlan(network, batch).size();
    }

    public Network network() {
        return network;
    }

    public int batch() {
        return frame.batch();
    }

    /** The memory that holds the inputs of the batch; see {@link #inputAt}. The rest of it is the network's own. */
    public float[] arena() {
        return frame.arena();
    }

    /** Where the input of one example begins in the arena. */
    public int inputAt(int example) {
        return places.getFirst().value() + example * network.input().size();
    }

    /** The ids of a network that begins with tokens, [batch × positions]; to be written by the caller. Empty for others. */
    public int[] tokens() {
        return frame.tokens();
    }

    /** Where the values begin in the arena that one example's prediction is compared with, where they are {@link Target#GIVEN}. */
    public int targetAt(int example) {
        return target + example * network.outputShape().size();
    }

    /** The classes of the outputs' rows, [batch × {@link Network#outputRows}]; to be written by the caller. */
    public int[] labels() {
        return frame.labels();
    }

    /** Names the noise of the training passes from now on: the values that dropout drops, what a sample draws. */
    public void noise(long name) {
        frame.pass().training(name);
    }

    /** The mean loss of the batch at parameters {@code w}: a training pass, with the noise that was named last. */
    public float forward(float[] w) {
        frame.pass().training(frame.pass().noise());
        return run(w);
    }

    /**
     * A pass without dropout, whose batch statistics join those of the {@code before} passes collected so far, for
     * {@link #evaluate}.
     */
    public float collect(float[] w, int before) {
        frame.pass().collecting(before);
        return run(w);
    }

    /** A pass without dropout, with the collected statistics where the network {@link Network#usesBatchStatistics uses} any. */
    public float evaluate(float[] w) {
        frame.pass().evaluation();
        return run(w);
    }

    private float run(float[] w) {
        for (CpuStep step : steps) {
            step.forward(w);
        }
        loss.forward(w);
        return loss.mean();
    }

    /** As {@link #forward(float[])}; the listener hears every operation that has tensors. Allocates as the listener does. */
    public float forward(float[] w, LayerListener listener) {
        frame.pass().training(frame.pass().noise());
        for (int i = 0; i < steps.length; i++) {
            steps[i].forward(w);
            Op op = network.ops().get(i + 1);
            Place place = places.get(i + 1);
            int units = op.shape().axis(op.shape().rank() - 1);
            network.layer(op)
                    .ifPresent(name -> listener.layer(name, frame.arena(), place.value(), place.size() / units, units));
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

    /** The class with the largest output in one row of the last forward pass; the first of several. */
    public int predicted(int row) {
        float[] arena = frame.arena();
        Place output = places.get(network.output());
        int classes = network.outputShape().axis(network.outputShape().rank() - 1);
        int at = output.value() + row * classes;
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
                return new DenseSignals(frame.arena(), places.get(affine.x()).value(), y.gradient(), y.size() / units);
            }
        }
        throw new AssertionError("no operation reads dense layer '" + network.layout().spec(layer.weight()).name() + "'");
    }

    private CpuStep step(ArenaPlan plan, int position) {
        Op op = network.ops().get(position);
        Place z = places.get(position);
        if (op instanceof Op.Add(int x, int y, var _)) {
            return new AddStep(frame, addend(plan, position, x), addend(plan, position, y), z);
        }
        List<Place> operands = new ArrayList<>();
        List<AddingStep.Part> parts = new ArrayList<>();
        for (int operand : op.operands()) {
            Place x = places.get(operand);
            if (plan.adds(position, operand)) {
                int at = plan.part(operands.size());
                parts.add(new AddingStep.Part(at, x));
                x = x.withGradient(at);
            }
            operands.add(x);
        }
        CpuStep step = step(plan, position, operands, z);
        return parts.isEmpty() ? step : new AddingStep(frame, step, parts);
    }

    private AddStep.Addend addend(ArenaPlan plan, int position, int operand) {
        return new AddStep.Addend(places.get(operand), plan.adds(position, operand));
    }

    private CpuStep step(ArenaPlan plan, int position, List<Place> operands, Place y) {
        Op op = network.ops().get(position);
        Place x = operands.getFirst();
        Shape shape = network.ops().get(op.operands().getFirst()).shape();
        return switch (op) {
            case Op.Affine affine -> new AffineStep(frame, affine, x, y);
            case Op.Activate activate -> new ActivateStep(frame, activate.activation(), x, y, plan.copy());
            case Op.LayerNorm norm -> new LayerNormStep(frame, norm, x, y);
            case Op.BatchNorm norm -> new BatchNormStep(frame, norm, x, y);
            case Op.Scale scale -> new ScaleStep(frame, scale.factor(), x, y);
            case Op.Reshape _ -> new ReshapeStep(frame, x, y);
            case Op.Dropout dropout -> new DropoutStep(frame, dropout.probability(), position, x, y);
            case Op.Convolution convolution -> new ConvolutionStep(frame, convolution, shape, x, y);
            case Op.Pool pool -> new PoolStep(frame, pool, shape, x, y);
            case Op.GlobalAverage average -> new GlobalAverageStep(frame, average.shape().size(), x, y);
            case Op.Embedding embedding -> new EmbeddingStep(frame, embedding.table(), y);
            case Op.Positions positions -> new PositionsStep(frame, positions.table(), x, y);
            case Op.Attention attention -> new AttentionStep(frame, attention, operands, y);
            case Op.Recurrent recurrent -> new RecurrentStep(frame, recurrent, x, y);
            case Op.Sample _ -> new SampleStep(frame, position, x, operands.get(1), y);
            case Op.Add _, Op.Input _, Op.Tokens _, Op.SoftmaxCrossEntropy _, Op.MeanSquaredError _, Op.Elbo _ ->
                throw new AssertionError("not an operation of its own kind inside a network: " + op);
        };
    }

    private CpuStep.Loss loss(ArenaPlan plan) {
        Place output = places.get(network.output());
        int rows = network.outputRows();
        return switch (network.ops().getLast()) {
            case Op.SoftmaxCrossEntropy _ ->
                new CrossEntropyStep(frame, output, rows, network.outputShape().size() / rows);
            case Op.MeanSquaredError(int _, Target target) ->
                new SquaredErrorStep(frame, target, output, target == Target.INPUT ? inputAt(0) : plan.target());
            case Op.Elbo elbo ->
                new ElboStep(frame, elbo, elbo.operands().stream().map(places::get).toList(), inputAt(0));
            case Op other -> throw new AssertionError("a network ends with its loss, not with " + other);
        };
    }
}
