package io.evolo.meta;

import io.evolo.checkpoints.Codec;
import io.evolo.checkpoints.PayloadInput;
import io.evolo.checkpoints.PayloadOutput;

/** How a training run is written to a checkpoint. */
public final class SavedTrialCodec implements Codec<SavedTrial> {
    private static final Codec<Lane.State> LANE = new ParticleCodec.LaneCodec();

    @Override
    public String kind() {
        return "trial";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public void write(PayloadOutput out, SavedTrial trial) {
        out.writeInt(trial.steps());
        out.write(LANE, trial.lane());
        out.writeInt(trial.farInARow());
        out.writeString(trial.lastCheck());
        out.writeDouble(trial.bestLoss());
        out.writeFloats(trial.best());
        out.writeLong(trial.nanos());
        out.writeLong(trial.updateNanos());
    }

    @Override
    public SavedTrial read(PayloadInput in, int version) {
        return new SavedTrial(
                in.readInt(), in.read(LANE), in.readInt(), in.readString(), in.readDouble(), in.readFloats(), in.readLong(), in.readLong());
    }
}
