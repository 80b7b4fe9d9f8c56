package io.evolo.meta.cuda;

import io.evolo.optimizers.learned.Celo;
import io.evolo.optimizers.learned.Celo2;
import io.evolo.optimizers.learned.FactoredTensor;
import io.evolo.optimizers.learned.Factoring;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.SmallFc;
import io.evolo.optimizers.learned.Velo;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A learned rule as the kernels of one step of all lanes: the factored second moments, then two passes over the elements, of which the
 * first updates momenta and second moment and sums the features' squares, and the second has features, network and update in registers.
 */
final class RulePlan {
    private static final int K = 3;

    private static final int SPANS = DeviceRule.SPANS;

    /** Sums over each tensor, and inputs of the recurrent network: SUMS and INPUTS of velo.cu. */
    private static final int VELO_SUMS = 3 + 2 * K;

    private static final int VELO_INPUTS = 9 + (SPANS - 1) + 12;

    /** Elements of one block; more where a lane has so many that blocks would become too many. */
    private static final int CHUNK = 2048;

    private static final int MOST_CHUNKS = 16_384;

    private final LearnedOptimizer rule;
    private final Precision precision;
    private final ParamLayout layout;
    private final Factoring factoring;
    private final LaneMemory memory;
    private final int gradient;
    private final int seen;
    private final int mostOfOneBlock;
    private final List<Call> calls = new ArrayList<>();
    private final List<Large> large = new ArrayList<>();
    private final Struct chunks = new Struct();
    private final Struct groups = new Struct();
    private final Struct sides = new Struct();
    private int chunkCount;
    private int groupCount;
    private int sideCount;
    private int theta;
    private int decays;

    /**
     * @param memory holds parameters and state at its beginning
     * @param gradient where the gradient lies
     * @throws IllegalArgumentException if the rule has no kernels; see {@link DeviceRule#missing}
     */
    RulePlan(DeviceRule deviceRule, ParamLayout layout, LaneMemory memory, int gradient) {
        this.rule = deviceRule.rule();
        this.precision = deviceRule.precision();
        this.mostOfOneBlock = deviceRule.mostOfOneBlock();
        this.layout = layout;
        this.factoring = deviceRule.factoring(layout);
        this.memory = memory;
        this.gradient = gradient;
        this.theta = memory.take(deviceRule.thetas());
        this.decays = memory.take(DeviceRule.DECAYS);
        SeenGradient form = SeenGradient.of(rule);
        this.seen = form.differs() ? memory.take(layout.size()) : gradient;
        if (form.differs()) {
            calls.addAll(form.calls(layout, memory, gradient, seen));
        }
        switch (rule) {
            case SmallFc smallFc -> plan(smallFc);
            case Celo2 celo2 -> plan(celo2);
            case Celo celo -> plan(celo);
            case Velo velo -> plan(velo);
            default -> throw new IllegalArgumentException("no kernels for " + deviceRule.missing());
        }
    }

        /** A matrix that many blocks make orthogonal. */
    private record Large(int begin, int rows, int cols) {}

    /** The kernels of a step. */
    List<Call> calls() {
        return calls;
    }

    /** Where the gradient lies in a lane's memory. */
    int gradient() {
        return gradient;
    }

    /** Where theta lies in a lane's memory. */
    int theta() {
        return theta;
    }

    /** Where the decays lie. */
    int decays() {
        return decays;
    }

    private void plan(SmallFc smallFc) {
        wholeTensors();
        Struct.Table tensors = tensors();
        byte[] places = places(28, 0);
        passes(tensors, places, 1e-5f);
        byte[] multipliers = new Struct()
                .floats(smallFc.expMult(), smallFc.stepMult(), smallFc.weightDecay())
                .ints(smallFc.form().decayWithStep() ? 1 : 0)
                .toBytes();
        calls.add(Call.blocks(precision.onTensorCores() ? "small_fc_tensor" : "small_fc", chunkCount, places, tensors, chunks.toTable(),
                multipliers));
    }

    private void plan(Celo2 celo2) {
        Struct vectors = new Struct();
        int vectorCount = 0;
        for (int i = 0; i < layout.tensors(); i++) {
            FactoredTensor tensor = factoring.tensor(i);
            if (celo2.isMovedByAdam(layout.spec(i))) {
                vectors.ints(i);
                vectorCount++;
                continue;
            }
            sides(tensor);
            for (int first = 0; first < tensor.size(); first += tensor.sliceSize()) {
                group(i, tensor.offset() + first, tensor.sliceSize(), tensor.sliceRows(), tensor.sliceCols(),
                        celo2.orthogonalize() && tensor.factored());
            }
        }
        Struct.Table tensors = tensors();
        int direction = memory.take(layout.size());
        byte[] places = places(30, direction);
        if (groupCount > 0) {
            Struct.Table all = groups.toTable();
            passes(tensors, places, 1e-9f);
            calls.add(Call.blocks("celo2_directions", chunkCount, places, tensors, chunks.toTable()));
            if (celo2.orthogonalize()) {
                calls.add(Orthogonal.ofSmall(groupCount, places, all));
                large.forEach(matrix -> calls.addAll(
                        Orthogonal.ofLarge(memory, direction + matrix.begin, matrix.rows, matrix.cols)));
            }
            calls.add(Call.blocks("celo2_move", groupCount, places, tensors, all, (float) celo2.weightDecay()));
        }
        if (vectorCount > 0) {
            Celo2.ByAdam by = (Celo2.ByAdam) celo2.vectors();
            byte[] adam = new Struct()
                    .doubles(by.adam().beta1(), by.adam().beta2())
                    .floats(by.adam().epsInside(), by.adam().epsOutside(), by.adam().coupledDecay(), by.adam().limit(),
                            by.rateMultiplier(), celo2.weightDecay())
                    .toBytes();
            calls.add(Call.blocks("adam_vectors", vectorCount, places, tensors, vectors.toTable(), adam));
        }
    }

    private void plan(Celo celo) {
        wholeTensors();
        Struct.Table tensors = tensors();
        byte[] places = places(30, 0);
        int sizes = memory.take(layout.tensors());
        calls.add(Call.blocks("celo_conduct", 1, places, recurrent(celo, sizes), tensors, layout.tensors(), Call.Place.CLOCK,
                Call.Place.LOSSES));
        passes(tensors, places, 1e-5f);
        calls.add(Call.blocks("hyper_move", chunkCount, places, tensors, chunks.toTable(), theta + offset("ff_mod_stack/~/w0__0"), 0,
                sizes, (float) celo.expMult(), (float) celo.weightDecay()));
    }

    /** struct Recurrent of celo.cu. */
    private byte[] recurrent(Celo celo, int sizes) {
        int losses = layout.size() * (K + 2) + K * factoring.accumulators();
        int h = losses + 2 * SPANS;
        return new Struct()
                .ints(celo.lstm(), offset("rnn_params/linear_1/w"), offset("rnn_params/linear_2/w"), offset("rnn_params/rnn/linear/w"),
                        offset("rnn_params/step_size/w"), offset("lstm_init_state/hidden"), losses, h, h + celo.lstm(),
                        memory.take(7L * celo.lstm()), sizes, celo.scheduled() ? 1 : 0, celo.byParameterScale() ? 1 : 0)
                .floats(celo.headFactor(), celo.stepMult())
                .toBytes();
    }

    private void plan(Velo velo) {
        wholeTensors();
        Struct.Table tensors = tensors();
        byte[] places = places(30, 0);
        int count = layout.tensors();
        int sums = memory.take(2L * chunkCount * VELO_SUMS);
        int inputs = memory.take((long) count * VELO_INPUTS);
        int joined = memory.take(2L * count * velo.lstm());
        int controls = memory.take((long) count * velo.basis());
        int network = velo.hidden() * (30 + 1 + velo.hidden() + 1 + 3) + 3;
        int mixed = memory.take((long) count * network);
        int sizes = memory.take(count);
        int losses = layout.size() * (K + 2) + K * factoring.accumulators();
        int h = losses + 2 * SPANS;
        byte[] recurrent = new Struct()
                .ints(count, velo.lstm(), velo.basis(), offset("mix_layer2.weight"), offset("final_mix_layer.weight"),
                        offset("lstm.linear.weight"), offset("rnn_to_controls.weight"), offset("step_size.weight"),
                        offset("lstm_init_state.0"), offset("input_weights_"), losses, h, h + count * velo.lstm(), sums, inputs, joined,
                        controls, mixed, sizes, velo.byParameterScale() ? 1 : 0)
                .floats(velo.blend() / velo.basis(), velo.stepMult())
                .toBytes();
        calls.add(Call.blocks("velo_sums", chunkCount, places, recurrent, chunks.toTable()));
        calls.add(Call.blocks("velo_inputs", 1, places, recurrent, tensors, groups.toTable(), longAxes(), Call.Place.CLOCK,
                Call.Place.LOSSES));
        calls.add(Call.items("velo_mix", velo.lstm(), places, recurrent));
        calls.add(Call.items("velo_cells", (count + 3L) / 4 * velo.lstm(), places, recurrent));
        calls.add(Call.items("velo_heads", count * (velo.basis() + 1L), places, recurrent));
        calls.add(Call.items("velo_networks", (long) count * network, places, recurrent));
        passes(tensors, places, 1e-5f);
        calls.add(Call.blocks("hyper_move", chunkCount, places, tensors, chunks.toTable(), mixed, network, sizes,
                (float) velo.expMult(), (float) velo.weightDecay()));
    }

    /** How many axes of every tensor are longer than 1. */
    private Struct.Table longAxes() {
        Struct struct = new Struct();
        for (int i = 0; i < layout.tensors(); i++) {
            Shape shape = layout.spec(i).shape();
            struct.ints((int) IntStream.range(0, shape.rank()).filter(axis -> shape.axis(axis) > 1).count());
        }
        return struct.toTable();
    }

    /** Features are normalised over whole tensors, and the network moves all of them. */
    private void wholeTensors() {
        for (int i = 0; i < layout.tensors(); i++) {
            FactoredTensor tensor = factoring.tensor(i);
            sides(tensor);
            group(i, tensor.offset(), tensor.size(), 1, tensor.size(), false);
        }
    }

    /** Where a tensor of theta begins. */
    private int offset(String tensor) {
        ParamLayout of = rule.thetaLayout();
        for (int i = 0; i < of.tensors(); i++) {
            if (of.spec(i).name().equals(tensor)) {
                return of.offset(i);
            }
        }
        throw new AssertionError("theta has no tensor " + tensor);
    }

    /** Second moments, first pass, scales: the same for all rules. */
    private void passes(Struct.Table tensors, byte[] places, float epsilon) {
        calls.add(Call.items("second_moments", sideCount, places, sides.toTable(), sideCount));
        calls.add(Call.blocks("second_moment_factors", layout.tensors(), places, tensors));
        calls.add(Call.blocks("moments", chunkCount, places, tensors, chunks.toTable()));
        calls.add(Call.blocks("feature_scales", groupCount, places, groups.toTable(), epsilon));
    }

    /** struct Tensor of rule.cu, for every tensor. */
    private Struct.Table tensors() {
        Struct struct = new Struct();
        for (int i = 0; i < layout.tensors(); i++) {
            FactoredTensor t = factoring.tensor(i);
            struct.ints(t.offset(), t.size(), t.factored() ? 1 : 0, t.size0(), t.stride0(), t.size1(), t.stride1(), t.rowStride1(),
                            t.rows(), t.cols(), t.rowOffset(), t.colOffset())
                    .floats(scale(i))
                    .ints(t.factored() ? 0 : 1);
        }
        return struct.toTable();
    }

    /** muP's factor on the steps of a tensor. */
    private double scale(int tensor) {
        ParamSpec spec = layout.spec(tensor);
        return rule instanceof Celo2 celo2 ? celo2.scale(spec) : spec.scaling().adam();
    }

    /** struct Side of rule.cu, for every accumulator of a tensor. */
    private void sides(FactoredTensor t) {
        for (int i = 0; i < t.accumulators(); i++) {
            int side = i - t.rows();
            if (!t.factored()) {
                sides.ints(t.rowOffset() + i, t.offset() + i, 1, 1);
            } else if (side < 0) {
                sides.ints(t.rowOffset() + i, t.offset() + i / t.stride0() * t.stride0() * t.size0() + i % t.stride0(), t.stride0(),
                        t.size0());
            } else {
                sides.ints(t.colOffset() + side, t.offset() + side / t.stride1() * t.stride1() * t.size1() + side % t.stride1(),
                        t.stride1(), t.size1());
            }
        }
        sideCount += t.accumulators();
    }

    /** struct Group and its structs Chunk of rule.cu. */
    private void group(int tensor, int begin, int size, int rows, int cols, boolean orthogonal) {
        int chunk = Math.max(CHUNK, (layout.size() + MOST_CHUNKS - 1) / MOST_CHUNKS);
        int count = (size + chunk - 1) / chunk;
        int least = Math.min(rows, cols);
        boolean isLarge = orthogonal && least > mostOfOneBlock;
        int scratch = orthogonal && !isLarge ? memory.take(2L * size + 2L * least * least) : 0;
        if (isLarge) {
            large.add(new Large(begin, rows, cols));
        }
        groups.ints(tensor, begin, size, chunkCount, count, rows, cols, scratch);
        for (int i = 0; i < count; i++) {
            chunks.ints(tensor, begin + i * chunk, Math.min(chunk, size - i * chunk), groupCount);
        }
        chunkCount += count;
        groupCount++;
    }

    /** struct Places of rule.cu. */
    private byte[] places(int columns, int direction) {
        int d = layout.size();
        int a = factoring.accumulators();
        return new Struct()
                .ints(d, seen, d, d * (K + 2), a, memory.take((long) K * a), memory.take((long) chunkCount * columns),
                        memory.take((long) groupCount * columns), theta, decays, direction)
                .toBytes();
    }
}
