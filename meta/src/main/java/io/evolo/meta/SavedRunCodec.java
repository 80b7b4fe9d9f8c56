package io.evolo.meta;

import io.evolo.checkpoints.Codec;
import io.evolo.checkpoints.PayloadInput;
import io.evolo.checkpoints.PayloadOutput;
import java.util.List;

/** How a meta-training run is written to a checkpoint. */
final class SavedRunCodec implements Codec<SavedRun> {
    private static final Codec<Particle.State> PARTICLE = new ParticleCodec();

    @Override
    public String kind() {
        return "meta-training";
    }

    /**
     * 2: with what the rule has seen; a run saved by version 1 begins to gather that when it goes on. 3: with recipe and data, one saved
     * by an earlier version being taken for made of what it goes on with; and CMA-ES's state in place of the values from which it was
     * replayed, which no later search could use.
     */
    @Override
    public int version() {
        return 3;
    }

    @Override
    public void write(PayloadOutput out, SavedRun run) {
        OuterState state = run.state();
        out.writeInt(state.outerStep());
        out.writeFloats(state.theta());
        out.writeFloatRows(state.outerSlots());
        out.writeList(state.particles(), (o, particle) -> o.write(PARTICLE, particle));
        out.writeDoubles(state.search());
        out.writeLong(state.laneSteps());
        out.writeDouble(run.seconds());
        out.writeDoubles(state.seen());
        out.writeString(run.origin().config());
        out.writeString(run.origin().data());
        out.writeList(run.origin().changes(), PayloadOutput::writeString);
    }

    @Override
    public SavedRun read(PayloadInput in, int version) {
        int outerStep = in.readInt();
        float[] theta = in.readFloats();
        float[][] outerSlots = in.readFloatRows();
        List<Particle.State> particles = in.readList(i -> i.read(PARTICLE));
        double[] search = in.readDoubles();
        long laneSteps = in.readLong();
        double seconds = in.readDouble();
        double[] seen = version == 1 ? new double[0] : in.readDoubles();
        double[] usable = version < 3 ? new double[0] : search;
        SavedRun.Origin origin = version < 3
                ? SavedRun.Origin.UNKNOWN
                : new SavedRun.Origin(in.readString(), in.readString(), in.readList(PayloadInput::readString));
        return new SavedRun(new OuterState(outerStep, theta, outerSlots, particles, usable, laneSteps, seen), seconds, origin);
    }
}
