package io.evolo.meta;

import io.evolo.checkpoints.Codec;
import io.evolo.checkpoints.PayloadInput;
import io.evolo.checkpoints.PayloadOutput;
import io.evolo.optimizers.guard.FeatureTally;

/** How a particle's result travels between processes. */
public final class ParticleResultCodec implements Codec<ParticleResult> {
    private static final Codec<Imitation.Likeness> LIKENESS = new LikenessCodec();

    @Override
    public String kind() {
        return "particle-result";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public void write(PayloadOutput out, ParticleResult result) {
        out.writeFloats(result.gradient());
        out.writeDouble(result.loss());
        out.writeInt(result.diverged());
        out.writeInt(result.laneSteps());
        out.writeDoubles(result.seen().snapshot());
        out.write(LIKENESS, result.likeness());
    }

    @Override
    public ParticleResult read(PayloadInput in, int version) {
        float[] gradient = in.readFloats();
        double loss = in.readDouble();
        int diverged = in.readInt();
        int laneSteps = in.readInt();
        FeatureTally seen = FeatureTally.of(in.readDoubles());
        return new ParticleResult(gradient, loss, diverged, laneSteps, seen, in.read(LIKENESS));
    }

    private static final class LikenessCodec implements Codec<Imitation.Likeness> {
        @Override
        public String kind() {
            return "likeness";
        }

        @Override
        public int version() {
            return 1;
        }

        @Override
        public void write(PayloadOutput out, Imitation.Likeness likeness) {
            out.writeFloats(likeness.direction());
            out.writeFloats(likeness.magnitude());
            out.writeDouble(likeness.directionSquares());
            out.writeDouble(likeness.magnitudeSquares());
            out.writeInt(likeness.steps());
        }

        @Override
        public Imitation.Likeness read(PayloadInput in, int version) {
            float[] direction = in.readFloats();
            float[] magnitude = in.readFloats();
            double directionSquares = in.readDouble();
            double magnitudeSquares = in.readDouble();
            return new Imitation.Likeness(direction, magnitude, directionSquares, magnitudeSquares, in.readInt());
        }
    }
}
