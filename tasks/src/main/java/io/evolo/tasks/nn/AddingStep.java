package io.evolo.tasks.nn;

import io.evolo.tasks.kernels.Elements;
import java.util.List;

/** Adds what another step would have overwritten: for operands whose gradients have other parts. */
record AddingStep(Frame frame, CpuStep step, List<Part> parts) implements CpuStep {

    /** A part of a gradient: where the step writes it, and the operand that it is to be added to. */
    record Part(int at, Place to) {}

    AddingStep {
        parts = List.copyOf(parts);
    }

    @Override
    public void forward(float[] w) {
        step.forward(w);
    }

    @Override
    public void backward(float[] w, float[] gradient) {
        step.backward(w, gradient);
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            Elements.add(frame.twin(), frame.arena(), part.at, frame.arena(), part.to.gradient(), part.to.size());
        }
    }
}
