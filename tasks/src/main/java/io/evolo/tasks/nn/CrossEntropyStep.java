package io.evolo.tasks.nn;

import io.evolo.tasks.kernels.CrossEntropy;

/** {@link Op.SoftmaxCrossEntropy}. */
final class CrossEntropyStep implements CpuStep.Loss {
    private final Frame frame;
    private final Place logits;
    private final int rows;
    private final CrossEntropy kernel;
    private float mean;

    /** @param rows rows of logits per example, each with a label of its own */
    CrossEntropyStep(Frame frame, Place logits, int rows, int classes) {
        this.frame = frame;
        this.logits = logits;
        this.rows = rows;
        this.kernel = new CrossEntropy(frame.twin(), frame.batch() * rows, classes);
    }

    @Override
    public void forward(float[] w) {
        mean = kernel.forward(frame.arena(), logits.value(), frame.labels());
    }

    @Override
    public void backward(float[] w, float[] gradient) {
        kernel.backward(frame.labels(), frame.arena(), logits.gradient());
    }

    @Override
    public float mean() {
        return mean;
    }

    @Override
    public float loss(int example) {
        double sum = 0;
        for (int row = 0; row < rows; row++) {
            sum += kernel.loss(example * rows + row);
        }
        return (float) (sum / rows);
    }
}
