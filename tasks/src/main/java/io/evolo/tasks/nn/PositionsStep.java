package io.evolo.tasks.nn;

import io.evolo.tasks.kernels.Elements;

/** {@link Op.Positions}. */
record PositionsStep(Frame frame, int table, Place x, Place y) implements CpuStep {
    @Override
    public void forward(float[] w) {
        float[] arena = frame.arena();
        int size = y.size() / frame.batch();
        System.arraycopy(arena, x.value(), arena, y.value(), y.size());
        for (int i = 0; i < frame.batch(); i++) {
            Elements.add(frame.twin(), w, frame.offset(table), arena, y.value() + i * size, size);
        }
    }

    @Override
    public void backward(float[] w, float[] gradient) {
        float[] arena = frame.arena();
        int size = y.size() / frame.batch();
        Elements.sumRows(frame.twin(), arena, y.gradient(), frame.batch(), size, gradient, frame.offset(table));
        if (x.wanted() && x.gradient() != y.gradient()) {
            System.arraycopy(arena, y.gradient(), arena, x.gradient(), y.size());
        }
    }
}
