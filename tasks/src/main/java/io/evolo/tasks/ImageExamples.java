package io.evolo.tasks;

import io.evolo.tasks.data.Dataset;
import io.evolo.tasks.nn.CpuNetwork;
import io.evolo.tasks.nn.Network;

/**
 * Images with their classes as labels.
 *
 * @param images what is shown, as it lies in the data set: row-major [side × side × channels]
 */
public record ImageExamples(Dataset images) implements ExampleSource {
    @Override
    public String name() {
        return images.name();
    }

    @Override
    public String sha256() {
        return images.sha256();
    }

    @Override
    public int examples(Split split) {
        return images.examples(split);
    }

    @Override
    public void check(Network network) {
        if (network.input().size() != images.features()) {
            throw new IllegalArgumentException("the network takes " + network.input().size() + " values, but an input of "
                    + images.name() + " has " + images.features());
        }
    }

    @Override
    public void load(Split split, int example, CpuNetwork network, int position) {
        images.copyInput(split, example, network.arena(), network.inputAt(position));
        network.labels()[position] = images.label(split, example);
    }
}
