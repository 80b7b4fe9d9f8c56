package io.evolo.optimizers.learned;

import static io.evolo.optimizers.learned.Lanes.BLOCK;
import static io.evolo.optimizers.learned.Lanes.GROUP;
import static io.evolo.optimizers.learned.Lanes.L;
import static io.evolo.optimizers.learned.Lanes.S;

import jdk.incubator.vector.FloatVector;

/**
 * The network's inner loops, for {@link FusedNet}. Each is one small method, whose vectors the compiler keeps in registers: 4 units ×
 * 4 vectors of elements are 16 accumulators of 32 registers (AVX-512) or all that there are (AVX2). Own methods are not called from
 * the large ones: past a certain number of nodes the compiler would not inline them, and would allocate the vectors between.
 *
 * <p>ReLU is an integer maximum with 0 on the floats' bits, which is cheaper than a float maximum and differs in that a NaN with its
 * sign bit set becomes 0.
 */
final class FusedLayers {
    private FusedLayers() {}

    /**
     * Writes bias + Σ weight·entry for every unit and one vector of entries of a side's six arrays.
     *
     * @param side first of the entries in the first array
     * @param stride distance of the arrays
     * @param weights [units, 6]
     * @param bias [units]; none if negative
     * @param out gets the units' vectors, tableStride apart
     */
    static void table(float[] s, int side, int stride, int weights, int bias, int units, int out, int tableStride) {
        FloatVector x0 = FloatVector.fromArray(S, s, side);
        FloatVector x1 = FloatVector.fromArray(S, s, side + stride);
        FloatVector x2 = FloatVector.fromArray(S, s, side + 2 * stride);
        FloatVector x3 = FloatVector.fromArray(S, s, side + 3 * stride);
        FloatVector x4 = FloatVector.fromArray(S, s, side + 4 * stride);
        FloatVector x5 = FloatVector.fromArray(S, s, side + 5 * stride);
        int w = weights;
        for (int j = 0; j < units; j++) {
            FloatVector y = x0.fma(FloatVector.broadcast(S, s[w]), FloatVector.broadcast(S, bias < 0 ? 0 : s[bias + j]));
            y = x1.fma(FloatVector.broadcast(S, s[w + 1]), y);
            y = x2.fma(FloatVector.broadcast(S, s[w + 2]), y);
            y = x3.fma(FloatVector.broadcast(S, s[w + 3]), y);
            y = x4.fma(FloatVector.broadcast(S, s[w + 4]), y);
            y = x5.fma(FloatVector.broadcast(S, s[w + 5]), y);
            y.intoArray(s, out + j * tableStride);
            w += FusedPlan.SIDE;
        }
    }

    /**
     * Gathers the starts of the first layer of elements of one row: table across + table along. Whole groups.
     *
     * @param across the row's entry of the first unit; those of the other units are acrossStride apart
     * @param along the first element's entry of the first unit; those of the other units are alongStride apart
     * @param y gets the units, BLOCK apart
     */
    static void start(
            float[] s, int across, int acrossStride, int along, int alongStride, int units, int count, int y) {
        int end = Lanes.padded(count);
        for (int j = 0; j < units; j++) {
            FloatVector a = FloatVector.broadcast(S, s[across + j * acrossStride]);
            for (int i = 0; i < end; i += L) {
                FloatVector.fromArray(S, s, along + j * alongStride + i).add(a).intoArray(s, y + j * BLOCK + i);
            }
        }
    }

    /**
     * Adds to {@code count} values Σ weight·entry for the entries of a side's six arrays; whole groups.
     *
     * @param w six weights
     */
    static void addSide(float[] s, int side, int stride, int w, int count, int y) {
        int end = Lanes.padded(count);
        for (int i = 0; i < end; i += L) {
            FloatVector sum = FloatVector.fromArray(S, s, y + i);
            for (int k = 0; k < FusedPlan.SIDE; k++) {
                sum = FloatVector.fromArray(S, s, side + k * stride + i).fma(FloatVector.broadcast(S, s[w + k]), sum);
            }
            sum.intoArray(s, y + i);
        }
    }

    /** Products of two sides' entries; whole groups. */
    static void products(float[] s, int a, int b, int stride, int arrays, int count, int out) {
        int end = Lanes.padded(count);
        for (int k = 0; k < arrays * stride; k += stride) {
            for (int i = k; i < k + end; i += L) {
                FloatVector x = FloatVector.fromArray(S, s, a + i);
                x.mul(FloatVector.fromArray(S, s, b + i)).intoArray(s, out + i);
            }
        }
    }

    /** Adds the squares of a block's features to the sums in {@code lanes} [features, GROUP]. */
    static void addSquares(float[] s, int x, int features, int lanes) {
        for (int i = 0; i < features; i++) {
            for (int lane = 0; lane < GROUP; lane += L) {
                FloatVector sum = FloatVector.fromArray(S, s, lanes + lane);
                FloatVector x0 = FloatVector.fromArray(S, s, x + lane);
                FloatVector x1 = FloatVector.fromArray(S, s, x + GROUP + lane);
                FloatVector x2 = FloatVector.fromArray(S, s, x + 2 * GROUP + lane);
                FloatVector x3 = FloatVector.fromArray(S, s, x + 3 * GROUP + lane);
                x0.fma(x0, x1.mul(x1)).add(x2.fma(x2, x3.mul(x3))).add(sum).intoArray(s, lanes + lane);
            }
            x += BLOCK;
            lanes += GROUP;
        }
    }

    /**
     * Four units of the first layer for four vectors of elements: ReLU(across + along + Σ w·x). The first two vectors are elements of
     * one row, the last two (A and B) of one that may be another.
     *
     * @param x features of the elements [ins, BLOCK]
     * @param at weights [ins, 4]
     * @param acrossA the row's entry of the first unit; those of the other units are acrossStride apart
     * @param alongA the first element's entry of the first unit; those of the other units are alongStride apart
     * @param y results [4, BLOCK]
     */
    static void hidden1(
            float[] s,
            int x,
            int ins,
            int at,
            int acrossA,
            int acrossB,
            int acrossStride,
            int alongA,
            int alongB,
            int alongStride,
            int y) {
        FloatVector y00 = FloatVector.fromArray(S, s, alongA).add(s[acrossA]);
        FloatVector y01 = FloatVector.fromArray(S, s, alongA + L).add(s[acrossA]);
        FloatVector y02 = FloatVector.fromArray(S, s, alongB).add(s[acrossB]);
        FloatVector y03 = FloatVector.fromArray(S, s, alongB + L).add(s[acrossB]);
        FloatVector y10 = FloatVector.fromArray(S, s, alongA + alongStride).add(s[acrossA + acrossStride]);
        FloatVector y11 = FloatVector.fromArray(S, s, alongA + alongStride + L).add(s[acrossA + acrossStride]);
        FloatVector y12 = FloatVector.fromArray(S, s, alongB + alongStride).add(s[acrossB + acrossStride]);
        FloatVector y13 = FloatVector.fromArray(S, s, alongB + alongStride + L).add(s[acrossB + acrossStride]);
        FloatVector y20 = FloatVector.fromArray(S, s, alongA + 2 * alongStride).add(s[acrossA + 2 * acrossStride]);
        FloatVector y21 = FloatVector.fromArray(S, s, alongA + 2 * alongStride + L).add(s[acrossA + 2 * acrossStride]);
        FloatVector y22 = FloatVector.fromArray(S, s, alongB + 2 * alongStride).add(s[acrossB + 2 * acrossStride]);
        FloatVector y23 = FloatVector.fromArray(S, s, alongB + 2 * alongStride + L).add(s[acrossB + 2 * acrossStride]);
        FloatVector y30 = FloatVector.fromArray(S, s, alongA + 3 * alongStride).add(s[acrossA + 3 * acrossStride]);
        FloatVector y31 = FloatVector.fromArray(S, s, alongA + 3 * alongStride + L).add(s[acrossA + 3 * acrossStride]);
        FloatVector y32 = FloatVector.fromArray(S, s, alongB + 3 * alongStride).add(s[acrossB + 3 * acrossStride]);
        FloatVector y33 = FloatVector.fromArray(S, s, alongB + 3 * alongStride + L).add(s[acrossB + 3 * acrossStride]);
        for (int i = 0; i < ins; i++) {
            FloatVector x0 = FloatVector.fromArray(S, s, x);
            FloatVector x1 = FloatVector.fromArray(S, s, x + L);
            FloatVector x2 = FloatVector.fromArray(S, s, x + 2 * L);
            FloatVector x3 = FloatVector.fromArray(S, s, x + 3 * L);
            FloatVector w0 = FloatVector.broadcast(S, s[at]);
            y00 = w0.fma(x0, y00);
            y01 = w0.fma(x1, y01);
            y02 = w0.fma(x2, y02);
            y03 = w0.fma(x3, y03);
            FloatVector w1 = FloatVector.broadcast(S, s[at + 1]);
            y10 = w1.fma(x0, y10);
            y11 = w1.fma(x1, y11);
            y12 = w1.fma(x2, y12);
            y13 = w1.fma(x3, y13);
            FloatVector w2 = FloatVector.broadcast(S, s[at + 2]);
            y20 = w2.fma(x0, y20);
            y21 = w2.fma(x1, y21);
            y22 = w2.fma(x2, y22);
            y23 = w2.fma(x3, y23);
            FloatVector w3 = FloatVector.broadcast(S, s[at + 3]);
            y30 = w3.fma(x0, y30);
            y31 = w3.fma(x1, y31);
            y32 = w3.fma(x2, y32);
            y33 = w3.fma(x3, y33);
            x += BLOCK;
            at += 4;
        }
        y00.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y);
        y01.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + L);
        y02.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + 2 * L);
        y03.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + 3 * L);
        y10.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + BLOCK);
        y11.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + BLOCK + L);
        y12.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + BLOCK + 2 * L);
        y13.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + BLOCK + 3 * L);
        y20.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + 2 * BLOCK);
        y21.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + 2 * BLOCK + L);
        y22.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + 2 * BLOCK + 2 * L);
        y23.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + 2 * BLOCK + 3 * L);
        y30.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + 3 * BLOCK);
        y31.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + 3 * BLOCK + L);
        y32.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + 3 * BLOCK + 2 * L);
        y33.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + 3 * BLOCK + 3 * L);
    }

    /**
     * Four units of the second layer for four vectors of elements: ReLU(b + Σ w·x).
     *
     * @param x the first layer of the elements [ins, BLOCK]
     * @param at weights [ins, 4]
     * @param unit biases [4]
     * @param y results [4, BLOCK]
     */
    static void hidden2(float[] s, int x, int ins, float[] w, int at, float[] b, int unit, int y) {
        FloatVector y00 = FloatVector.broadcast(S, b[unit]), y01 = y00, y02 = y00, y03 = y00;
        FloatVector y10 = FloatVector.broadcast(S, b[unit + 1]), y11 = y10, y12 = y10, y13 = y10;
        FloatVector y20 = FloatVector.broadcast(S, b[unit + 2]), y21 = y20, y22 = y20, y23 = y20;
        FloatVector y30 = FloatVector.broadcast(S, b[unit + 3]), y31 = y30, y32 = y30, y33 = y30;
        for (int i = 0; i < ins; i++) {
            FloatVector x0 = FloatVector.fromArray(S, s, x);
            FloatVector x1 = FloatVector.fromArray(S, s, x + L);
            FloatVector x2 = FloatVector.fromArray(S, s, x + 2 * L);
            FloatVector x3 = FloatVector.fromArray(S, s, x + 3 * L);
            FloatVector w0 = FloatVector.broadcast(S, w[at]);
            y00 = w0.fma(x0, y00);
            y01 = w0.fma(x1, y01);
            y02 = w0.fma(x2, y02);
            y03 = w0.fma(x3, y03);
            FloatVector w1 = FloatVector.broadcast(S, w[at + 1]);
            y10 = w1.fma(x0, y10);
            y11 = w1.fma(x1, y11);
            y12 = w1.fma(x2, y12);
            y13 = w1.fma(x3, y13);
            FloatVector w2 = FloatVector.broadcast(S, w[at + 2]);
            y20 = w2.fma(x0, y20);
            y21 = w2.fma(x1, y21);
            y22 = w2.fma(x2, y22);
            y23 = w2.fma(x3, y23);
            FloatVector w3 = FloatVector.broadcast(S, w[at + 3]);
            y30 = w3.fma(x0, y30);
            y31 = w3.fma(x1, y31);
            y32 = w3.fma(x2, y32);
            y33 = w3.fma(x3, y33);
            x += BLOCK;
            at += 4;
        }
        y00.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y);
        y01.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + L);
        y02.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + 2 * L);
        y03.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + 3 * L);
        y10.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + BLOCK);
        y11.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + BLOCK + L);
        y12.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + BLOCK + 2 * L);
        y13.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + BLOCK + 3 * L);
        y20.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + 2 * BLOCK);
        y21.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + 2 * BLOCK + L);
        y22.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + 2 * BLOCK + 2 * L);
        y23.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + 2 * BLOCK + 3 * L);
        y30.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + 3 * BLOCK);
        y31.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + 3 * BLOCK + L);
        y32.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + 3 * BLOCK + 2 * L);
        y33.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + 3 * BLOCK + 3 * L);
    }

    /** One output for four vectors of elements: start + Σ w·x. Weights are 2 apart. */
    static void output(float[] s, int x, int ins, float[] w, float start, int y) {
        FloatVector y0 = FloatVector.broadcast(S, start), y1 = y0, y2 = y0, y3 = y0;
        for (int i = 0; i < ins; i++) {
            FloatVector wi = FloatVector.broadcast(S, w[2 * i]);
            y0 = wi.fma(FloatVector.fromArray(S, s, x), y0);
            y1 = wi.fma(FloatVector.fromArray(S, s, x + L), y1);
            y2 = wi.fma(FloatVector.fromArray(S, s, x + 2 * L), y2);
            y3 = wi.fma(FloatVector.fromArray(S, s, x + 3 * L), y3);
            x += BLOCK;
        }
        y0.intoArray(s, y);
        y1.intoArray(s, y + L);
        y2.intoArray(s, y + 2 * L);
        y3.intoArray(s, y + 3 * L);
    }

    /** Two outputs for four vectors of elements; the second is BLOCK behind the first. */
    static void outputs(float[] s, int x, int ins, float[] w, float start, float otherStart, int y) {
        FloatVector y0 = FloatVector.broadcast(S, start), y1 = y0, y2 = y0, y3 = y0;
        FloatVector z0 = FloatVector.broadcast(S, otherStart), z1 = z0, z2 = z0, z3 = z0;
        for (int i = 0; i < ins; i++) {
            FloatVector wy = FloatVector.broadcast(S, w[2 * i]);
            FloatVector wz = FloatVector.broadcast(S, w[2 * i + 1]);
            FloatVector x0 = FloatVector.fromArray(S, s, x);
            FloatVector x1 = FloatVector.fromArray(S, s, x + L);
            FloatVector x2 = FloatVector.fromArray(S, s, x + 2 * L);
            FloatVector x3 = FloatVector.fromArray(S, s, x + 3 * L);
            y0 = wy.fma(x0, y0);
            y1 = wy.fma(x1, y1);
            y2 = wy.fma(x2, y2);
            y3 = wy.fma(x3, y3);
            z0 = wz.fma(x0, z0);
            z1 = wz.fma(x1, z1);
            z2 = wz.fma(x2, z2);
            z3 = wz.fma(x3, z3);
            x += BLOCK;
        }
        y0.intoArray(s, y);
        y1.intoArray(s, y + L);
        y2.intoArray(s, y + 2 * L);
        y3.intoArray(s, y + 3 * L);
        z0.intoArray(s, y + BLOCK);
        z1.intoArray(s, y + BLOCK + L);
        z2.intoArray(s, y + BLOCK + 2 * L);
        z3.intoArray(s, y + BLOCK + 3 * L);
    }
}
