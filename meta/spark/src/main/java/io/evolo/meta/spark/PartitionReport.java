package io.evolo.meta.spark;

import java.io.Serializable;

/**
 * What an executor says of one partition.
 *
 * @param host where it runs
 * @param executor its id in the application
 * @param refusal why it cannot take part; empty: it does
 * @param results in particle order, as {@link ResultsCodec} writes them
 * @param states behind the step, as {@link StatesCodec} writes them; empty where they were not asked for
 * @param replayed outer steps that were made again since the cut
 * @param nanos that making particles and steps took
 */
record PartitionReport(
        String host, String executor, String refusal, byte[] results, byte[] states, int replayed, long nanos)
        implements Serializable {

    static PartitionReport refused(String host, String executor, String why) {
        return new PartitionReport(host, executor, why, new byte[0], new byte[0], 0, 0);
    }
}
