package io.evolo.tasks.nn;

import io.evolo.tasks.kernels.Elements;
import io.evolo.tasks.kernels.Exponentials;
import io.evolo.tasks.kernels.GaussianNoise;

/** {@link Op.Sample}. The noise of evaluations has a name of its own, so that two give the same. */
final class SampleStep implements CpuStep {
    private final Frame frame;
    private final int position;
    private final Place mean;
    private final Place logVariance;
    private final Place y;
    private final float[] deviation;
    private final float[] noise;

    /** @param position of the operation: two in one network draw different noise */
    SampleStep(Frame frame, int position, Place mean, Place logVariance, Place y) {
        this.frame = frame;
        this.position = position;
        this.mean = mean;
        this.logVariance = logVariance;
        this.y = y;
        this.deviation = new float[y.size()];
        this.noise = new float[y.size()];
    }

    @Override
    public void forward(float[] w) {
        float[] arena = frame.arena();
        int n = y.size();
        long name = frame.pass().kind() == Pass.Kind.TRAINING ? frame.pass().noise() : 0;
        GaussianNoise.fill(GaussianNoise.mix(name, position), noise, 0, n);
        Elements.scale(frame.twin(), 0.5f, arena, logVariance.value(), deviation, 0, n);
        Exponentials.apply(frame.twin(), deviation, 0, n);
        Elements.multiply(frame.twin(), deviation, 0, noise, 0, arena, y.value(), n);
        Elements.add(frame.twin(), arena, mean.value(), arena, y.value(), n);
    }

    @Override
    public void backward(float[] w, float[] gradient) {
        float[] arena = frame.arena();
        int n = y.size();
        // y = m + d·ε with d = e^(v/2): dv = ½·dy·d·ε
        Elements.multiply(frame.twin(), deviation, 0, noise, 0, arena, logVariance.gradient(), n);
        Elements.multiply(frame.twin(), arena, y.gradient(), arena, logVariance.gradient(), arena, logVariance.gradient(), n);
        Elements.scale(frame.twin(), 0.5f, arena, logVariance.gradient(), arena, logVariance.gradient(), n);
        System.arraycopy(arena, y.gradient(), arena, mean.gradient(), n);
    }
}
