package io.evolo.meta.cuda;

import java.util.Arrays;
import java.util.List;

/**
 * One kernel of an inner step of all lanes, before it is known where anything lies.
 *
 * @param items how much work of one lane threads may share; 0: {@code blocks} says it
 * @param blocks how many blocks share a lane's work, each with a part of its own; 0: as the items and the device want it
 * @param arguments behind the three that all kernels of lanes begin with (lanes, stride, what every lane is doing): as {@link Launch}
 *     has them, a {@link Struct.Table}, or a {@link Place}
 */
record Call(String kernel, long items, int blocks, List<Object> arguments) {

    Call {
        arguments = List.copyOf(arguments);
    }

    /** What is known only when lanes have their memory. */
    enum Place {
        /** How far the truncation is. */
        CLOCK,
        /** The lanes' segments. */
        SEGMENTS,
        /** Most segments of a lane in a truncation. */
        MOST,
        /** The losses, [ticks, lanes]. */
        LOSSES
    }

    /** Work that threads share item by item. */
    static Call items(String kernel, long items, Object... arguments) {
        return new Call(kernel, items, 0, Arrays.asList(arguments));
    }

    /** Work that is cut into blocks. */
    static Call blocks(String kernel, int blocks, Object... arguments) {
        return new Call(kernel, 0, blocks, Arrays.asList(arguments));
    }
}
