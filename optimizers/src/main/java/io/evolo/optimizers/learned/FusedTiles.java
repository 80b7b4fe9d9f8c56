package io.evolo.optimizers.learned;

import static io.evolo.optimizers.learned.Lanes.BLOCK;
import static io.evolo.optimizers.learned.Lanes.HALF;
import static io.evolo.optimizers.learned.Lanes.L;
import static io.evolo.optimizers.learned.Lanes.S;

import java.lang.invoke.VarHandle;
import jdk.incubator.vector.FloatVector;

/**
 * The hidden layers of a block, for {@link FusedNet}, where 16 registers are all: 6 or 4 units × 2 vectors of elements are 12 or 8
 * accumulators, with two operands and a weight. Every sum has its terms in the same order as in {@link FusedLayers}. A tile of so few
 * accumulators is soon done, so that each method takes a whole block, tile by tile.
 *
 * <p>The compiler likes to load all operands of a round first, for which there are no registers. A fence between the units keeps the
 * loads where they are, and costs nothing: no instruction belongs to it.
 */
final class FusedTiles {
    private FusedTiles() {}

    /**
     * How many of {@code units} hidden units, a multiple of 4, the next tile computes: 6 where 6s and 4s can follow, for which the
     * latency of a multiply-add wants more than 8 accumulators; else 4.
     */
    static int height(int units) {
        return units >= 6 && units != 8 ? 6 : 4;
    }

    /**
     * Six units of the first layer: ReLU(across + along + Σ w·x).
     *
     * @param x features of the block [ins, BLOCK]
     * @param at weights [ins, 6]
     * @param acrossA what the first half's elements share of the first unit; of the other units acrossStride apart
     * @param alongA the first unit's entry of the half's first element, the others' behind it; of the other units alongStride apart
     * @param y results [6, BLOCK]
     */
    static void sixFirst(
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
        for (int half = 0; half < BLOCK; half += HALF) {
            int across = half == 0 ? acrossA : acrossB;
            int along = half == 0 ? alongA : alongB;
            for (int lane = 0; lane < HALF; lane += 2 * L) {
                FloatVector a0 = FloatVector.fromArray(S, s, along + lane).add(s[across]);
                FloatVector b0 = FloatVector.fromArray(S, s, along + lane + L).add(s[across]);
                FloatVector a1 = FloatVector.fromArray(S, s, along + lane + alongStride).add(s[across + acrossStride]);
                FloatVector b1 = FloatVector.fromArray(S, s, along + lane + alongStride + L).add(s[across + acrossStride]);
                FloatVector a2 = FloatVector.fromArray(S, s, along + lane + 2 * alongStride).add(s[across + 2 * acrossStride]);
                FloatVector b2 = FloatVector.fromArray(S, s, along + lane + 2 * alongStride + L).add(s[across + 2 * acrossStride]);
                FloatVector a3 = FloatVector.fromArray(S, s, along + lane + 3 * alongStride).add(s[across + 3 * acrossStride]);
                FloatVector b3 = FloatVector.fromArray(S, s, along + lane + 3 * alongStride + L).add(s[across + 3 * acrossStride]);
                FloatVector a4 = FloatVector.fromArray(S, s, along + lane + 4 * alongStride).add(s[across + 4 * acrossStride]);
                FloatVector b4 = FloatVector.fromArray(S, s, along + lane + 4 * alongStride + L).add(s[across + 4 * acrossStride]);
                FloatVector a5 = FloatVector.fromArray(S, s, along + lane + 5 * alongStride).add(s[across + 5 * acrossStride]);
                FloatVector b5 = FloatVector.fromArray(S, s, along + lane + 5 * alongStride + L).add(s[across + 5 * acrossStride]);
                for (int i = 0; i < ins; i++) {
                    FloatVector x0 = FloatVector.fromArray(S, s, x + half + lane + i * BLOCK);
                    FloatVector x1 = FloatVector.fromArray(S, s, x + half + lane + i * BLOCK + L);
                    FloatVector w0 = FloatVector.broadcast(S, s[at + i * 6]);
                    a0 = w0.fma(x0, a0);
                    b0 = w0.fma(x1, b0);
                    VarHandle.loadLoadFence();
                    FloatVector w1 = FloatVector.broadcast(S, s[at + i * 6 + 1]);
                    a1 = w1.fma(x0, a1);
                    b1 = w1.fma(x1, b1);
                    VarHandle.loadLoadFence();
                    FloatVector w2 = FloatVector.broadcast(S, s[at + i * 6 + 2]);
                    a2 = w2.fma(x0, a2);
                    b2 = w2.fma(x1, b2);
                    VarHandle.loadLoadFence();
                    FloatVector w3 = FloatVector.broadcast(S, s[at + i * 6 + 3]);
                    a3 = w3.fma(x0, a3);
                    b3 = w3.fma(x1, b3);
                    VarHandle.loadLoadFence();
                    FloatVector w4 = FloatVector.broadcast(S, s[at + i * 6 + 4]);
                    a4 = w4.fma(x0, a4);
                    b4 = w4.fma(x1, b4);
                    VarHandle.loadLoadFence();
                    FloatVector w5 = FloatVector.broadcast(S, s[at + i * 6 + 5]);
                    a5 = w5.fma(x0, a5);
                    b5 = w5.fma(x1, b5);
                }
                a0.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + half + lane);
                b0.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + half + lane + L);
                a1.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + half + lane + BLOCK);
                b1.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + half + lane + BLOCK + L);
                a2.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + half + lane + 2 * BLOCK);
                b2.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + half + lane + 2 * BLOCK + L);
                a3.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + half + lane + 3 * BLOCK);
                b3.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + half + lane + 3 * BLOCK + L);
                a4.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + half + lane + 4 * BLOCK);
                b4.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + half + lane + 4 * BLOCK + L);
                a5.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + half + lane + 5 * BLOCK);
                b5.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + half + lane + 5 * BLOCK + L);
            }
        }
    }

    /**
     * Four units of the first layer: ReLU(across + along + Σ w·x).
     *
     * @param x features of the block [ins, BLOCK]
     * @param at weights [ins, 4]
     * @param acrossA what the first half's elements share of the first unit; of the other units acrossStride apart
     * @param alongA the first unit's entry of the half's first element, the others' behind it; of the other units alongStride apart
     * @param y results [4, BLOCK]
     */
    static void fourFirst(
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
        for (int half = 0; half < BLOCK; half += HALF) {
            int across = half == 0 ? acrossA : acrossB;
            int along = half == 0 ? alongA : alongB;
            for (int lane = 0; lane < HALF; lane += 2 * L) {
                FloatVector a0 = FloatVector.fromArray(S, s, along + lane).add(s[across]);
                FloatVector b0 = FloatVector.fromArray(S, s, along + lane + L).add(s[across]);
                FloatVector a1 = FloatVector.fromArray(S, s, along + lane + alongStride).add(s[across + acrossStride]);
                FloatVector b1 = FloatVector.fromArray(S, s, along + lane + alongStride + L).add(s[across + acrossStride]);
                FloatVector a2 = FloatVector.fromArray(S, s, along + lane + 2 * alongStride).add(s[across + 2 * acrossStride]);
                FloatVector b2 = FloatVector.fromArray(S, s, along + lane + 2 * alongStride + L).add(s[across + 2 * acrossStride]);
                FloatVector a3 = FloatVector.fromArray(S, s, along + lane + 3 * alongStride).add(s[across + 3 * acrossStride]);
                FloatVector b3 = FloatVector.fromArray(S, s, along + lane + 3 * alongStride + L).add(s[across + 3 * acrossStride]);
                for (int i = 0; i < ins; i++) {
                    FloatVector x0 = FloatVector.fromArray(S, s, x + half + lane + i * BLOCK);
                    FloatVector x1 = FloatVector.fromArray(S, s, x + half + lane + i * BLOCK + L);
                    FloatVector w0 = FloatVector.broadcast(S, s[at + i * 4]);
                    a0 = w0.fma(x0, a0);
                    b0 = w0.fma(x1, b0);
                    VarHandle.loadLoadFence();
                    FloatVector w1 = FloatVector.broadcast(S, s[at + i * 4 + 1]);
                    a1 = w1.fma(x0, a1);
                    b1 = w1.fma(x1, b1);
                    VarHandle.loadLoadFence();
                    FloatVector w2 = FloatVector.broadcast(S, s[at + i * 4 + 2]);
                    a2 = w2.fma(x0, a2);
                    b2 = w2.fma(x1, b2);
                    VarHandle.loadLoadFence();
                    FloatVector w3 = FloatVector.broadcast(S, s[at + i * 4 + 3]);
                    a3 = w3.fma(x0, a3);
                    b3 = w3.fma(x1, b3);
                }
                a0.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + half + lane);
                b0.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + half + lane + L);
                a1.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + half + lane + BLOCK);
                b1.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + half + lane + BLOCK + L);
                a2.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + half + lane + 2 * BLOCK);
                b2.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + half + lane + 2 * BLOCK + L);
                a3.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + half + lane + 3 * BLOCK);
                b3.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + half + lane + 3 * BLOCK + L);
            }
        }
    }

    /**
     * Six units of the second layer: ReLU(b + Σ w·x).
     *
     * @param x the first layer of the block [ins, BLOCK]
     * @param at weights [ins, 6]
     * @param unit biases [6]
     * @param y results [6, BLOCK]
     */
    static void sixSecond(float[] s, int x, int ins, float[] w, int at, float[] b, int unit, int y) {
        for (int lane = 0; lane < BLOCK; lane += 2 * L) {
            FloatVector a0 = FloatVector.broadcast(S, b[unit]), b0 = a0;
            FloatVector a1 = FloatVector.broadcast(S, b[unit + 1]), b1 = a1;
            FloatVector a2 = FloatVector.broadcast(S, b[unit + 2]), b2 = a2;
            FloatVector a3 = FloatVector.broadcast(S, b[unit + 3]), b3 = a3;
            FloatVector a4 = FloatVector.broadcast(S, b[unit + 4]), b4 = a4;
            FloatVector a5 = FloatVector.broadcast(S, b[unit + 5]), b5 = a5;
            for (int i = 0; i < ins; i++) {
                FloatVector x0 = FloatVector.fromArray(S, s, x + lane + i * BLOCK);
                FloatVector x1 = FloatVector.fromArray(S, s, x + lane + i * BLOCK + L);
                FloatVector w0 = FloatVector.broadcast(S, w[at + i * 6]);
                a0 = w0.fma(x0, a0);
                b0 = w0.fma(x1, b0);
                VarHandle.loadLoadFence();
                FloatVector w1 = FloatVector.broadcast(S, w[at + i * 6 + 1]);
                a1 = w1.fma(x0, a1);
                b1 = w1.fma(x1, b1);
                VarHandle.loadLoadFence();
                FloatVector w2 = FloatVector.broadcast(S, w[at + i * 6 + 2]);
                a2 = w2.fma(x0, a2);
                b2 = w2.fma(x1, b2);
                VarHandle.loadLoadFence();
                FloatVector w3 = FloatVector.broadcast(S, w[at + i * 6 + 3]);
                a3 = w3.fma(x0, a3);
                b3 = w3.fma(x1, b3);
                VarHandle.loadLoadFence();
                FloatVector w4 = FloatVector.broadcast(S, w[at + i * 6 + 4]);
                a4 = w4.fma(x0, a4);
                b4 = w4.fma(x1, b4);
                VarHandle.loadLoadFence();
                FloatVector w5 = FloatVector.broadcast(S, w[at + i * 6 + 5]);
                a5 = w5.fma(x0, a5);
                b5 = w5.fma(x1, b5);
            }
            a0.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + lane);
            b0.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + lane + L);
            a1.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + lane + BLOCK);
            b1.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + lane + BLOCK + L);
            a2.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + lane + 2 * BLOCK);
            b2.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + lane + 2 * BLOCK + L);
            a3.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + lane + 3 * BLOCK);
            b3.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + lane + 3 * BLOCK + L);
            a4.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + lane + 4 * BLOCK);
            b4.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + lane + 4 * BLOCK + L);
            a5.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + lane + 5 * BLOCK);
            b5.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + lane + 5 * BLOCK + L);
        }
    }

    /**
     * Four units of the second layer: ReLU(b + Σ w·x).
     *
     * @param x the first layer of the block [ins, BLOCK]
     * @param at weights [ins, 4]
     * @param unit biases [4]
     * @param y results [4, BLOCK]
     */
    static void fourSecond(float[] s, int x, int ins, float[] w, int at, float[] b, int unit, int y) {
        for (int lane = 0; lane < BLOCK; lane += 2 * L) {
            FloatVector a0 = FloatVector.broadcast(S, b[unit]), b0 = a0;
            FloatVector a1 = FloatVector.broadcast(S, b[unit + 1]), b1 = a1;
            FloatVector a2 = FloatVector.broadcast(S, b[unit + 2]), b2 = a2;
            FloatVector a3 = FloatVector.broadcast(S, b[unit + 3]), b3 = a3;
            for (int i = 0; i < ins; i++) {
                FloatVector x0 = FloatVector.fromArray(S, s, x + lane + i * BLOCK);
                FloatVector x1 = FloatVector.fromArray(S, s, x + lane + i * BLOCK + L);
                FloatVector w0 = FloatVector.broadcast(S, w[at + i * 4]);
                a0 = w0.fma(x0, a0);
                b0 = w0.fma(x1, b0);
                VarHandle.loadLoadFence();
                FloatVector w1 = FloatVector.broadcast(S, w[at + i * 4 + 1]);
                a1 = w1.fma(x0, a1);
                b1 = w1.fma(x1, b1);
                VarHandle.loadLoadFence();
                FloatVector w2 = FloatVector.broadcast(S, w[at + i * 4 + 2]);
                a2 = w2.fma(x0, a2);
                b2 = w2.fma(x1, b2);
                VarHandle.loadLoadFence();
                FloatVector w3 = FloatVector.broadcast(S, w[at + i * 4 + 3]);
                a3 = w3.fma(x0, a3);
                b3 = w3.fma(x1, b3);
            }
            a0.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + lane);
            b0.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + lane + L);
            a1.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + lane + BLOCK);
            b1.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + lane + BLOCK + L);
            a2.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + lane + 2 * BLOCK);
            b2.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + lane + 2 * BLOCK + L);
            a3.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + lane + 3 * BLOCK);
            b3.reinterpretAsInts().max(0).reinterpretAsFloats().intoArray(s, y + lane + 3 * BLOCK + L);
        }
    }
}
