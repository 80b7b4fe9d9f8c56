package io.evolo.tasks.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The vector twin of {@link Reflections}: two vectors of columns at a time, with sums of every other row, to hide their latency. */
final class ReflectionVectors {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final int MOST = Reflections.MOST;

    private ReflectionVectors() {}

    /** v ← v + current·factorsᵀ and products ← vᵀ·next, in rows [row, rows). */
    static void advance(float[] v, int row, int rows, float[] current, float[] factors, float[] next, float[] products) {
        for (int column = 0; column < MOST; column += 2 * L) {
            advancePair(v, row, rows, column, current, factors, next, products);
        }
    }

    private static void advancePair(
            float[] v, int row, int rows, int column, float[] current, float[] factors, float[] next, float[] products) {
        FloatVector f0 = FloatVector.fromArray(S, factors, column);
        FloatVector f1 = FloatVector.fromArray(S, factors, column + L);
        FloatVector even0 = FloatVector.zero(S);
        FloatVector even1 = FloatVector.zero(S);
        FloatVector odd0 = FloatVector.zero(S);
        FloatVector odd1 = FloatVector.zero(S);
        int i = row;
        for (; i < rows - 1; i += 2) {
            int at = i * MOST + column;
            FloatVector y = FloatVector.broadcast(S, current[i]);
            FloatVector x = FloatVector.broadcast(S, next[i]);
            FloatVector v0 = y.fma(f0, FloatVector.fromArray(S, v, at));
            FloatVector v1 = y.fma(f1, FloatVector.fromArray(S, v, at + L));
            v0.intoArray(v, at);
            v1.intoArray(v, at + L);
            even0 = x.fma(v0, even0);
            even1 = x.fma(v1, even1);
            FloatVector z = FloatVector.broadcast(S, current[i + 1]);
            FloatVector w = FloatVector.broadcast(S, next[i + 1]);
            FloatVector v2 = z.fma(f0, FloatVector.fromArray(S, v, at + MOST));
            FloatVector v3 = z.fma(f1, FloatVector.fromArray(S, v, at + MOST + L));
            v2.intoArray(v, at + MOST);
            v3.intoArray(v, at + MOST + L);
            odd0 = w.fma(v2, odd0);
            odd1 = w.fma(v3, odd1);
        }
        if (i < rows) {
            int at = i * MOST + column;
            FloatVector y = FloatVector.broadcast(S, current[i]);
            FloatVector x = FloatVector.broadcast(S, next[i]);
            FloatVector v0 = y.fma(f0, FloatVector.fromArray(S, v, at));
            FloatVector v1 = y.fma(f1, FloatVector.fromArray(S, v, at + L));
            v0.intoArray(v, at);
            v1.intoArray(v, at + L);
            even0 = x.fma(v0, even0);
            even1 = x.fma(v1, even1);
        }
        even0.add(odd0).intoArray(products, column);
        even1.add(odd1).intoArray(products, column + L);
    }

    /** Row i of t ← what row i of gram has behind its diagonal, times the rows of t behind i. */
    static void triangleRow(float[] gram, int i, int count, float[] t) {
        for (int column = 0; column < MOST; column += 2 * L) {
            FloatVector sum0 = FloatVector.zero(S);
            FloatVector sum1 = FloatVector.zero(S);
            for (int j = i + 1; j < count; j++) {
                FloatVector factor = FloatVector.broadcast(S, gram[i * MOST + j]);
                sum0 = factor.fma(FloatVector.fromArray(S, t, j * MOST + column), sum0);
                sum1 = factor.fma(FloatVector.fromArray(S, t, j * MOST + column + L), sum1);
            }
            sum0.intoArray(t, i * MOST + column);
            sum1.intoArray(t, i * MOST + column + L);
        }
    }
}
