package io.evolo.meta.spark;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;

/**
 * Where a partition can be made again from.
 *
 * @param step outer steps of this executor before it
 * @param states the partition's particles, as {@link StatesCodec} writes them; none: they are fresh
 */
record Cut(int step, List<Broadcast<byte[]>> states) implements Serializable {
    Cut {
        states = List.copyOf(states);
    }

    void destroy() {
        states.forEach(Broadcast::destroy);
    }
}
