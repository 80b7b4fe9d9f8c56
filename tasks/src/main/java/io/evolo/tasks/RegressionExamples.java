package io.evolo.tasks;

import io.evolo.tasks.data.RegressionData;
import io.evolo.tasks.nn.CpuNetwork;
import io.evolo.tasks.nn.Network;

/** Inputs with the values that are to be predicted from them. */
public record RegressionExamples(RegressionData data) implements ExampleSource {
    @Override
    public String name() {
        return data.name();
    }

    @Override
    public String sha256() {
        return data.sha256();
    }

    @Override
    public int examples(Split split) {
        return data.examples(split);
    }

    @Override
    public void check(Network network) {
        if (network.input().size() != data.features() || network.outputShape().size() != data.outputs()) {
            throw new IllegalArgumentException("the network maps " + network.input().size() + " values to "
                    + network.outputShape().size() + ", but " + data.name() + " has " + data.features() + " and " + data.outputs());
        }
    }

    @Override
    public void load(Split split, int example, CpuNetwork network, int position) {
        data.copyInput(split, example, network.arena(), network.inputAt(position));
        data.copyTarget(split, example, network.arena(), network.targetAt(position));
    }
}
