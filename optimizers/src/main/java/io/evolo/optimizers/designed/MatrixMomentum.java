package io.evolo.optimizers.designed;

import io.evolo.optimizers.Step;

/**
 * The momentum that matrix rules orthogonalise: m ← μm + (1 − μ)g, or μm + g as a sum; then u = μm + (1 − μ)g, or μm + g, where it looks
 * ahead, else m. Orthogonalised the two forms are the same but for the ε of the norm.
 *
 * @param sum whether m is a sum; else an average
 */
record MatrixMomentum(double mu, boolean nesterov, boolean sum) {

    /** Updates m of one matrix and writes u, from 0 on. */
    void apply(Step step, float[] m, HiddenMatrices.Matrix matrix, float[] u) {
        apply(step.gradient(), matrix.at(), m, matrix, u);
    }

    /** The same of a gradient that lies at gAt. */
    void apply(float[] g, int gAt, float[] m, HiddenMatrices.Matrix matrix, float[] u) {
        float keep = (float) mu;
        float fresh = sum ? 1 : (float) (1 - mu);
        int at = matrix.at();
        int size = matrix.size();
        for (int i = 0; i < size; i++) {
            m[at + i] = keep * m[at + i] + fresh * g[gAt + i];
            u[i] = nesterov ? keep * m[at + i] + fresh * g[gAt + i] : m[at + i];
        }
    }
}
