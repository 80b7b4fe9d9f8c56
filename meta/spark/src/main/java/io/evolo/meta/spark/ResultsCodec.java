package io.evolo.meta.spark;

import io.evolo.checkpoints.Codec;
import io.evolo.checkpoints.PayloadInput;
import io.evolo.checkpoints.PayloadOutput;
import io.evolo.meta.ParticleResult;
import io.evolo.meta.ParticleResultCodec;
import java.util.List;

/** The results of a partition's particles, in their order. */
final class ResultsCodec implements Codec<List<ParticleResult>> {
    private static final Codec<ParticleResult> ONE = new ParticleResultCodec();

    @Override
    public String kind() {
        return "particle-results";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public void write(PayloadOutput out, List<ParticleResult> results) {
        out.writeList(results, (o, one) -> o.write(ONE, one));
    }

    @Override
    public List<ParticleResult> read(PayloadInput in, int version) {
        return in.readList(i -> i.read(ONE));
    }
}
