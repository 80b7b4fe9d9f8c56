package io.evolo.meta.cuda;

import java.util.List;
import java.util.Optional;

/** The device memory of a program's lanes, and the graph of its kernels over it. What has another size is another object. */
final class LaneBuffers {
    /**
     * How much of everything.
     *
     * @param segments most of one lane
     * @param ticks inner steps of a truncation
     * @param rows segments of all pairs, each with its noise
     * @param opened how many of them open a problem
     */
    record Sizes(int pairs, int segments, int ticks, int rows, int opened) {

        /** The larger of both, each by itself. */
        Sizes and(Sizes other) {
            return new Sizes(Math.max(pairs, other.pairs), Math.max(segments, other.segments), Math.max(ticks, other.ticks),
                    Math.max(rows, other.rows), Math.max(opened, other.opened));
        }

        int lanes() {
            return 2 * pairs;
        }
    }

    /**
     * The bytes that each thing takes.
     *
     * @param lane a lane's memory
     * @param noise one row of ε
     * @param initial one row of initial parameters
     */
    record Bytes(long lane, long noise, long initial) {}

    /** struct Now and struct Segment of common.cu. */
    static final int NOW = 32;

    static final int SEGMENT = 56;

    private final Device device;
    private final Sizes sizes;
    private final Device.Memory lanes;
    private final Device.Memory nows;
    private final Device.Memory clock;
    private final Device.Memory segments;
    private final Device.Memory rates;
    private final Device.Memory losses;
    private final Device.Memory noise;
    private final Device.Memory initial;
    private final Device.Memory theta;
    private Optional<Device.Graph> graph = Optional.empty();

    LaneBuffers(Device device, Sizes sizes, Bytes bytes) {
        this(device, sizes, bytes, device.allocate(sizes.lanes() * bytes.lane), device.allocate((long) sizes.lanes() * NOW));
        device.clear(nows);
    }

    private LaneBuffers(Device device, Sizes sizes, Bytes bytes, Device.Memory lanes, Device.Memory nows) {
        long count = sizes.lanes();
        this.device = device;
        this.sizes = sizes;
        this.lanes = lanes;
        this.nows = nows;
        this.clock = device.allocate(Integer.BYTES);
        this.segments = device.allocate(count * sizes.segments * SEGMENT);
        this.rates = device.allocate(count * sizes.ticks * Float.BYTES);
        this.losses = device.allocate(count * sizes.ticks * Float.BYTES);
        this.noise = device.allocate(sizes.rows * bytes.noise);
        this.initial = device.allocate(sizes.opened * bytes.initial);
        this.theta = device.allocate(bytes.noise);
    }

    /** Larger ones with the same lanes, in place of these; lanes stay where they are unless there are to be more of them. */
    LaneBuffers grown(Sizes larger, Bytes bytes) {
        graph.ifPresent(device::free);
        List.of(clock, segments, rates, losses, noise, initial, theta).forEach(device::free);
        if (larger.pairs == sizes.pairs) {
            return new LaneBuffers(device, larger, bytes, lanes, nows);
        }
        LaneBuffers grown = new LaneBuffers(device, larger, bytes);
        device.copy(lanes, grown.lanes);
        device.copy(nows, grown.nows);
        device.free(lanes);
        device.free(nows);
        return grown;
    }

    Sizes sizes() {
        return sizes;
    }

    Device.Memory lanes() {
        return lanes;
    }

    Device.Memory nows() {
        return nows;
    }

    Device.Memory clock() {
        return clock;
    }

    Device.Memory segments() {
        return segments;
    }

    Device.Memory rates() {
        return rates;
    }

    Device.Memory losses() {
        return losses;
    }

    Device.Memory noise() {
        return noise;
    }

    Device.Memory initial() {
        return initial;
    }

    Device.Memory theta() {
        return theta;
    }

    /** The graph of a truncation, once it is captured. */
    Optional<Device.Graph> graph() {
        return graph;
    }

    void graph(Device.Graph captured) {
        graph = Optional.of(captured);
    }
}
