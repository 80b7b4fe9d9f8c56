package io.evolo.tasks;

import io.evolo.tasks.data.TokenData;
import io.evolo.tasks.nn.CpuNetwork;
import io.evolo.tasks.nn.Network;

/**
 * Windows of a running text; the label of every position is the token that follows.
 *
 * @param text what is read
 * @param length tokens of a window
 */
public record TextWindows(TokenData text, int length) implements ExampleSource {
    @Override
    public String name() {
        return text.name();
    }

    @Override
    public String sha256() {
        return text.sha256();
    }

    @Override
    public int examples(Split split) {
        return text.windows(split, length);
    }

    @Override
    public int stride() {
        return length;
    }

    @Override
    public void check(Network network) {
        if (!network.input().equals(Shape.of(length)) || network.outputRows() != length) {
            throw new IllegalArgumentException("the network takes " + network.input() + " and predicts " + network.outputRows()
                    + " tokens, but a window of " + text.name() + " has " + length);
        }
    }

    @Override
    public void load(Split split, int example, CpuNetwork network, int position) {
        text.copyWindow(split, example, length, network.tokens(), position * length);
        text.copyWindow(split, example + 1, length, network.labels(), position * length);
    }
}
