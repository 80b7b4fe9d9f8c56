package io.evolo.tasks.kernels;

import java.util.Objects;

/**
 * Softmax and cross-entropy of a batch: loss = ln Σ e^(z_c − max z) − (z_label − max z), in nats. Sums run over the classes in
 * order; the vector twin works on the transpose, a lane per example, so both twins give the same bits and no lane idles where there
 * are few classes. Logits that are NaN or infinite give a loss that is NaN.
 *
 * <p>Holds scratch memory and what backward needs of forward: one object belongs to one thread.
 */
public final class CrossEntropy {
    private static final int LANES = 16;
    /** Values that are so far apart share a few sets of the first cache: no more than a handful of classes would stay there. */
    private static final int CROWDED = 256;

    private final Twin twin;
    private final int examples;
    private final int classes;
    /** Distance of two classes in {@link #powers}: the examples, rounded up to whole vectors of any size. */
    private final int stride;
    /** e^(z − max z), [classes, stride]; in backward the gradient. */
    private final float[] powers;

    private final float[] max;
    private final float[] sum;
    private final float[] losses;

    public CrossEntropy(Twin twin, int examples, int classes) {
        if (examples < 1 || classes < 1) {
            throw new IllegalArgumentException(
                    "cross-entropy of " + examples + " examples and " + classes + " classes, expected at least 1 of each");
        }
        this.twin = twin;
        this.examples = examples;
        this.classes = classes;
        int rounded = (examples + LANES - 1) / LANES * LANES;
        this.stride = rounded % CROWDED == 0 ? rounded + LANES : rounded;
        this.powers = new float[Math.multiplyExact(classes, stride)];
        this.max = new float[stride];
        this.sum = new float[stride];
        this.losses = new float[stride];
    }

    /**
     * The mean loss, added in double precision in the order of the examples.
     *
     * @param logits [examples, classes] from {@code at}
     * @param labels the classes, each in [0, classes)
     */
    public float forward(float[] logits, int at, int[] labels) {
        Objects.checkFromIndexSize(at, examples * classes, logits.length);
        Transpose.run(twin, logits, at, classes, examples, classes, powers, 0, stride);
        switch (twin) {
            case PLAIN -> plainForward();
            case VECTOR -> CrossEntropyVectors.forward(powers, classes, max, sum, losses);
        }
        double total = 0;
        for (int i = 0; i < examples; i++) {
            losses[i] -= logits[at + i * classes + labels[i]] - max[i];
            total += losses[i];
        }
        return (float) (total / examples);
    }

    /** The loss of one example of the last forward pass. */
    public float loss(int example) {
        return losses[example];
    }

    /**
     * The gradient of the mean loss of the last forward pass, written to {@code gradient} [examples, classes] from {@code at}:
     * (softmax − 1 at the label)/examples. A probability of a class that is 87 nats behind counts as 0: its share would be a
     * subnormal number, and with it most of what backward computes, which costs some processors a hundred times the time.
     */
    public void backward(int[] labels, float[] gradient, int at) {
        Objects.checkFromIndexSize(at, examples * classes, gradient.length);
        float share = 1f / examples;
        switch (twin) {
            case PLAIN -> plainBackward(share);
            case VECTOR -> CrossEntropyVectors.backward(powers, classes, sum, share);
        }
        Transpose.run(twin, powers, 0, stride, classes, examples, gradient, at, classes);
        for (int i = 0; i < examples; i++) {
            gradient[at + i * classes + labels[i]] -= share;
        }
    }

    private void plainForward() {
        for (int i = 0; i < examples; i++) {
            max[i] = Float.NEGATIVE_INFINITY;
            for (int c = 0; c < classes; c++) {
                max[i] = Math.max(max[i], powers[c * stride + i]);
            }
            sum[i] = 0;
            for (int c = 0; c < classes; c++) {
                powers[c * stride + i] = FloatMath.exp(powers[c * stride + i] - max[i]);
                sum[i] += powers[c * stride + i];
            }
            losses[i] = FloatMath.log1p(sum[i] - 1);
        }
    }

    private void plainBackward(float share) {
        for (int i = 0; i < examples; i++) {
            float factor = share / sum[i];
            for (int c = 0; c < classes; c++) {
                float p = powers[c * stride + i] * factor;
                powers[c * stride + i] = p < Float.MIN_NORMAL ? 0 : p;
            }
        }
    }
}
