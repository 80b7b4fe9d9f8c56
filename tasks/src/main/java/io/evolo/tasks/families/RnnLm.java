package io.evolo.tasks.families;

import io.evolo.tasks.IntRange;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.data.TokenData;
import io.evolo.tasks.kernels.RecurrentCell;
import io.evolo.tasks.nn.Network;
import java.util.List;

/**
 * Recurrent networks that predict the next token: an embedding as wide as the state, recurrent layers unrolled over a window from a
 * state of zeros, a linear classifier. The width is that of the state.
 *
 * @param cells one is drawn for the whole network
 * @param depth number of recurrent layers, uniform; at least 1
 * @param length tokens of a window, uniform; at least 1
 */
public record RnnLm(List<RecurrentCell> cells, IntRange depth, IntRange length) implements Architecture.OfText {

    public RnnLm {
        cells = List.copyOf(cells);
        Checks.notEmpty("cells", cells);
        Checks.atLeast("depth", depth, 1);
        Checks.atLeast("length", length, 1);
    }

    /** One LSTM layer on windows of 32 tokens. */
    public static RnnLm standard() {
        return new RnnLm(List.of(RecurrentCell.LSTM), IntRange.of(1), IntRange.of(32));
    }

    @Override
    public RnnLm lowest() {
        return new RnnLm(List.of(cells.getFirst()), IntRange.of(depth.low()), IntRange.of(length.low()));
    }

    @Override
    public Drawn draw(Rng rng, int width, Parametrization parametrization, TokenData text) {
        RecurrentCell cell = cells.get(rng.nextInt(cells.size()));
        int layers = depth.uniform(rng);
        int positions = length.uniform(rng);
        Network.Builder b = Network.builder(parametrization);
        Network.Value x = b.embedding("embedding", b.tokens(text.vocabulary(), positions), width);
        for (int layer = 1; layer <= layers; layer++) {
            x = b.recurrent("recurrent" + layer, cell, x, width);
        }
        Network network = b.crossEntropy(b.affine("logits", x, text.vocabulary(), Role.OUTPUT));
        String name = "rnn-lm-" + Architecture.word(cell) + "-w" + width + "-d" + layers + "-l" + positions;
        return new Drawn(name, network, text.vocabulary());
    }
}
