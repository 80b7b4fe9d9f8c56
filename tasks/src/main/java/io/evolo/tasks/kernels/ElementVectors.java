package io.evolo.tasks.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The vector twin of {@link Elements}. Every method works on the whole vectors of n values and returns how many values these are. */
final class ElementVectors {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    private ElementVectors() {}

    static int affine(float factor, float shift, float[] x, int xAt, float[] y, int yAt, int n) {
        FloatVector f = FloatVector.broadcast(S, factor);
        FloatVector s = FloatVector.broadcast(S, shift);
        int whole = S.loopBound(n);
        for (int i = 0; i < whole; i += L) {
            FloatVector.fromArray(S, x, xAt + i).fma(f, s).intoArray(y, yAt + i);
        }
        return whole;
    }

    static int scale(float factor, float[] x, int xAt, float[] y, int yAt, int n) {
        int whole = S.loopBound(n);
        for (int i = 0; i < whole; i += L) {
            FloatVector.fromArray(S, x, xAt + i).mul(factor).intoArray(y, yAt + i);
        }
        return whole;
    }

    static int multiply(float[] x, int xAt, float[] y, int yAt, float[] z, int zAt, int n) {
        int whole = S.loopBound(n);
        for (int i = 0; i < whole; i += L) {
            FloatVector.fromArray(S, x, xAt + i).mul(FloatVector.fromArray(S, y, yAt + i)).intoArray(z, zAt + i);
        }
        return whole;
    }

    static int add(float[] x, int xAt, float[] y, int yAt, int n) {
        int whole = S.loopBound(n);
        for (int i = 0; i < whole; i += L) {
            FloatVector.fromArray(S, y, yAt + i).add(FloatVector.fromArray(S, x, xAt + i)).intoArray(y, yAt + i);
        }
        return whole;
    }

    static int addScaled(float factor, float[] x, int xAt, float[] y, int yAt, int n) {
        FloatVector f = FloatVector.broadcast(S, factor);
        int whole = S.loopBound(n);
        for (int i = 0; i < whole; i += L) {
            f.fma(FloatVector.fromArray(S, x, xAt + i), FloatVector.fromArray(S, y, yAt + i)).intoArray(y, yAt + i);
        }
        return whole;
    }

    static int sumRows(float[] x, int xAt, int rows, int columns, float[] y, int yAt) {
        int whole = S.loopBound(columns);
        int j = 0;
        for (; j <= whole - 4 * L; j += 4 * L) {
            sumFourColumns(x, xAt + j, rows, columns, y, yAt + j);
        }
        for (; j < whole; j += L) {
            sumColumns(x, xAt + j, rows, columns, y, yAt + j);
        }
        return whole;
    }

    /** Four vectors of columns: one sum alone waits for each addition before it. */
    private static void sumFourColumns(float[] x, int xAt, int rows, int stride, float[] y, int yAt) {
        FloatVector a = FloatVector.zero(S);
        FloatVector b = FloatVector.zero(S);
        FloatVector c = FloatVector.zero(S);
        FloatVector d = FloatVector.zero(S);
        for (int i = 0; i < rows; i++) {
            a = a.add(FloatVector.fromArray(S, x, xAt));
            b = b.add(FloatVector.fromArray(S, x, xAt + L));
            c = c.add(FloatVector.fromArray(S, x, xAt + 2 * L));
            d = d.add(FloatVector.fromArray(S, x, xAt + 3 * L));
            xAt += stride;
        }
        a.intoArray(y, yAt);
        b.intoArray(y, yAt + L);
        c.intoArray(y, yAt + 2 * L);
        d.intoArray(y, yAt + 3 * L);
    }

    private static void sumColumns(float[] x, int xAt, int rows, int stride, float[] y, int yAt) {
        FloatVector sum = FloatVector.zero(S);
        for (int i = 0; i < rows; i++) {
            sum = sum.add(FloatVector.fromArray(S, x, xAt));
            xAt += stride;
        }
        sum.intoArray(y, yAt);
    }

    /** Adds the values lane, lane + 16, … below whole to L of 16 partial sums; x's values times y's. */
    static void partialDot(float[] x, int xAt, float[] y, int yAt, int whole, int lane, float[] partial) {
        FloatVector sum = FloatVector.zero(S);
        for (int i = lane; i < whole; i += LaneSums.LANES) {
            sum = FloatVector.fromArray(S, x, xAt + i).fma(FloatVector.fromArray(S, y, yAt + i), sum);
        }
        sum.intoArray(partial, lane);
    }

    static void partialSum(float[] x, int at, int whole, int lane, float[] partial) {
        FloatVector sum = FloatVector.zero(S);
        for (int i = lane; i < whole; i += LaneSums.LANES) {
            sum = sum.add(FloatVector.fromArray(S, x, at + i));
        }
        sum.intoArray(partial, lane);
    }

    /** All 16 partial sums of the first {@code whole} values, a multiple of 16. */
    static void partialSums(float[] x, int at, int whole, float[] partial) {
        for (int lane = 0; lane < LaneSums.LANES; lane += L) {
            partialSum(x, at, whole, lane, partial);
        }
    }

    static void partialDots(float[] x, int xAt, float[] y, int yAt, int whole, float[] partial) {
        for (int lane = 0; lane < LaneSums.LANES; lane += L) {
            partialDot(x, xAt, y, yAt, whole, lane, partial);
        }
    }
}
