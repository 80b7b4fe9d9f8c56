package io.evolo.tasks.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector twin of {@link Columns}. Every method works on the whole vectors of columns and returns how many columns these are; a
 * column's sum runs down its rows in order, a lane per column.
 */
final class ColumnVectors {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    private ColumnVectors() {}

    static int dots(float[] x, int xAt, float[] y, int yAt, int rows, int columns, float[] out, int outAt) {
        int whole = S.loopBound(columns);
        for (int j = 0; j < whole; j += L) {
            dot(x, xAt + j, y, yAt + j, rows, columns, out, outAt + j);
        }
        return whole;
    }

    private static void dot(float[] x, int xAt, float[] y, int yAt, int rows, int columns, float[] out, int outAt) {
        FloatVector sum = FloatVector.zero(S);
        for (int i = 0; i < rows; i++) {
            sum = FloatVector.fromArray(S, x, xAt).fma(FloatVector.fromArray(S, y, yAt), sum);
            xAt += columns;
            yAt += columns;
        }
        sum.intoArray(out, outAt);
    }

    static int affine(float[] factor, float[] shift, int at, float[] x, int xAt, int rows, int columns, float[] y, int yAt) {
        int whole = S.loopBound(columns);
        for (int j = 0; j < whole; j += L) {
            affine(factor, at + j, shift, at + j, x, xAt + j, rows, columns, y, yAt + j);
        }
        return whole;
    }

    private static void affine(
            float[] factor, int fAt, float[] shift, int sAt, float[] x, int xAt, int rows, int columns, float[] y, int yAt) {
        FloatVector f = FloatVector.fromArray(S, factor, fAt);
        FloatVector s = FloatVector.fromArray(S, shift, sAt);
        for (int i = 0; i < rows; i++) {
            FloatVector.fromArray(S, x, xAt).fma(f, s).intoArray(y, yAt);
            xAt += columns;
            yAt += columns;
        }
    }

    static int add(float[] factor, int at, float[] x, int xAt, int rows, int columns, float[] y, int yAt) {
        int whole = S.loopBound(columns);
        for (int j = 0; j < whole; j += L) {
            addColumns(factor, at + j, x, xAt + j, rows, columns, y, yAt + j);
        }
        return whole;
    }

    private static void addColumns(float[] factor, int at, float[] x, int xAt, int rows, int columns, float[] y, int yAt) {
        FloatVector f = FloatVector.fromArray(S, factor, at);
        for (int i = 0; i < rows; i++) {
            FloatVector.fromArray(S, x, xAt).fma(f, FloatVector.fromArray(S, y, yAt)).intoArray(y, yAt);
            xAt += columns;
            yAt += columns;
        }
    }
}
