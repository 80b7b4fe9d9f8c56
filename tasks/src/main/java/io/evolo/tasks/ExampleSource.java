package io.evolo.tasks;

import io.evolo.tasks.nn.CpuNetwork;
import io.evolo.tasks.nn.Network;

/** Where the examples of a network's batches come from: data seen as one network wants it. Immutable and thread-safe. */
public interface ExampleSource {

    /** Of the data, for reports. */
    String name();

    /** SHA-256 in hexadecimal of the data. */
    String sha256();

    /** Places in that part at which a batch may take an example, at least 1. */
    int examples(Split split);

    /** Distance of two examples that share nothing; evaluation steps by it. More than 1 for windows of a running text. */
    default int stride() {
        return 1;
    }

    /** @throws IllegalArgumentException if the network does not take these examples; the message names both shapes */
    void check(Network network);

    /** Writes one example, input and labels, to one position of the network's batch. Allocates nothing. */
    void load(Split split, int example, CpuNetwork network, int position);
}
