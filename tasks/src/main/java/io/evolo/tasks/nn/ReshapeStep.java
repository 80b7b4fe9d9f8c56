package io.evolo.tasks.nn;

/** {@link Op.Reshape}: value and, where nobody else reads the operand, gradient lie where the operand's do. */
record ReshapeStep(Frame frame, Place x, Place y) implements CpuStep {
    @Override
    public void forward(float[] w) {
        assert x.value() == y.value() : "a view lies where its operand does";
    }

    @Override
    public void backward(float[] w, float[] gradient) {
        if (x.gradient() != y.gradient()) {
            System.arraycopy(frame.arena(), y.gradient(), frame.arena(), x.gradient(), y.size());
        }
    }
}
