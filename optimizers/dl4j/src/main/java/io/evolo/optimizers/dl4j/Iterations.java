package io.evolo.optimizers.dl4j;

import java.util.Arrays;
import java.util.Iterator;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.MultiDataSetIteratorAdapter;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/**
 * How many iterations DL4J makes of data: a batch is one, and under truncated back-propagation through time so is every segment of a
 * batch. Reads the data once, and resets them.
 */
final class Iterations {
    private static final int TIME = 2;

    private Iterations() {}

    /**
     * Of some epochs of a network of layers.
     *
     * @throws IllegalArgumentException if it is none, or the data cannot be read again
     */
    static int of(MultiLayerNetwork network, DataSetIterator data, int epochs) {
        requireReset(data.resetSupported());
        data.reset();
        MultiLayerConfiguration configuration = network.getLayerWiseConfigurations();
        long length = configuration.getTbpttFwdLength();
        ToLongFunction<DataSet> segments =
                configuration.getBackpropType() == BackpropType.TruncatedBPTT ? batch -> segments(batch, length) : batch -> 1;
        long perEpoch = sum(data, segments);
        data.reset();
        return times(perEpoch, epochs);
    }

    /** As {@link #of(MultiLayerNetwork, DataSetIterator, int)}, of a graph. */
    static int of(ComputationGraph network, MultiDataSetIterator data, int epochs) {
        requireReset(data.resetSupported());
        data.reset();
        long length = network.getConfiguration().getTbpttFwdLength();
        ToLongFunction<MultiDataSet> segments = network.getConfiguration().getBackpropType() == BackpropType.TruncatedBPTT
                ? batch -> segments(batch, length)
                : batch -> 1;
        long perEpoch = sum(data, segments);
        data.reset();
        return times(perEpoch, epochs);
    }

    /** As {@link #of(MultiLayerNetwork, DataSetIterator, int)}, of a graph. */
    static int of(ComputationGraph network, DataSetIterator data, int epochs) {
        return of(network, new MultiDataSetIteratorAdapter(data), epochs);
    }

    /** Of some epochs of a SameDiff graph, which knows no segments. */
    static int of(DataSetIterator data, int epochs) {
        requireReset(data.resetSupported());
        data.reset();
        long perEpoch = sum(data, batch -> 1);
        data.reset();
        return times(perEpoch, epochs);
    }

    private static <T> long sum(Iterator<T> data, ToLongFunction<T> iterations) {
        long sum = 0;
        while (data.hasNext()) {
            sum += iterations.applyAsLong(data.next());
        }
        return sum;
    }

    /** DL4J leaves out a batch whose features and labels are not sequences of one length. */
    private static long segments(DataSet batch, long length) {
        INDArray features = batch.getFeatures();
        INDArray labels = batch.getLabels();
        return features.rank() == TIME + 1 && labels.rank() == TIME + 1 && features.size(TIME) == labels.size(TIME)
                ? Math.ceilDiv(features.size(TIME), length)
                : 0;
    }

    /** DL4J leaves out a batch with sequences of several lengths, and takes one without any as a single segment. */
    private static long segments(MultiDataSet batch, long length) {
        long[] lengths = Stream.concat(Arrays.stream(batch.getFeatures()), Arrays.stream(batch.getLabels()))
                .filter(array -> array.rank() == TIME + 1)
                .mapToLong(array -> array.size(TIME))
                .distinct()
                .toArray();
        return switch (lengths.length) {
            case 0 -> 1;
            case 1 -> Math.ceilDiv(lengths[0], length);
            default -> 0;
        };
    }

    private static void requireReset(boolean supported) {
        if (!supported) {
            throw new IllegalArgumentException("the data cannot be read twice, so their iterations cannot be counted beforehand; give the"
                    + " updater .horizon(iterations) and call Attach.to(network)");
        }
    }

    private static int times(long perEpoch, int epochs) {
        if (perEpoch < 1 || epochs < 1) {
            throw new IllegalArgumentException("the data make " + perEpoch + " iterations an epoch, for " + epochs + " epochs; expected"
                    + " at least 1 of both (truncated back-propagation through time leaves out batches without sequences)");
        }
        return Math.toIntExact(perEpoch * epochs);
    }
}
