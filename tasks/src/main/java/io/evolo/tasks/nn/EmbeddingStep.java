package io.evolo.tasks.nn;

import io.evolo.tasks.kernels.Elements;
import java.util.Arrays;

/** {@link Op.Embedding}. */
record EmbeddingStep(Frame frame, int table, Place y) implements CpuStep {
    @Override
    public void forward(float[] w) {
        int features = features();
        for (int row = 0; row < frame.tokens().length; row++) {
            int from = frame.offset(table) + frame.tokens()[row] * features;
            System.arraycopy(w, from, frame.arena(), y.value() + row * features, features);
        }
    }

    @Override
    public void backward(float[] w, float[] gradient) {
        int features = features();
        Arrays.fill(gradient, frame.offset(table), frame.offset(table + 1), 0);
        for (int row = 0; row < frame.tokens().length; row++) {
            int to = frame.offset(table) + frame.tokens()[row] * features;
            Elements.add(frame.twin(), frame.arena(), y.gradient() + row * features, gradient, to, features);
        }
    }

    private int features() {
        return y.size() / frame.tokens().length;
    }
}
