package io.evolo.tasks;

import io.evolo.tasks.kernels.Twin;
import io.evolo.tasks.nn.CpuNetwork;
import io.evolo.tasks.nn.Network;

/**
 * Training a network on a data set.
 *
 * @param name for reports
 * @param network takes the data set's inputs
 * @param examples where the batches come from
 * @param batch examples in a batch, at least 1
 * @param normalizer from training loss to meta-loss
 */
public record NetworkTask(String name, Network network, ExampleSource examples, int batch, LossNormalizer normalizer) implements Task {

    public NetworkTask {
        try {
            examples.check(network);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("task '" + name + "': " + e.getMessage(), e);
        }
        if (batch < 1) {
            throw new IllegalArgumentException("task '" + name + "': batch size is " + batch + ", expected at least 1");
        }
    }

    @Override
    public NetworkTask withShareOfBatch(double share) {
        return new NetworkTask(name, network, examples, Task.shareOf(batch, share), normalizer);
    }

    @Override
    public Work work() {
        Work one = network.work();
        return new Work(batch * one.multiplies(), batch * one.values());
    }

    @Override
    public long openBytes() {
        return CpuNetwork.bytes(network, batch);
    }

    @Override
    public ParamLayout layout() {
        return network.layout();
    }

    @Override
    public NetworkOptimizee open() {
        return open(Twin.selected());
    }

    /** As {@link #open()}, with the twin of one's choice. */
    public NetworkOptimizee open(Twin twin) {
        return new NetworkOptimizee(this, new CpuNetwork(network, batch, twin));
    }
}
