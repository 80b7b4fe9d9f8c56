package io.evolo.meta.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * A kernel with its grid and its arguments.
 *
 * @param lanes blocks along x
 * @param blocks blocks along y: how many share one lane's work, in [1, 65535]
 * @param threads of a block
 * @param arguments in the kernel's order: Integer, Long, Float, {@link Device.Memory} for a pointer to its first byte, {@code byte[]} for
 *     a struct by value
 */
record Launch(Device.Kernel kernel, int lanes, int blocks, int threads, List<Object> arguments) {
    private static final int MOST_BLOCKS = 65_535;

    Launch {
        arguments = List.copyOf(arguments);
        if (lanes < 1 || blocks < 1 || blocks > MOST_BLOCKS || threads < 1) {
            throw new IllegalArgumentException("kernel " + kernel.name() + ": " + lanes + "×" + blocks + " blocks of " + threads
                    + " threads, expected at least 1 of each, and at most " + MOST_BLOCKS + " blocks a lane");
        }
    }

    /** The argument array of cuLaunchKernel: a pointer to each argument's value. */
    MemorySegment parameters(Arena arena) {
        MemorySegment pointers = arena.allocate(ValueLayout.ADDRESS, arguments.size());
        for (int i = 0; i < arguments.size(); i++) {
            pointers.setAtIndex(ValueLayout.ADDRESS, i, value(arena, arguments.get(i)));
        }
        return pointers;
    }

    private MemorySegment value(Arena arena, Object argument) {
        return switch (argument) {
            case Integer number -> arena.allocateFrom(ValueLayout.JAVA_INT, number);
            case Long number -> arena.allocateFrom(ValueLayout.JAVA_LONG, number);
            case Float number -> arena.allocateFrom(ValueLayout.JAVA_FLOAT, number);
            case Device.Memory memory -> arena.allocateFrom(ValueLayout.JAVA_LONG, memory.address());
            case byte[] struct -> arena.allocate(struct.length, Long.BYTES).copyFrom(MemorySegment.ofArray(struct));
            default -> throw new IllegalArgumentException("kernel " + kernel.name() + ": argument " + argument + " of class "
                    + argument.getClass().getSimpleName() + ", expected Integer, Long, Float, Memory or byte[]");
        };
    }
}
