package io.evolo.tasks.nn;

import io.evolo.tasks.kernels.Elements;

/** {@link Op.GlobalAverage}. */
record GlobalAverageStep(Frame frame, int features, Place x, Place y) implements CpuStep {
    @Override
    public void forward(float[] w) {
        float[] arena = frame.arena();
        for (int i = 0; i < frame.batch(); i++) {
            int at = y.value() + i * features;
            Elements.sumRows(frame.twin(), arena, x.value() + i * rows() * features, rows(), features, arena, at);
        }
        Elements.scale(frame.twin(), 1f / rows(), arena, y.value(), arena, y.value(), y.size());
    }

    @Override
    public void backward(float[] w, float[] gradient) {
        float[] arena = frame.arena();
        for (int row = 0; row < frame.batch() * rows(); row++) {
            int from = y.gradient() + row / rows() * features;
            Elements.scale(frame.twin(), 1f / rows(), arena, from, arena, x.gradient() + row * features, features);
        }
    }

    private int rows() {
        return x.size() / y.size();
    }
}
