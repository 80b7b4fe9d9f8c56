package io.evolo.tasks.nn;

import io.evolo.tasks.kernels.Elements;

/** {@link Op.Add}. */
record AddStep(Frame frame, Addend x, Addend y, Place z) implements CpuStep {

    /** An operand, and whether its gradient has parts already. */
    record Addend(Place place, boolean adds) {}

    @Override
    public void forward(float[] w) {
        float[] arena = frame.arena();
        System.arraycopy(arena, x.place.value(), arena, z.value(), z.size());
        Elements.add(frame.twin(), arena, y.place.value(), arena, z.value(), z.size());
    }

    @Override
    public void backward(float[] w, float[] gradient) {
        pass(x);
        pass(y);
    }

    private void pass(Addend to) {
        float[] arena = frame.arena();
        if (to.adds) {
            Elements.add(frame.twin(), arena, z.gradient(), arena, to.place.gradient(), z.size());
        } else if (to.place.wanted()) {
            System.arraycopy(arena, z.gradient(), arena, to.place.gradient(), z.size());
        }
    }
}
