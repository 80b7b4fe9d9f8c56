package io.evolo.tasks.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The vector twin of {@link SoftmaxColumns}: a lane per column, so that no sum crosses lanes. */
final class SoftmaxColumnVectors {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    private SoftmaxColumnVectors() {}

    /** x = x − the largest of its column, for the whole vectors of columns; returns how many columns these are. */
    static int shift(float[] x, int at, int rows, int columns) {
        int whole = S.loopBound(columns);
        for (int j = 0; j < whole; j += L) {
            FloatVector max = FloatVector.fromArray(S, x, at + j);
            for (int i = 1, k = at + j + columns; i < rows; i++, k += columns) {
                FloatVector v = FloatVector.fromArray(S, x, k);
                max = max.blend(v, v.compare(VectorOperators.GT, max));
            }
            for (int i = 0, k = at + j; i < rows; i++, k += columns) {
                FloatVector.fromArray(S, x, k).sub(max).intoArray(x, k);
            }
        }
        return whole;
    }

    /** x = x / the sum of its column; what becomes too small for a normal number is 0. */
    static int divide(float[] x, int at, int rows, int columns) {
        int whole = S.loopBound(columns);
        for (int j = 0; j < whole; j += L) {
            FloatVector sum = FloatVector.zero(S);
            for (int i = 0, k = at + j; i < rows; i++, k += columns) {
                sum = sum.add(FloatVector.fromArray(S, x, k));
            }
            FloatVector share = FloatVector.broadcast(S, 1).div(sum);
            for (int i = 0, k = at + j; i < rows; i++, k += columns) {
                FloatVector p = FloatVector.fromArray(S, x, k).mul(share);
                p.blend(0, p.compare(VectorOperators.LT, Float.MIN_NORMAL)).intoArray(x, k);
            }
        }
        return whole;
    }

    /** d = factor·p·(d − Σ over the column of p·d). */
    static int backward(float factor, float[] p, int pAt, float[] d, int dAt, int rows, int columns) {
        int whole = S.loopBound(columns);
        for (int j = 0; j < whole; j += L) {
            FloatVector sum = FloatVector.zero(S);
            for (int i = 0, k = j; i < rows; i++, k += columns) {
                sum = FloatVector.fromArray(S, p, pAt + k).fma(FloatVector.fromArray(S, d, dAt + k), sum);
            }
            for (int i = 0, k = j; i < rows; i++, k += columns) {
                FloatVector slope = FloatVector.fromArray(S, d, dAt + k).sub(sum);
                FloatVector.fromArray(S, p, pAt + k).mul(factor).mul(slope).intoArray(d, dAt + k);
            }
        }
        return whole;
    }
}
