package io.evolo.meta.cuda;

import io.evolo.meta.Segments.Segment;
import io.evolo.optimizers.Schedule;
import io.evolo.tasks.ParamLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All lanes whose tasks are of one kind: their memory, the kernels of an inner step, and the graph of a truncation, which is captured
 * once and replayed. Lanes stand in pairs, plus before minus. A truncation is planned segment by segment, started, and its losses are
 * read. Not thread-safe.
 */
final class LaneProgram {
    /** Threads of a block: THREADS of common.cu. */
    private static final int THREADS = 128;

    /** Blocks for each multiprocessor, before lanes share work no further. */
    private static final int BLOCKS_PER_PROCESSOR = 16;

    private final Device device;
    private final Kernels kernels;
    private final DeviceTask.Kind kind;
    private final DeviceRule rule;
    private final boolean shares;
    private final int ticks;
    private final LaneMemory memory = new LaneMemory();
    private final List<Call> calls = new ArrayList<>();
    private final RulePlan plan;
    private final int factors;
    private final LaneBuffers.Bytes bytes;
    private final BitSet pairs = new BitSet();
    private final List<Planned> planned = new ArrayList<>();
    private Optional<LaneBuffers> buffers = Optional.empty();
    private float[] losses = {};

    /**
     * @param kernels the networks' and the rule's
     * @param shares whether a truncation that opens no problem begins with both lanes in the plus lane's state
     * @param ticks inner steps of the graph; a longer truncation replays it several times
     * @param bound of raw losses, above which a lane is frozen
     */
    LaneProgram(Device device, Kernels kernels, DeviceTask.Kind kind, DeviceRule rule, boolean shares, int ticks, float bound) {
        ParamLayout layout = kind.network().layout();
        int size = layout.size();
        this.device = device;
        this.kernels = kernels;
        this.kind = kind;
        this.rule = rule;
        this.shares = shares;
        this.ticks = ticks;
        memory.take(rule.kept(layout));
        this.factors = kind.reparametrized() ? memory.take(size) : -1;
        int weights = kind.reparametrized() ? memory.take(size) : 0;
        int gradient = memory.take(size);
        this.plan = new RulePlan(rule, layout, memory, gradient);
        NetworkPlan network = new NetworkPlan(kind.network(), kind.batch(), memory, weights, gradient, bound);
        if (kind.reparametrized()) {
            calls.add(Call.items("scaled", size, factors, 0, weights, size));
        }
        calls.addAll(network.calls());
        if (kind.reparametrized()) {
            calls.add(Call.items("scaled", size, factors, gradient, gradient, size));
        }
        calls.addAll(plan.calls());
        this.bytes = new LaneBuffers.Bytes(Float.BYTES * memory.stride(), (long) Float.BYTES * rule.thetas(),
                (long) Float.BYTES * size * (kind.reparametrized() ? 2 : 1));
    }

    /** Bytes of device memory that one lane takes, with its share of what comes and goes with a truncation. */
    long bytesPerLane() {
        return bytes.lane() + (bytes.noise() + bytes.initial()) / 2 + 2L * ticks * Float.BYTES + LaneBuffers.NOW + LaneBuffers.SEGMENT;
    }

    /** A pair that was free. */
    int take() {
        int pair = pairs.nextClearBit(0);
        pairs.set(pair);
        return pair;
    }

    /** Gives a pair back. */
    void release(int pair) {
        pairs.clear(pair);
    }

    /**
     * A segment of a pair in the coming truncation.
     *
     * @param data what its batches are drawn from
     * @param made steps of the rule since the problem was opened
     * @param initial parameters, and factors behind them, where the segment opens its problem; else empty
     */
    record Planned(int pair, Segment segment, DataBank.Entry data, int made, float[] initial) {}

    /** Plans a segment; those of one pair in their order. */
    void plan(Planned segment) {
        planned.add(segment);
    }

    /** Starts the planned truncation, if there is any; waits for nothing. */
    void start(float[] theta) {
        if (planned.isEmpty()) {
            return;
        }
        int end = planned.stream().mapToInt(p -> p.segment.begin() + p.segment.steps()).max().orElseThrow();
        LaneBuffers on = require(end);
        upload(on, theta);
        Device.Graph graph = on.graph().orElseGet(() -> captured(on));
        for (int tick = 0; tick < end; tick += ticks) {
            device.launch(graph);
        }
        planned.clear();
    }

    /** Waits for the truncation that was started last, and reads its losses. */
    void finish() {
        buffers.ifPresent(on -> {
            losses = new float[on.sizes().lanes() * on.sizes().ticks()];
            device.synchronize();
            device.download(on.losses(), 0, MemorySegment.ofArray(losses));
        });
    }

    /** The raw loss of a lane at one tick of the last truncation; unspecified where it was frozen or had no problem. */
    float loss(int lane, int tick) {
        return losses[tick * buffers.orElseThrow().sizes().lanes() + lane];
    }

    private LaneBuffers require(int end) {
        int[] perPair = new int[pairs.length()];
        planned.forEach(p -> perPair[p.pair]++);
        int segments = 1;
        for (int count : perPair) {
            segments = Math.max(segments, count);
        }
        int opened = (int) planned.stream().filter(p -> p.initial.length > 0).count();
        return require(new LaneBuffers.Sizes(pairs.length(), segments, Math.max(end, ticks), planned.size(), opened));
    }

    private LaneBuffers require(LaneBuffers.Sizes needed) {
        LaneBuffers.Sizes now = buffers.map(LaneBuffers::sizes).orElse(needed);
        LaneBuffers.Sizes then = now.and(needed);
        if (buffers.isEmpty()) {
            buffers = Optional.of(new LaneBuffers(device, then, bytes));
        } else if (!then.equals(now)) {
            buffers = Optional.of(buffers.orElseThrow().grown(then, bytes));
        }
        return buffers.orElseThrow();
    }

    private void upload(LaneBuffers on, float[] theta) {
        LaneBuffers.Sizes sizes = on.sizes();
        int lanes = sizes.lanes();
        ByteBuffer segments = ByteBuffer.allocate(lanes * sizes.segments() * LaneBuffers.SEGMENT).order(ByteOrder.nativeOrder());
        float[] rates = new float[lanes * sizes.ticks()];
        int opened = 0;
        int[] perPair = new int[sizes.pairs()];
        for (int row = 0; row < planned.size(); row++) {
            Planned p = planned.get(row);
            int place = perPair[p.pair]++;
            boolean opens = p.initial.length > 0;
            for (int lane = 2 * p.pair; lane < 2 * p.pair + 2; lane++) {
                segments.position((lane * sizes.segments() + place) * LaneBuffers.SEGMENT);
                put(segments, p, row, opens ? opened : -1);
                rates(p, lane, lanes, rates);
            }
            if (opens) {
                device.upload(MemorySegment.ofArray(p.initial), on.initial(), opened++ * bytes.initial());
            }
        }
        device.upload(MemorySegment.ofArray(segments.array()), on.segments(), 0);
        device.upload(MemorySegment.ofArray(rates), on.rates(), 0);
        uploadNoise(on);
        device.upload(MemorySegment.ofArray(theta), on.theta(), 0);
        device.upload(MemorySegment.ofArray(new int[1]), on.clock(), 0);
    }

    private void rates(Planned p, int lane, int lanes, float[] rates) {
        Schedule schedule = rule.rate();
        for (int i = 0; i < p.segment.steps(); i++) {
            rates[(p.segment.begin() + i) * lanes + lane] = (float) schedule.rate(p.made + i, p.segment.problem().length());
        }
    }

    /** One copy for all rows, which may be more floats than an array has. */
    private void uploadNoise(LaneBuffers on) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment rows = arena.allocate(planned.size() * bytes.noise(), Float.BYTES);
            for (int row = 0; row < planned.size(); row++) {
                float[] epsilon = planned.get(row).segment.epsilon();
                MemorySegment.copy(epsilon, 0, rows, ValueLayout.JAVA_FLOAT, row * bytes.noise(), epsilon.length);
            }
            device.upload(rows, on.noise(), 0);
        }
    }

    /** struct Segment of common.cu. */
    private static void put(ByteBuffer out, Planned p, int noise, int initial) {
        Segment s = p.segment;
        out.putLong(s.problem().batches().stream());
        out.putLong(p.data.inputs().address()).putLong(p.data.labels().address()).putInt(p.data.examples());
        out.putInt(s.begin()).putInt(s.begin() + s.steps()).putInt(s.from()).putInt(p.made).putInt(noise).putInt(initial).putInt(s.problem().length());
    }

    /** The launches of so many inner steps as a graph; every step's are the same. */
    private Device.Graph captured(LaneBuffers on) {
        List<Launch> step = new ArrayList<>();
        byte[] places = new Struct()
                .ints(rule.kept(kind.network().layout()), kind.network().layout().size(), factors, plan.theta(),
                        rule.thetas(), plan.decays())
                .toBytes();
        step.add(launch(on, "begin", 1, List.of(on.segments(), on.sizes().segments(), on.clock(), on.rates(), places,
                rule.baseDecays(), on.theta(), on.noise(), on.initial(), shares ? 1 : 0)));
        step.addAll(launches(on, calls));
        step.add(new Launch(kernels.get("tick"), 1, 1, 1, List.of(on.clock())));
        List<Launch> all = new ArrayList<>();
        for (int i = 0; i < ticks; i++) {
            all.addAll(step);
        }
        Device.Graph graph = device.graph(all);
        on.graph(graph);
        return graph;
    }

    private List<Launch> launches(LaneBuffers on, List<Call> of) {
        Map<Struct.Table, Device.Memory> tables = new IdentityHashMap<>();
        List<Launch> launches = new ArrayList<>();
        for (Call call : of) {
            List<Object> arguments = call.arguments().stream().map(a -> argument(on, a, tables)).toList();
            launches.add(launch(on, call.kernel(), blocks(call, on.sizes().lanes()), arguments));
        }
        return launches;
    }

    /** The launches of the rule's step alone, after a truncation. */
    List<Launch> ruleLaunches() {
        return launches(buffers.orElseThrow(), plan.calls());
    }

    private Object argument(LaneBuffers on, Object argument, Map<Struct.Table, Device.Memory> tables) {
        return switch (argument) {
            case Call.Place.CLOCK -> on.clock();
            case Call.Place.SEGMENTS -> on.segments();
            case Call.Place.MOST -> on.sizes().segments();
            case Call.Place.LOSSES -> on.losses();
            case Struct.Table table ->
                tables.computeIfAbsent(table, t -> device.uploaded(MemorySegment.ofArray(t.content())));
            default -> argument;
        };
    }

    private Launch launch(LaneBuffers on, String kernel, int blocks, List<Object> arguments) {
        List<Object> all = new ArrayList<>(List.of(on.lanes(), memory.stride(), on.nows()));
        all.addAll(arguments);
        return new Launch(kernels.get(kernel), on.sizes().lanes(), blocks, THREADS, all);
    }

    private int blocks(Call call, int lanes) {
        if (call.blocks() > 0) {
            return call.blocks();
        }
        long useful = (call.items() + THREADS - 1) / THREADS;
        long most = Math.max(1, (long) BLOCKS_PER_PROCESSOR * device.processors() / lanes);
        return (int) Math.max(1, Math.min(useful, Math.min(most, 65_535)));
    }

    /** Parameters and state of a lane, as they lie in its memory: what a checkpoint keeps. */
    float[] kept(int lane) {
        float[] kept = new float[rule.kept(kind.network().layout())];
        device.download(buffers.orElseThrow().lanes(), lane * bytes.lane(), MemorySegment.ofArray(kept));
        return kept;
    }

    /** The gradient that a lane has met last. */
    float[] gradient(int lane) {
        float[] gradient = new float[kind.network().layout().size()];
        device.download(buffers.orElseThrow().lanes(), lane * bytes.lane() + (long) Float.BYTES * plan.gradient(),
                MemorySegment.ofArray(gradient));
        return gradient;
    }

    /** Makes a lane what a checkpoint kept of it. */
    void restore(int lane, float[] kept, float[] lanesFactors, boolean frozen) {
        LaneBuffers on = require(new LaneBuffers.Sizes(pairs.length(), 1, ticks, 1, 1));
        device.upload(MemorySegment.ofArray(kept), on.lanes(), lane * bytes.lane());
        if (factors >= 0) {
            device.upload(MemorySegment.ofArray(lanesFactors), on.lanes(), lane * bytes.lane() + (long) Float.BYTES * factors);
        }
        device.upload(MemorySegment.ofArray(new int[] {0, frozen ? 1 : 0}), on.nows(), (long) lane * LaneBuffers.NOW);
    }
}
