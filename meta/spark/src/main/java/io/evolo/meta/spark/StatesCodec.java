package io.evolo.meta.spark;

import io.evolo.checkpoints.Codec;
import io.evolo.checkpoints.PayloadInput;
import io.evolo.checkpoints.PayloadOutput;
import io.evolo.meta.Particle;
import io.evolo.meta.ParticleCodec;
import java.util.List;

/** The states of a partition's particles, in their order. */
final class StatesCodec implements Codec<List<Particle.State>> {
    private static final Codec<Particle.State> ONE = new ParticleCodec();

    @Override
    public String kind() {
        return "particle-states";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public void write(PayloadOutput out, List<Particle.State> states) {
        out.writeList(states, (o, one) -> o.write(ONE, one));
    }

    @Override
    public List<Particle.State> read(PayloadInput in, int version) {
        return in.readList(i -> i.read(ONE));
    }
}
