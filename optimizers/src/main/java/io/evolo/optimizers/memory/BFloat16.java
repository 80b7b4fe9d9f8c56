package io.evolo.optimizers.memory;

/**
 * The upper half of a float32: 8 bits of exponent, 7 of mantissa. Two stand in one float of an array, the first in its lower half. As
 * a float32 that is a NaN only where the second is no finite number, so a finite state can be copied and saved as the floats it is in.
 */
final class BFloat16 {
    private static final int HALF = 16;

    private BFloat16() {}

    /** The floats that so many take. */
    static int packedLength(int count) {
        return (count + 1) / 2;
    }

    /** The nearest one, halves to even, as the lower 16 bits; NaN stays NaN, and what is too large becomes infinite. */
    static int of(float x) {
        int bits = Float.floatToRawIntBits(x);
        if ((bits & Integer.MAX_VALUE) > 0x7F800000) {
            return bits >>> HALF | 0x40;
        }
        return bits + 0x7FFF + (bits >>> HALF & 1) >>> HALF;
    }

    /** The float of the lower 16 bits. */
    static float toFloat(int half) {
        return Float.intBitsToFloat(half << HALF);
    }

    /** Rounds the first {@code count} values. */
    static void pack(float[] values, int count, float[] packed) {
        for (int i = 0; i + 1 < count; i += 2) {
            packed[i / 2] = Float.intBitsToFloat(of(values[i]) | of(values[i + 1]) << HALF);
        }
        if (count % 2 == 1) {
            packed[count / 2] = Float.intBitsToFloat(of(values[count - 1]));
        }
    }

    /** Writes {@code count} values. */
    static void unpack(float[] packed, int count, float[] values) {
        for (int i = 0; i < count; i++) {
            int both = Float.floatToRawIntBits(packed[i / 2]);
            values[i] = toFloat(i % 2 == 0 ? both & 0xFFFF : both >>> HALF);
        }
    }
}
