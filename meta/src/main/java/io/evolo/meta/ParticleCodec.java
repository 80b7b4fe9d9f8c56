package io.evolo.meta;

import io.evolo.checkpoints.Codec;
import io.evolo.checkpoints.PayloadInput;
import io.evolo.checkpoints.PayloadOutput;

/** How a particle is written, to a checkpoint or to another process. */
public final class ParticleCodec implements Codec<Particle.State> {
    private static final Codec<Lane.State> LANE = new LaneCodec();

    @Override
    public String kind() {
        return "particle";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public void write(PayloadOutput out, Particle.State state) {
        out.writeLong(state.episode());
        out.writeInt(state.length());
        out.writeInt(state.k());
        out.writeFloats(state.xi());
        out.writeList(state.lanes(), (o, lane) -> o.write(LANE, lane));
    }

    @Override
    public Particle.State read(PayloadInput in, int version) {
        long episode = in.readLong();
        int length = in.readInt();
        int k = in.readInt();
        float[] xi = in.readFloats();
        return new Particle.State(episode, length, k, xi, in.readList(i -> i.read(LANE)));
    }

    /** How a lane is written. */
    static final class LaneCodec implements Codec<Lane.State> {
        @Override
        public String kind() {
            return "lane";
        }

        @Override
        public int version() {
            return 1;
        }

        @Override
        public void write(PayloadOutput out, Lane.State state) {
            out.writeFloats(state.params());
            out.writeInt(state.t());
            out.writeFloatRows(state.slots());
            out.writeBoolean(state.frozen());
        }

        @Override
        public Lane.State read(PayloadInput in, int version) {
            float[] params = in.readFloats();
            int t = in.readInt();
            return new Lane.State(params, t, in.readFloatRows(), in.readBoolean());
        }
    }
}
