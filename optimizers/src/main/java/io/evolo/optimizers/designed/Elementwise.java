package io.evolo.optimizers.designed;

import io.evolo.tasks.ParamLayout;

/** Small loops that several rules need. The compiler turns them into vector instructions by itself, see docs/decisions/0008. */
final class Elementwise {
    private Elementwise() {}

    /** Values of the largest tensor. */
    static int largest(ParamLayout layout) {
        int largest = 0;
        for (int i = 0; i < layout.tensors(); i++) {
            largest = Math.max(largest, layout.spec(i).shape().size());
        }
        return largest;
    }

    /** w ← factor·w over [begin, end). */
    static void scale(float[] w, int begin, int end, float factor) {
        for (int i = begin; i < end; i++) {
            w[i] *= factor;
        }
    }

    /** w ← w − rate·direction over [begin, end). */
    static void subtract(float[] w, int begin, int end, float rate, float[] direction) {
        for (int i = begin; i < end; i++) {
            w[i] -= rate * direction[i];
        }
    }

    /** w ← w − shrink·w − rate·direction over [begin, end), the direction from the start of its array. */
    static void subtract(float[] w, int begin, int end, float shrink, float rate, float[] direction) {
        for (int i = begin; i < end; i++) {
            w[i] -= shrink * w[i] + rate * direction[i - begin];
        }
    }

    /** mean ← decay·mean + (1 − decay)·x over [begin, end). */
    static void average(float[] mean, int begin, int end, double decay, float[] x) {
        float old = (float) decay;
        float fresh = (float) (1 - decay);
        for (int i = begin; i < end; i++) {
            mean[i] = old * mean[i] + fresh * x[i];
        }
    }
}
