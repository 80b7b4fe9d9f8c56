package io.evolo.checkpoints;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A tensor as a foreign file holds it.
 *
 * @param name unique within its file
 * @param shape sizes of the axes, outermost first, each at least 0; empty for a scalar
 * @param data the values, row-major and little-endian, as many bytes as shape and dtype ask for; only read, from its own position on
 */
public record StoredTensor(String name, Dtype dtype, List<Integer> shape, ByteBuffer data) {

    /** No format's tensors have more axes than this. */
    private static final int MOST_AXES = 16;

    public StoredTensor {
        shape = List.copyOf(shape);
        data = data.slice().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
        long bytes = bytes(name, dtype, shape);
        if (bytes != data.remaining()) {
            throw new IllegalArgumentException("tensor '" + name + "' has " + data.remaining() + " bytes, but " + dtype + " "
                    + text(shape) + " takes " + bytes);
        }
    }

    /** A tensor of float32 from {@code count = product of shape} values; copied. */
    public static StoredTensor of(String name, List<Integer> shape, float[] values) {
        ByteBuffer data = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(values);
        return new StoredTensor(name, Dtype.F32, shape, data);
    }

    /**
     * How many bytes such a tensor takes.
     *
     * @throws IllegalArgumentException if the shape is not one, or takes 2 GiB or more
     */
    static long bytes(String name, Dtype dtype, List<Integer> shape) {
        if (shape.size() > MOST_AXES) {
            throw new IllegalArgumentException("tensor '" + name + "' has " + shape.size() + " axes, expected at most " + MOST_AXES);
        }
        long bytes = dtype.bytes();
        for (int axis : shape) {
            bytes = axis < 0 ? -1 : bytes * axis;
            if (bytes < 0 || bytes > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("tensor '" + name + "' has shape " + text(shape)
                        + ", expected axes of at least 0 and less than 2 GiB");
            }
        }
        return bytes;
    }

    /** The number of values. */
    public int size() {
        return data.limit() / dtype.bytes();
    }

    /** Whether these are numbers with a fraction, which {@link #value} reads. */
    public boolean isReal() {
        return switch (dtype) {
            case F64, F32, F16, BF16 -> true;
            default -> false;
        };
    }

    /**
     * The i-th value in row-major order, exactly: narrower numbers are widened.
     *
     * @throws IllegalArgumentException if no float32 is that number, as of most float64
     * @throws IllegalStateException if these are no real numbers
     */
    public float value(int i) {
        return switch (dtype) {
            case F32 -> data.getFloat(i * Float.BYTES);
            case F16 -> Float.float16ToFloat(data.getShort(i * Short.BYTES));
            case BF16 -> Float.intBitsToFloat(data.getShort(i * Short.BYTES) << 16);
            case F64 -> exact(data.getDouble(i * Double.BYTES), i);
            default -> throw new IllegalStateException("tensor '" + name + "' holds " + dtype + ", expected f32, f16, bf16 or f64");
        };
    }

    private float exact(double value, int i) {
        float narrow = (float) value;
        if (narrow != value && !Double.isNaN(value)) {
            throw new IllegalArgumentException("tensor '" + name + "' holds the f64 " + value + " at " + i
                    + ", which no f32 is; save it as float32");
        }
        return narrow;
    }

    /** Dtype and shape, for messages: {@code f32 [32, 39]}. */
    public String describe() {
        return dtype + " " + text(shape);
    }

    private static String text(List<Integer> shape) {
        return shape.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]"));
    }
}
