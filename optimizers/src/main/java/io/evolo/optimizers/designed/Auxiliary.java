package io.evolo.optimizers.designed;

import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;

/** What a matrix rule moves the other tensors by, at a part of its own rate and under the tensor's {@code Scaling.adam}. */
final class Auxiliary {
    private final Kind kind;
    private final double beta1;
    private final double beta2;
    private final double epsilon;
    private final double weightDecay;
    private final boolean cautious;
    private final AdamUpdate adam;

    /** Which rule. */
    enum Kind {
        /** As torch has it. */
        ADAMW,
        /** Adam without bias correction: m/(√v + ε). */
        RAW_ADAM,
        /** The sign of β1 m + (1 − β1)g, m ← β2 m + (1 − β2)g. */
        LION
    }

    /**
     * @param beta1 decay of the mean gradient
     * @param beta2 decay of the mean squared gradient; of Lion: of the mean gradient that is kept
     * @param weightDecay decoupled
     * @param cautious whether an element decays only where the step does not lengthen it: of AdamW where m·w ≥ 0, of Lion where its
     *     sign·w ≥ 0
     */
    Auxiliary(Kind kind, double beta1, double beta2, double epsilon, double weightDecay, boolean cautious) {
        this.kind = kind;
        this.beta1 = beta1;
        this.beta2 = beta2;
        this.epsilon = epsilon;
        this.weightDecay = weightDecay;
        this.cautious = cautious;
        this.adam = AdamUpdate.torch(beta1, beta2, epsilon);
    }

    static Auxiliary adamW(double beta1, double beta2, double epsilon, double weightDecay) {
        return new Auxiliary(Kind.ADAMW, beta1, beta2, epsilon, weightDecay, false);
    }

    /**
     * One step of one tensor, with m in slot 0 and v in slot 1.
     *
     * @param left how many values before this tensor's slot 1 has less than the layout
     * @param eta the rate, the tensor's scaling not included
     */
    void apply(OptimizerState state, Step step, int tensor, int left, double eta) {
        int begin = state.layout().offset(tensor);
        int end = state.layout().offset(tensor + 1);
        double keep = 1 - eta * weightDecay;
        double rate = eta * state.layout().spec(tensor).scaling().adam();
        if (cautious && weightDecay > 0) {
            decay(step, state.slot(0), begin, end, (float) keep);
            keep = 1;
        }
        switch (kind) {
            case ADAMW -> adam.apply(state, step, tensor, AdamUpdate.Moments.FIRST_TWO, left, rate, keep);
            case RAW_ADAM -> raw(step, state.slot(0), state.slot(1), left, begin, end, (float) rate, (float) keep);
            case LION -> lion(step, state.slot(0), begin, end, (float) rate, (float) keep);
        }
    }

    /** Decays the elements that what the step will follow, β1 m + (1 − β1)g, does not lengthen. */
    private void decay(Step step, float[] m, int begin, int end, float keep) {
        float[] w = step.params();
        float[] g = step.gradient();
        float b1 = (float) beta1;
        float a1 = (float) (1 - beta1);
        for (int i = begin; i < end; i++) {
            w[i] = (b1 * m[i] + a1 * g[i]) * w[i] >= 0 ? keep * w[i] : w[i];
        }
    }

    private void raw(Step step, float[] m, float[] v, int left, int begin, int end, float rate, float keep) {
        float[] w = step.params();
        float[] g = step.gradient();
        float b1 = (float) beta1;
        float b2 = (float) beta2;
        float a1 = (float) (1 - beta1);
        float a2 = (float) (1 - beta2);
        float eps = (float) epsilon;
        for (int i = begin; i < end; i++) {
            m[i] = b1 * m[i] + a1 * g[i];
            v[i - left] = b2 * v[i - left] + a2 * (g[i] * g[i]);
            w[i] = keep * w[i] - rate * (m[i] / ((float) Math.sqrt(v[i - left]) + eps));
        }
    }

    private void lion(Step step, float[] m, int begin, int end, float rate, float keep) {
        float[] w = step.params();
        float[] g = step.gradient();
        float b1 = (float) beta1;
        float b2 = (float) beta2;
        float a1 = (float) (1 - beta1);
        float a2 = (float) (1 - beta2);
        for (int i = begin; i < end; i++) {
            w[i] = keep * w[i] - rate * Math.signum(b1 * m[i] + a1 * g[i]);
            m[i] = b2 * m[i] + a2 * g[i];
        }
    }
}
